package profiler

import (
	"context"
	"fmt"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// Links is where the profiler looks for what attackers have in common, by the traits that it saved with
// their profiles.
type Links interface {
	LinksBy(ctx context.Context, found []store.AttackerTraits) ([]decnet.AttackerLink, error)
}

// Credentials is where it looks for credentials that were used elsewhere too.
type Credentials interface {
	Reuse(ctx context.Context, keys []decnet.CredentialKey) ([]decnet.CredentialReuse, error)
}

// relations finds what attackers have in common with others.
type relations struct {
	links       Links
	credentials Credentials
	told        told
}

// of is what is to be published of profiles that were just stored, beside them: deckies they went on to, what
// they share with others, credentials that were used elsewhere. Asked again it says the same, and with
// the same ids, so a profiler that died before it was told is made up for by the next. done is to be called
// when all of it is on the bus.
func (r *relations) of(ctx context.Context, profiles []decnet.Profile, traced func(decnet.AttackerID) context.Context) (out []bus.Outgoing, done func(), err error) {
	var found []store.AttackerTraits
	by := map[decnet.CredentialKey]decnet.AttackerID{}
	var keys []decnet.CredentialKey
	for i := range profiles {
		pr := &profiles[i]
		n := newsOf(pr)
		if n.Traversed {
			out = append(out, bus.AttackersTraversed.New(traced(pr.Attacker), fmt.Sprintf("traversed-%s-%d", pr.Attacker, pr.Through), traversalOf(pr), string(pr.Attacker)))
		}
		if len(n.Traits) > 0 {
			found = append(found, store.AttackerTraits{Attacker: pr.Attacker, Traits: n.Traits})
		}
		for _, key := range n.Credentials {
			if _, asked := by[key]; !asked {
				keys = append(keys, key)
			}
			by[key] = pr.Attacker
		}
	}
	links, err := r.links.LinksBy(ctx, found)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range links {
		id := "link-" + decnet.EventID(string(l.Kind)+" "+l.Value, fmt.Sprintf("%s %s %s", l.Attacker, l.Other, l.Event), 0)
		out = append(out, bus.AttackersLinked.New(traced(l.Attacker), id, l, string(l.Attacker)))
	}
	reuses, err := r.reused(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range reuses {
		u.Attacker = by[u.CredentialKey]
		id := "reuse-" + decnet.EventID(string(u.Kind)+" "+u.Hash+" "+u.Principal, fmt.Sprintf("%d %d", u.Targets, u.Attackers), 0)
		out = append(out, bus.CredentialsReused.New(traced(u.Attacker), id, u, u.Hash))
	}
	return out, func() { r.told.remember(reuses) }, nil
}

// newsOf is what there is to tell of a profile beside itself: of one that is muted nothing.
func newsOf(p *decnet.Profile) *decnet.News {
	if p.State == nil || muted(p) {
		return &decnet.News{}
	}
	return &p.State.News
}

// change saves a profile in place of one that went so far, with what is news of it.
func change(p *decnet.Profile, previous uint64) store.ProfileChange {
	return store.ProfileChange{Profile: *p, PreviousThrough: previous, Traits: newsOf(p).Traits}
}

func traversalOf(p *decnet.Profile) decnet.Traversal {
	return decnet.Traversal{
		Attacker: p.Attacker, Address: p.Address, Deckies: len(p.Deckies), Hops: p.HopCount, Path: p.Path, Through: p.Through,
	}
}

// reused asks about credentials, and leaves out what was told before: a credential that everybody tries is
// news when its numbers have doubled.
func (r *relations) reused(ctx context.Context, keys []decnet.CredentialKey) ([]decnet.CredentialReuse, error) {
	all, err := r.credentials.Reuse(ctx, r.told.due(keys))
	if err != nil {
		return nil, err
	}
	var fresh []decnet.CredentialReuse
	for i := range all {
		if r.told.isNews(&all[i]) {
			fresh = append(fresh, all[i])
		}
	}
	return fresh, nil
}
