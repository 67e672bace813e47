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

// page is how many events of an attacker who is far behind are read and saved at once.
const page = 1000

// profiled says what an attacker's profile is now.
func profiled(ctx context.Context, p decnet.Profile) bus.Outgoing {
	return bus.AttackersProfiled.New(ctx, fmt.Sprintf("%s-%d", p.Attacker, p.Through), p.Public(), string(p.Attacker))
}

// handOn has attackers with many new events profiled beside the others.
func (p *Profiler) handOn(ctx context.Context, behind []decnet.Sighting, todo map[decnet.AttackerID]news) error {
	out := make([]bus.Outgoing, 0, len(behind))
	for _, s := range behind {
		out = append(out, queue(todo[s.Attacker], 0))
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
		if p.recent.covers(id, n.Through, n.again) {
			continue
		}
		if err := p.follow(ctx, work, id, n); err != nil {
			return classify(err)
		}
	}
	return nil
}

// pages is a profile that is made page by page.
type pages struct {
	profile decnet.Profile
	stored  uint64 // through which event the stored one goes
	untold  bool   // what is news in it was not told
	more    bool   // there may be further events
}

// follow folds an attacker's events page by page, each page saved, until there are no
// more or its turn is over.
func (p *Profiler) follow(ctx, work context.Context, id decnet.AttackerID, n news) error {
	profile, err := p.stored(work, id)
	if err != nil || profile.Through >= n.Through && !n.again {
		return err
	}
	m := pages{profile: profile, stored: profile.Through, more: true, untold: n.again}
	if outdated(&profile) {
		m.profile = decnet.Profile{} // from the first event on, and nothing is stored until it is ahead of what is
	}
	late := false
	for begin := time.Now(); m.more && !late; {
		if ctx.Err() != nil {
			return bus.Later(ctx.Err())
		}
		if err := p.turnPage(work, id, &m); err != nil {
			return err
		}
		// What is there by then and was not when it was sighted has a sighting of its own.
		late = time.Since(begin) > p.turn && m.profile.Through >= m.stored
	}
	if m.profile.Through == 0 || m.profile.Through < m.stored {
		return nil // its events were removed
	}
	if err := p.tell(work, []decnet.Profile{m.profile}, map[decnet.AttackerID]news{id: n}); err != nil {
		return err
	}
	if m.more && m.profile.Through < n.Through {
		if err := p.env.Bus.Publish(work, queue(n, m.profile.Through)); err != nil {
			return bus.Later(err)
		}
	}
	return nil
}

// turnPage folds a page of events and saves what comes of it. If somebody else was faster
// it goes on with what that one saved.
func (p *Profiler) turnPage(ctx context.Context, id decnet.AttackerID, m *pages) error {
	events, err := p.events.Timeline(ctx, id, m.profile.Through, page)
	if err != nil {
		return err
	}
	if m.more = len(events) > 0; !m.more {
		return nil
	}
	p.foldAll(&m.profile, events, m.untold)
	m.untold = true
	if m.profile.Through <= m.stored {
		return nil
	}
	saved, err := p.profiles.SaveProfiles(ctx, []store.ProfileChange{change(&m.profile, m.stored)})
	if err != nil {
		return err
	}
	if saved[0] {
		p.env.Health.Counter("profiles").Add(1)
		m.more = len(events) == page
	} else if m.profile, err = p.stored(ctx, id); err != nil {
		return err
	}
	m.stored = m.profile.Through
	return nil
}

// queue has an attacker whose profile goes so far wait for its turn. It goes further each time, so that the stream
// takes none for a repetition of the one before, nor of the sighting on attackers.seen.
func queue(n news, through uint64) bus.Outgoing {
	one := decnet.Sightings{Sightings: []decnet.Sighting{n.Sighting}}
	return bus.AttackersBehind.New(n.ctx, fmt.Sprintf("behind-%s-%d", one.ID(), through), one, one.Lane(bus.AttackersBehind.Lane))
}

// stored is an attacker's stored profile, or the zero one.
func (p *Profiler) stored(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error) {
	profiles, err := p.profiles.Profiles(ctx, []store.Known{{Attacker: id}})
	profile := profiles[id]
	analysis.Resume(&profile)
	return profile, err
}
