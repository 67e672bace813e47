// Package profiler describes each attacker: attackers.seen goes in, a stored
// profile and attackers.profiled come out.
//
// A profile is a fold over the attacker's events, which the store numbers
// without gaps. A sighting only says up to which number there are events now;
// the profiler reads those it has not folded yet, and stores the profile only if
// nobody else did meanwhile. So a sighting that comes twice, late or in another
// order changes nothing, a profiler killed at any moment goes on where it was,
// and any number of them can share the work.
package profiler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
)

// Config of the profiler.
type Config struct {
	Linger time.Duration `mapstructure:"linger" doc:"how long to gather news of attackers before their profiles are made"`
	// Exclusive may be set where no other instance shares the bus.
	Exclusive bool `mapstructure:"exclusive" doc:"the only profiler of its bus: what a predecessor left unfinished is taken up at once"`
}

// Default gathers for a moment, so that a burst of one attacker is one profile.
func Default() Config { return Config{Linger: 200 * time.Millisecond} }

// Validate reports a setting that cannot work.
func (c Config) Validate() error {
	if c.Linger < 0 || c.Linger > 10*time.Second {
		return fmt.Errorf("profiler.linger %v: want at most 10s", c.Linger)
	}
	return nil
}

// Events is where the profiler reads what an attacker did.
type Events interface {
	Timeline(ctx context.Context, attacker decnet.AttackerID, after uint64, limit int) ([]decnet.Event, error)
}

// Profiles is where it keeps what it made of that.
type Profiles interface {
	Profile(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error)
	SaveProfiles(ctx context.Context, changes []store.ProfileChange) (saved []bool, err error)
}

// Profiler is one instance; any number may share the work.
type Profiler struct {
	cfg      Config
	env      worker.Env
	events   Events
	profiles Profiles
	recent   recent
}

// New prepares a profiler.
func New(cfg Config, env worker.Env, events Events, profiles Profiles) (*Profiler, error) {
	return &Profiler{cfg: cfg, env: env, events: events, profiles: profiles, recent: make(recent)}, cfg.Validate()
}

// Run profiles until ctx is done and the batch in hand is through.
func (p *Profiler) Run(ctx context.Context) error {
	p.env.Health.Ready()
	return bus.AttackersSeen.Consume(ctx, p.env.Bus, bus.Consumer{
		// A profile costs the same for one new event and for many, so under load
		// each is made less often rather than more work done.
		Name: "profiler", Batch: 2048, Linger: p.cfg.Linger, Rest: 20, OnPause: p.env.Health.Pause, Exclusive: p.cfg.Exclusive,
	}, p.handle)
}

// handle brings every attacker of the batch up to date, each once.
func (p *Profiler) handle(ctx context.Context, sightings []*bus.Message[decnet.Sighting]) error {
	latest := make(map[decnet.AttackerID]*bus.Message[decnet.Sighting], len(sightings))
	for _, m := range sightings {
		if _, err := decnet.ParseAttackerID(string(m.Body.Attacker)); err != nil {
			m.Drop(err)
			continue
		}
		if have := latest[m.Body.Attacker]; have == nil || m.Body.Through >= have.Body.Through {
			latest[m.Body.Attacker] = m
		}
	}
	for len(latest) > 0 {
		var err error
		if latest, err = p.catchUp(ctx, latest); err != nil {
			return classify(err)
		}
	}
	return nil
}

// page is how many events are read from the store at once.
const page = 500

// catchUp folds the new events of attackers, stores all profiles in one
// transaction and tells them in one publish: both wait for the disk. It returns
// those that somebody else stored first, whose work is to be taken over.
func (p *Profiler) catchUp(ctx context.Context, sightings map[decnet.AttackerID]*bus.Message[decnet.Sighting]) (again map[decnet.AttackerID]*bus.Message[decnet.Sighting], err error) {
	var changes []store.ProfileChange
	var tell []decnet.Profile
	for id, m := range sightings {
		profile, err := p.take(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", id, err)
		}
		before := profile.Through
		switch {
		case before < m.Body.Through:
			if err := p.foldNew(ctx, &profile, id); err != nil {
				return nil, fmt.Errorf("profile %s: %w", id, err)
			}
			changes = append(changes, store.ProfileChange{Profile: profile, PreviousThrough: before})
		case before == m.Body.Through:
			// A predecessor may have died between storing and telling; the
			// message's id makes a repetition harmless.
			tell = append(tell, profile)
			p.recent.put(profile)
		default:
			p.recent.put(profile)
		}
	}
	saved, err := p.profiles.SaveProfiles(ctx, changes)
	if err != nil {
		return nil, err
	}
	again = make(map[decnet.AttackerID]*bus.Message[decnet.Sighting])
	for i, c := range changes {
		if saved[i] {
			tell = append(tell, c.Profile)
			p.recent.put(c.Profile)
		} else {
			again[c.Profile.Attacker] = sightings[c.Profile.Attacker]
		}
	}
	p.env.Health.Counter("profiles").Add(int64(len(changes) - len(again)))
	return again, p.tell(ctx, sightings, tell)
}

// take returns the stored profile of an attacker, or the zero one. One that this
// process saved last is as good, even if another has saved a later one meanwhile: then
// what is made of it is not saved.
func (p *Profiler) take(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error) {
	if profile, ok := p.recent.take(id); ok {
		return profile, nil
	}
	profile, err := p.profiles.Profile(ctx, id)
	if decnet.ErrorCode(err) == decnet.CodeNotFound {
		return decnet.Profile{}, nil
	}
	return profile, err
}

// tellAtOnce is how many profiles are published at once: each may have a hundred
// kilobytes, and the bus holds all of a batch several times.
const tellAtOnce = 50

// tell publishes profiles, each in the trace of the sighting it answers.
func (p *Profiler) tell(ctx context.Context, sightings map[decnet.AttackerID]*bus.Message[decnet.Sighting], profiles []decnet.Profile) error {
	for some := range slices.Chunk(profiles, tellAtOnce) {
		out := make([]bus.Outgoing, len(some))
		for i, profile := range some {
			id := fmt.Sprintf("%s-%d", profile.Attacker, profile.Through)
			out[i] = bus.AttackersProfiled.New(sightings[profile.Attacker].Context(), id, profile, string(profile.Attacker))
		}
		if err := p.env.Bus.Publish(ctx, out...); err != nil {
			return bus.Later(err)
		}
	}
	return nil
}

func (p *Profiler) foldNew(ctx context.Context, profile *decnet.Profile, attacker decnet.AttackerID) error {
	for {
		events, err := p.events.Timeline(ctx, attacker, profile.Through, page)
		if err != nil {
			return err
		}
		for i := range events {
			fold(profile, &events[i])
		}
		p.env.Health.Counter("events").Add(int64(len(events)))
		if len(events) < page {
			return nil
		}
	}
}

// classify tells the bus to wait where it is the store that is in trouble.
func classify(err error) error {
	if store.Unavailable(err) {
		return bus.Later(err)
	}
	return err
}
