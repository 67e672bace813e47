// Package ingester turns lines into events: logs.raw, wire and attackers.probed go in; rows in the store,
// logs.parsed, attackers.seen, credentials.captured and bounties.found come out.
//
// A line is acknowledged after its event is committed and everything that
// follows from it is on the bus. Until then it may come again, to this instance
// or another; the store recognises it by its id and the bus by what was derived
// from that id, so it counts once. A line that is no event becomes a dead letter.
package ingester

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/fields"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
)

// Config of the ingester.
type Config struct {
	Batch  int           `mapstructure:"batch" env:"DECNET_BATCH_SIZE" doc:"most events committed at once, 1 to 5000"`
	Linger time.Duration `mapstructure:"linger" env:"DECNET_BATCH_MAX_WAIT_MS:ms" doc:"how long to gather events before a commit; more is cheaper, less is sooner"`
	// Exclusive may be set where no other instance shares the bus.
	Exclusive bool `mapstructure:"exclusive" doc:"the only ingester of its bus: what a predecessor left unfinished is taken up at once"`
}

// Default commits what has arrived within a few milliseconds.
func Default() Config { return Config{Batch: 2000, Linger: 5 * time.Millisecond} }

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if c.Batch < 1 || c.Batch > 5000 {
		return fmt.Errorf("ingester.batch %d: want 1 to 5000", c.Batch)
	}
	if c.Linger < 0 || c.Linger > time.Second {
		return fmt.Errorf("ingester.linger %v: want at most 1s", c.Linger)
	}
	return nil
}

// Store is what the ingester needs of the store.
type Store interface {
	Ingest(ctx context.Context, events []decnet.Event) (store.Ingested, error)
	// RunRetention removes what is too old, every so often, until ctx is done.
	RunRetention(ctx context.Context, every time.Duration, report func(store.Retained, error))
}

// Ingester is one instance; any number may share the work.
type Ingester struct {
	cfg   Config
	env   worker.Env
	store Store
}

// New prepares an ingester.
func New(cfg Config, env worker.Env, s Store) (*Ingester, error) {
	return &Ingester{cfg: cfg, env: env, store: s}, cfg.Validate()
}

// Run ingests until ctx is done and the batch in hand is through.
func (i *Ingester) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var retention sync.WaitGroup
	defer retention.Wait()
	defer cancel()
	retention.Go(func() { i.store.RunRetention(ctx, retentionEvery, i.removed) })
	i.env.Health.Ready()
	c := bus.Consumer{Name: "ingester", Batch: i.cfg.Batch, Linger: i.cfg.Linger, OnPause: i.env.Health.Pause, Exclusive: i.cfg.Exclusive}
	g, work := errgroup.WithContext(ctx)
	g.Go(func() error {
		c := c
		c.Parallel = 3 // while one batch is committed, another is parsed and a third told of
		return bus.LogsRaw.Consume(work, i.env.Bus, c, ingest(i, parse))
	})
	g.Go(func() error {
		return bus.Wire.Consume(work, i.env.Bus, c, ingest(i, func(e *decnet.Event) (*decnet.Event, error) { return e, check(e) }))
	})
	g.Go(func() error {
		return bus.AttackersProbed.Consume(work, i.env.Bus, c, ingest(i, func(p *decnet.Probe) (*decnet.Event, error) {
			e := p.Event()
			return &e, check(&e)
		}))
	})
	return g.Wait()
}

// retentionEvery is how often events that are too old are removed.
const retentionEvery = time.Hour

// removed tells of old events that were removed.
func (i *Ingester) removed(done store.Retained, err error) {
	if err != nil {
		i.env.Log.Warn("old events are still there, which is tried again", "in", retentionEvery, "error", err)
		return
	}
	i.env.Health.Counter("events_removed").Add(int64(done.Events)) //nolint:gosec // no database has as many
	if done.Events > 0 || done.Partitions > 0 {
		i.env.Log.Info("old events were removed", "events", done.Events, "partitions", done.Partitions)
	}
}

// ingest is the handler of messages that parse makes events of.
func ingest[T any](i *Ingester, parse func(*T) (*decnet.Event, error)) func(context.Context, []*bus.Message[T]) error {
	return func(_ context.Context, messages []*bus.Message[T]) error { return handle(i, messages, parse) }
}

func handle[T any](i *Ingester, messages []*bus.Message[T], parse func(*T) (*decnet.Event, error)) error {
	events := make([]decnet.Event, 0, len(messages))
	mistyped := int64(0)
	contexts := make(map[string]context.Context, len(messages))
	for _, m := range messages {
		e, err := parse(&m.Body)
		if err != nil {
			i.env.Health.Counter("dead_letters").Add(1)
			m.Drop(err)
			continue
		}
		if err := fields.Known().Check(e); err != nil {
			// It is evidence all the same. A line that comes again is counted again.
			i.env.Log.Debug("an event is not as its service declares it", "event", e.ID, "error", err)
			mistyped++
		}
		events = append(events, *e)
		contexts[e.ID] = m.Context()
	}
	if len(events) == 0 {
		return nil
	}
	// The batch has one transaction and so one span of it: the first event's.
	done, err := i.store.Ingest(contexts[events[0].ID], events)
	if store.Unavailable(err) {
		return bus.Later(err)
	}
	if err != nil {
		return err
	}
	i.env.Health.Counter("events").Add(int64(done.New))
	i.env.Health.Counter("repeated").Add(int64(len(events) - done.New))
	i.env.Health.Counter("fields_mistyped").Add(mistyped)
	return i.announce(contexts, &done)
}

// parse reads the event of a line and refuses what the store would refuse.
func parse(raw *decnet.RawLog) (*decnet.Event, error) {
	e, err := eventlog.Parse(raw.Bytes())
	if err != nil {
		return nil, err
	}
	e.ID, e.Host = raw.ID, raw.Host
	return e, check(e)
}

func check(e *decnet.Event) error {
	if e.ID == "" || e.Host == "" {
		return errors.New("the message has no id or no host")
	}
	return store.Check(e)
}

// announce publishes what the batch means, each message in the trace of the
// event that it is about; those of a lane in that of its first attacker's last event.
func (i *Ingester) announce(contexts map[string]context.Context, done *store.Ingested) error {
	out := make([]bus.Outgoing, 0, len(done.Events)+len(done.Sightings)+len(done.Credentials)+len(done.Bounties))
	last := make(map[decnet.AttackerID]context.Context, len(done.Sightings))
	for _, e := range done.Events {
		last[e.Attacker] = contexts[e.ID]
		out = append(out, bus.LogsParsed.New(contexts[e.ID], e.ID, e, e.Host, cmp.Or(e.Decky, "_"), e.Service))
	}
	for _, s := range decnet.DivideSightings(done.Sightings, bus.AttackersSeen.Lane) {
		out = append(out, bus.AttackersSeen.New(last[s.Sightings[0].Attacker], s.ID(), s, s.Lane(bus.AttackersSeen.Lane)))
	}
	for _, c := range done.Credentials {
		if c.Attacker != "" {
			out = append(out, bus.CredentialsCaptured.New(contexts[c.Event], "cred-"+c.Event, c, string(c.Attacker)))
		}
	}
	for _, b := range done.Bounties {
		out = append(out, bus.BountiesFound.New(contexts[b.Event], "bounty-"+b.ID(), b, string(b.Attacker)))
	}
	if err := i.env.Bus.Publish(context.Background(), out...); err != nil {
		return bus.Later(err)
	}
	return nil
}
