package profiler

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/services/profiler/analysis"
)

const (
	// maxNew is how many new events an attacker may have before others would wait
	// for it too long.
	maxNew = 500
	// together is how many attackers are brought up to date in one transaction.
	together = 256
	// maxRead bounds the events that are read at once.
	maxRead = 50_000
)

// handle brings every attacker of the batch up to date, each once.
func (p *Profiler) handle(ctx context.Context, messages []*bus.Message[decnet.Sightings]) error {
	todo := latest(messages)
	maps.DeleteFunc(todo, func(id decnet.AttackerID, n news) bool { return p.recent.covers(id, n.Through, n.again) })
	ids := slices.Sorted(maps.Keys(todo)) // neighbours are neighbours in the database
	for some := range slices.Chunk(ids, together) {
		for len(some) > 0 {
			var err error
			if some, err = p.catchUp(ctx, some, todo); err != nil {
				return classify(err)
			}
		}
	}
	return nil
}

// catchUp folds the new events of attackers, stores all profiles in one transaction and
// tells them: both wait for the disk. It returns those that somebody else stored first,
// whose work is to be taken over.
func (p *Profiler) catchUp(ctx context.Context, ids []decnet.AttackerID, todo map[decnet.AttackerID]news) (again []decnet.AttackerID, err error) {
	profiles, err := p.current(ctx, ids)
	if err != nil {
		return nil, err
	}
	var tell []decnet.Profile
	var changes []store.ProfileChange
	var behind []decnet.Sighting
	for _, id := range ids {
		profile, n := profiles[id], todo[id]
		switch {
		case profile.Through >= n.Through && n.again:
			// A predecessor may have died between storing and telling; the
			// message's id makes a repetition harmless.
			tell = append(tell, profile)
		case profile.Through >= n.Through:
			p.recent.put(profile, false)
		case n.Through-profile.Through > maxNew || outdated(&profile):
			p.recent.put(profile, false)
			behind = append(behind, n.Sighting)
		default:
			profile.Attacker = id
			changes = append(changes, store.ProfileChange{Profile: profile, PreviousThrough: profile.Through})
		}
	}
	if err := p.handOn(ctx, behind, todo); err != nil {
		return nil, err
	}
	if changes, err = p.foldNew(ctx, changes, todo); err != nil {
		return nil, err
	}
	saved, err := p.profiles.SaveProfiles(ctx, changes)
	if err != nil {
		return nil, err
	}
	for i, c := range changes {
		if saved[i] {
			tell = append(tell, c.Profile)
		} else {
			again = append(again, c.Profile.Attacker)
		}
	}
	p.env.Health.Counter("profiles").Add(int64(len(changes) - len(again)))
	return again, p.tell(ctx, tell, todo)
}

// current returns the profiles of attackers as they are stored. Of most this instance has
// the current one; where another has saved a later one that is read.
func (p *Profiler) current(ctx context.Context, ids []decnet.AttackerID) (map[decnet.AttackerID]decnet.Profile, error) {
	profiles := make(map[decnet.AttackerID]decnet.Profile, len(ids))
	known := make([]store.Known, len(ids))
	for i, id := range ids {
		profiles[id] = p.recent.take(id)
		known[i] = store.Known{Attacker: id, Through: profiles[id].Through}
	}
	others, err := p.profiles.Profiles(ctx, known)
	if err != nil {
		return nil, err
	}
	for id, profile := range others {
		analysis.Resume(&profile)
		profiles[id] = profile
	}
	return profiles, nil
}

// foldNew folds what is new into the profiles, and returns those for which there was
// something: events may be so old that they were removed.
func (p *Profiler) foldNew(ctx context.Context, changes []store.ProfileChange, todo map[decnet.AttackerID]news) ([]store.ProfileChange, error) {
	gap := func(c *store.ProfileChange) int {
		return int(todo[c.Profile.Attacker].Through - c.PreviousThrough) //nolint:gosec // at most maxNew
	}
	slices.SortFunc(changes, func(a, b store.ProfileChange) int { return cmp.Compare(gap(&a), gap(&b)) })
	out := changes[:0]
	for len(changes) > 0 {
		// What came after the sighting is read as well: its own sighting, later, is then
		// done already.
		n, limit := 0, 0
		var known []store.Known
		for n < len(changes) {
			next := min(4*gap(&changes[n])+100, maxNew)
			if n > 0 && (n+1)*next > maxRead {
				break
			}
			limit = next
			known = append(known, store.Known{Attacker: changes[n].Profile.Attacker, Through: changes[n].PreviousThrough})
			n++
		}
		events, err := p.events.Timelines(ctx, known, limit)
		if err != nil {
			return nil, err
		}
		for i := range changes[:n] {
			c := changes[i]
			if news := events[c.Profile.Attacker]; len(news) > 0 {
				p.foldAll(&c.Profile, news, false)
				out = append(out, change(&c.Profile, c.PreviousThrough))
			}
		}
		changes = changes[n:]
	}
	return out, nil
}

// outdated says that an earlier version made a profile, which is to be made anew.
func outdated(p *decnet.Profile) bool { return p.Through > 0 && p.Version != decnet.ProfileVersion }

// foldAll folds events, at least one, and says what follows. What was news before is so no more, unless it
// is still to be told.
func (p *Profiler) foldAll(profile *decnet.Profile, events []decnet.Event, untold bool) {
	engine := p.rules.engine.Load()
	if profile.State != nil && !untold {
		profile.State.News = decnet.News{}
	}
	for i := range events {
		if p.slow != nil {
			p.slow()
		}
		engine.Fold(profile, &events[i])
	}
	engine.Conclude(profile)
	p.labels.apply(profile, time.Now())
	p.env.Health.Counter("events").Add(int64(len(events)))
}

// tellAtOnce bounds the profiles that are published at once, in bytes as analysis.Size has
// them: the bus holds all of a batch several times.
const tellAtOnce = 4 << 20

// tell publishes profiles, and what of them is news to others, each in the trace of the sighting it answers.
func (p *Profiler) tell(ctx context.Context, profiles []decnet.Profile, todo map[decnet.AttackerID]news) error {
	for len(profiles) > 0 {
		var out []bus.Outgoing
		for size := 0; len(out) < len(profiles) && size < tellAtOnce; {
			profile := profiles[len(out)]
			out = append(out, profiled(todo[profile.Attacker].ctx, profile))
			size += analysis.Size(&profile)
		}
		some := profiles[:len(out)]
		news, told, err := p.relations.of(ctx, some, func(id decnet.AttackerID) context.Context { return todo[id].ctx })
		if err != nil {
			return err
		}
		if err := p.env.Bus.Publish(ctx, append(out, news...)...); err != nil {
			return bus.Later(err)
		}
		told()
		for _, profile := range some {
			p.recent.put(profile, true)
		}
		profiles = profiles[len(some):]
	}
	return nil
}
