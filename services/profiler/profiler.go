// Package profiler describes each attacker: attackers.seen goes in, a stored
// profile and attackers.profiled come out.
//
// A profile is a fold over the attacker's events, which the store numbers
// without gaps. A sighting only says up to which number there are events now;
// the profiler reads those it has not folded yet, and stores the profile only if
// nobody else did meanwhile. So a sighting that comes twice, late or in another
// order changes nothing, a profiler killed at any moment goes on where it was,
// and any number of them can share the work: sightings come in lanes, and whoever has
// a message of a lane has the lane's attackers.
//
// Attackers with many new events would keep the others of their batch waiting. They are
// handed on, on attackers.behind, to whichever instance has time.
package profiler

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
)

// Config of the profiler.
type Config struct {
	Linger time.Duration `mapstructure:"linger" doc:"how old news of attackers are when their profiles are made; more is cheaper, less is sooner"`
	// Exclusive may be set where no other instance shares the bus.
	Exclusive bool `mapstructure:"exclusive" doc:"the only profiler of its bus: what a predecessor left unfinished is taken up at once"`
	// Signatures may be empty.
	Signatures string `mapstructure:"signatures" doc:"a folder with signatures of your own in .yaml files, beside the built-in ones; changes are taken up while the profiler runs"`
}

// Default makes a profile of an attacker at most twice a second.
func Default() Config { return Config{Linger: 500 * time.Millisecond} }

// Validate reports a setting that cannot work.
func (c Config) Validate() error {
	if c.Linger < 0 || c.Linger > 10*time.Second {
		return fmt.Errorf("profiler.linger %v: want at most 10s", c.Linger)
	}
	return nil
}

// Events is where the profiler reads what attackers did.
type Events interface {
	Timeline(ctx context.Context, attacker decnet.AttackerID, after uint64, limit int) ([]decnet.Event, error)
	Timelines(ctx context.Context, known []store.Known, limit int) (map[decnet.AttackerID][]decnet.Event, error)
}

// Profiles is where it keeps what it made of that.
type Profiles interface {
	Profiles(ctx context.Context, known []store.Known) (map[decnet.AttackerID]decnet.Profile, error)
	SaveProfiles(ctx context.Context, changes []store.ProfileChange) (saved []bool, err error)
	Links
	Behind(ctx context.Context, after decnet.AttackerID, limit int) (behind []decnet.Sighting, next decnet.AttackerID, err error)
}

// Profiler is one instance; any number may share the work.
type Profiler struct {
	cfg       Config
	env       worker.Env
	events    Events
	profiles  Profiles
	recent    *recent
	rules     *rules
	labels    labels
	relations relations
	slow      func()        // what a test has every event take besides; nil is nothing
	ackWait   time.Duration // 0 is the bus's
	turn      time.Duration // how long one who is far behind may keep another waiting
}

// New prepares a profiler. Signatures that are wrong are an error.
func New(cfg Config, env worker.Env, events Events, profiles Profiles, credentials Credentials) (*Profiler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	r, err := newRules(cfg.Signatures)
	if err != nil {
		return nil, fmt.Errorf("profiler.signatures: %w", err)
	}
	return &Profiler{
		cfg: cfg, env: env, events: events, profiles: profiles, recent: newRecent(maxRecent), rules: r, turn: 2 * time.Second,
		relations: relations{links: profiles, credentials: credentials},
	}, nil
}

// Run profiles until ctx is done and the batches in hand are through.
func (p *Profiler) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	current := make(chan struct{})
	g.Go(func() error { return p.labels.follow(ctx, p.env, current) })
	g.Go(func() error { p.rules.follow(ctx, p.env); return nil })
	select {
	case <-current: // nobody is judged before it is known who has a label
	case <-ctx.Done():
		return g.Wait()
	}
	p.env.Health.Ready()
	g.Go(func() error { return p.sweep(ctx) })
	c := bus.Consumer{Name: "profiler", AckWait: p.ackWait, OnPause: p.env.Health.Pause, Exclusive: p.cfg.Exclusive}
	g.Go(func() error {
		c := c
		// A profile costs the same for one new event and for many, so each is made
		// once for all that is new since.
		c.Linger = p.cfg.Linger
		return bus.AttackersSeen.ConsumeLanes(ctx, p.env.Bus, c, p.covered, p.handle)
	})
	g.Go(func() error {
		c := c
		c.Name, c.Batch, c.Parallel = "profiler-behind", 1, 2
		return bus.AttackersBehind.ConsumeLanes(ctx, p.env.Bus, c, p.covered, func(work context.Context, ms []*bus.Message[decnet.Sightings]) error {
			return p.handleBehind(ctx, work, ms)
		})
	})
	return g.Wait()
}

// news is up to which event an attacker was seen, and in which trace.
type news struct {
	decnet.Sighting
	ctx context.Context //nolint:containedctx // it is the trace of the message
	// again says that somebody may have stored a profile because of it, and died before telling.
	again bool
}

// latest is the latest news of every attacker.
func latest(messages []*bus.Message[decnet.Sightings]) map[decnet.AttackerID]news {
	out := make(map[decnet.AttackerID]news)
	for _, m := range messages {
		for _, s := range m.Body.Sightings {
			if _, err := decnet.ParseAttackerID(string(s.Attacker)); err != nil {
				m.Drop(err)
				continue
			}
			have, ok := out[s.Attacker]
			n := news{s, m.Context(), m.Again || have.again}
			if ok && s.Through < have.Through {
				n.Sighting, n.ctx = have.Sighting, have.ctx
			}
			out[s.Attacker] = n
		}
	}
	return out
}

// covered reports whether this instance knows that nothing is left to do about sightings.
func (p *Profiler) covered(m *bus.Message[decnet.Sightings]) bool {
	for _, s := range m.Body.Sightings {
		if !p.recent.covers(s.Attacker, s.Through, m.Again) {
			return false
		}
	}
	return true
}

// classify tells the bus to wait where it is the store that is in trouble.
func classify(err error) error {
	if store.Unavailable(err) {
		return bus.Later(err)
	}
	return err
}
