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
func Default() Config { return Config{Linger: 50 * time.Millisecond} }

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
	SaveProfile(ctx context.Context, p decnet.Profile, previousThrough uint64) error
}

// Profiler is one instance; any number may share the work.
type Profiler struct {
	cfg      Config
	env      worker.Env
	events   Events
	profiles Profiles
}

// New prepares a profiler.
func New(cfg Config, env worker.Env, events Events, profiles Profiles) (*Profiler, error) {
	return &Profiler{cfg: cfg, env: env, events: events, profiles: profiles}, cfg.Validate()
}

// Run profiles until ctx is done and the batch in hand is through.
func (p *Profiler) Run(ctx context.Context) error {
	p.env.Health.Ready()
	return bus.AttackersSeen.Consume(ctx, p.env.Bus, bus.Consumer{
		Name: "profiler", Batch: 256, Linger: p.cfg.Linger, OnPause: p.env.Health.Pause, Exclusive: p.cfg.Exclusive,
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
	for _, m := range latest {
		if err := p.catchUp(ctx, m); err != nil {
			return fmt.Errorf("profile %s: %w", m.Body.Attacker, err)
		}
	}
	return nil
}

// page is how many events are read from the store at once.
const page = 500

// catchUp folds the attacker's new events. Somebody else storing the profile
// first means that their work is taken over and the rest folded on top of it.
func (p *Profiler) catchUp(ctx context.Context, m *bus.Message[decnet.Sighting]) error {
	for {
		profile, err := p.profiles.Profile(ctx, m.Body.Attacker)
		if err != nil && decnet.ErrorCode(err) != decnet.CodeNotFound {
			return classify(err)
		}
		before := profile.Through
		if before < m.Body.Through {
			if err := p.foldNew(ctx, &profile, m.Body.Attacker); err != nil {
				return classify(err)
			}
			err = p.profiles.SaveProfile(ctx, profile, before)
			if decnet.ErrorCode(err) == decnet.CodeConflict {
				continue
			}
			if err != nil {
				return classify(err)
			}
			p.env.Health.Counter("profiles").Add(1)
		} else if before > m.Body.Through {
			return nil // a later sighting tells, or has told
		}
		// Told again if it was folded before: a predecessor may have died
		// between storing and telling, and the id makes a repetition harmless.
		id := fmt.Sprintf("%s-%d", profile.Attacker, profile.Through)
		if err := p.env.Bus.Publish(ctx, bus.AttackersProfiled.New(m.Context(), id, profile, string(profile.Attacker))); err != nil {
			return bus.Later(err)
		}
		return nil
	}
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
