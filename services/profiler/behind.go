package profiler

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/services/profiler/analysis"
)

const (
	// page is how many events of an attacker who is far behind are read and saved at once.
	page = 1000
	// turn is how long one such attacker may keep another waiting.
	turn = 2 * time.Second
)

// profiled says what an attacker's profile is now.
func profiled(ctx context.Context, p decnet.Profile) bus.Outgoing {
	p.State = nil // is nobody else's
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
	if err != nil {
		return err
	}
	if profile.Through > n.Through {
		return nil
	}
	before := profile.Through
	if outdated(&profile) {
		profile = decnet.Profile{} // from the first event on, and nothing is stored until it is ahead of what is
	}
	untold := false
	for begin := time.Now(); ; {
		if ctx.Err() != nil {
			return bus.Later(ctx.Err())
		}
		if time.Since(begin) > turn && profile.Through < n.Through && profile.Through >= before {
			if err := p.tell(work, []decnet.Profile{profile}, map[decnet.AttackerID]news{id: n}); err != nil {
				return err
			}
			one := decnet.Sightings{Sightings: []decnet.Sighting{n.Sighting}}
			err := p.env.Bus.Publish(work, bus.AttackersBehind.New(n.ctx, fmt.Sprintf("behind-%s-%d", one.ID(), profile.Through), one, one.Lane(bus.AttackersBehind.Lane)))
			if err != nil {
				return bus.Later(err)
			}
			return nil
		}
		events, err := p.events.Timeline(work, id, profile.Through, page)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break
		}
		p.foldAll(&profile, events, untold)
		untold = true
		if profile.Through <= before {
			continue
		}
		saved, err := p.profiles.SaveProfiles(work, []store.ProfileChange{{Profile: profile, PreviousThrough: before}})
		if err != nil {
			return err
		}
		if !saved[0] {
			if profile, err = p.stored(work, id); err != nil {
				return err
			}
			before = profile.Through
			continue
		}
		before = profile.Through
		p.env.Health.Counter("profiles").Add(1)
		if len(events) < page {
			break
		}
	}
	if profile.Through == 0 || profile.Through < before {
		return nil // its events were removed
	}
	return p.tell(work, []decnet.Profile{profile}, map[decnet.AttackerID]news{id: n})
}

// stored is an attacker's stored profile, or the zero one.
func (p *Profiler) stored(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error) {
	profiles, err := p.profiles.Profiles(ctx, []store.Known{{Attacker: id}})
	profile := profiles[id]
	analysis.Resume(&profile)
	return profile, err
}
