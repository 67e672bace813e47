package profiler

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// page is how many events of an attacker who is far behind are read and saved at once.
const page = 1000

// profiled says what an attacker's profile is now.
func profiled(ctx context.Context, p decnet.Profile) bus.Outgoing {
	return bus.AttackersProfiled.New(ctx, fmt.Sprintf("%s-%d", p.Attacker, p.Through), p, string(p.Attacker))
}

// handOn has attackers with many new events profiled beside the others.
func (p *Profiler) handOn(ctx context.Context, behind []decnet.Sighting, todo map[decnet.AttackerID]news) error {
	out := make([]bus.Outgoing, 0, len(behind))
	for _, s := range behind {
		one := decnet.Sightings{Sightings: []decnet.Sighting{s}}
		// The stream knows the id of the sightings alone, as that of attackers.seen.
		out = append(out, bus.AttackersBehind.New(todo[s.Attacker].ctx, "behind-"+one.ID(), one, one.Lane(bus.AttackersBehind.Lane)))
	}
	if err := p.env.Bus.Publish(ctx, out...); err != nil {
		return bus.Later(err)
	}
	p.env.Health.Counter("behind").Add(int64(len(out)))
	return nil
}

// handleBehind brings attackers up to date that are far behind. When ctx is done it
// stops half-way, and another instance goes on from there.
func (p *Profiler) handleBehind(ctx, work context.Context, messages []*bus.Message[decnet.Sightings]) error {
	for id, n := range latest(messages) {
		if p.recent.covers(id, n.Through) {
			continue
		}
		if err := p.follow(ctx, work, id, n); err != nil {
			return classify(err)
		}
	}
	return nil
}

// follow folds an attacker's events page by page, each page saved, until there are no
// more or its turn is over.
func (p *Profiler) follow(ctx, work context.Context, id decnet.AttackerID, n news) error {
	profile, err := p.stored(work, id)
	if err != nil || profile.Through > n.Through {
		return err
	}
	for begin, more := time.Now(), true; more; {
		if ctx.Err() != nil {
			return bus.Later(ctx.Err())
		}
		if profile, more, err = p.turnPage(work, id, profile); err != nil {
			return err
		}
		if time.Since(begin) > p.turn {
			if profile.Through < n.Through {
				return p.again(work, n, profile.Through)
			}
			break // what is there by now has a sighting of its own
		}
	}
	if profile.Through == 0 {
		return nil // its events were removed
	}
	return p.tell(work, []decnet.Profile{profile}, map[decnet.AttackerID]news{id: n})
}

// turnPage folds a page of events into a profile and saves it, and says whether there may
// be more of them. If somebody else was faster it returns what that one saved.
func (p *Profiler) turnPage(ctx context.Context, id decnet.AttackerID, profile decnet.Profile) (decnet.Profile, bool, error) {
	before := profile.Through
	events, err := p.events.Timeline(ctx, id, before, page)
	if err != nil || len(events) == 0 {
		return profile, false, err
	}
	p.foldAll(&profile, events)
	saved, err := p.profiles.SaveProfiles(ctx, []store.ProfileChange{{Profile: profile, PreviousThrough: before}})
	if err != nil {
		return profile, false, err
	}
	if !saved[0] {
		profile, err = p.stored(ctx, id)
		return profile, true, err
	}
	p.env.Health.Counter("profiles").Add(1)
	return profile, len(events) == page, nil
}

// again has an attacker queue behind the next one. Its profile goes further than when it
// queued before, so that the stream does not take this for a repetition.
func (p *Profiler) again(ctx context.Context, n news, through uint64) error {
	one := decnet.Sightings{Sightings: []decnet.Sighting{n.Sighting}}
	out := bus.AttackersBehind.New(n.ctx, fmt.Sprintf("behind-%s-%d", one.ID(), through), one, one.Lane(bus.AttackersBehind.Lane))
	if err := p.env.Bus.Publish(ctx, out); err != nil {
		return bus.Later(err)
	}
	return nil
}

// stored is an attacker's stored profile, or the zero one.
func (p *Profiler) stored(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error) {
	profiles, err := p.profiles.Profiles(ctx, []store.Known{{Attacker: id}})
	return profiles[id], err
}
