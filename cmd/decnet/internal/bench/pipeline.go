package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// PipelineOptions say what to measure.
type PipelineOptions struct {
	// Binary is the decnet program.
	Binary string
	// Store is the database; an empty URL is a SQLite file of the run's own.
	Store store.Config
	// Events go through the whole pipeline, or as many as fit into Duration if that
	// is set.
	Events   int
	Duration time.Duration
	// Pace is how many events are sent per second; 0 is as many as are taken.
	Pace int
	// Rate is at how many events per second latency is measured; 0 leaves it out.
	Rate int
	// Args are further arguments of "decnet up".
	Args []string
}

// PipelineResult is how fast a stack is from spool to committed row and published
// profile, beside the limits of its parts in the same run on the same machine.
type PipelineResult struct {
	EventsPerSecond float64 `json:"events_per_second"`
	// Ratio is that to the slower of the two limits.
	Ratio        float64 `json:"ratio"`
	PublishLimit float64 `json:"publish_limit_per_second"`
	InsertLimit  float64 `json:"insert_limit_per_second"`
	Store        string  `json:"store"`
	Events       int     `json:"events"`
	Seconds      float64 `json:"seconds"`
	// Slowest is the least of all ten-second windows, in events per second.
	Slowest float64 `json:"slowest_window_per_second"`
	// ProcessorMicros is how much of the processors an event takes, in microseconds.
	ProcessorMicros float64 `json:"processor_microseconds_per_event"`
	// MemoryMB is the most that all processes of the stack had in memory, in the first
	// quarter of the run and in all of it.
	MemoryMB [2]float64 `json:"resident_mb"`
	Windows  []Window   `json:"windows"`
	// Stored and Live are from the decoy's line to the word that it is stored, and
	// to the reader of a live stream.
	Stored *LatencyResult `json:"latency_stored,omitempty"`
	Live   *LatencyResult `json:"latency_live,omitempty"`
}

// ahead is how many lines wait in the spool at most while the pipeline is measured.
const ahead = 50_000

// Pipeline measures the limits of the parts, then a whole stack.
func Pipeline(ctx context.Context, o PipelineOptions, progress func(string)) (*PipelineResult, error) {
	r := &PipelineResult{Store: "sqlite"}
	if o.Store.URL != "" {
		r.Store = "postgresql"
	}
	var err error
	progress("what the bus takes by itself")
	if r.PublishLimit, err = publishLimit(ctx, min(o.Events, limitEvents)); err != nil {
		return nil, err
	}
	progress(fmt.Sprintf("  %.0f messages/s; what the store takes by itself", r.PublishLimit))
	if r.InsertLimit, err = insertLimit(ctx, o.Store, min(o.Events, limitEvents)); err != nil {
		return nil, err
	}
	progress(fmt.Sprintf("  %.0f events/s; the whole pipeline", r.InsertLimit))
	p, err := startPipeline(ctx, o)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	if err := p.run(ctx, r, progress); err != nil {
		return nil, err
	}
	r.Ratio = r.EventsPerSecond / min(r.PublishLimit, r.InsertLimit)
	if o.Rate > 0 {
		progress(fmt.Sprintf("latency at %d events/s", o.Rate))
		if r.Stored, r.Live, err = p.latency(ctx, o.Rate); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// pipeline is a stack that is being measured.
type pipeline struct {
	o     PipelineOptions
	dir   string
	stack *instance.Instance
	store *store.Store
	// events and profiled are what the database had before.
	events, profiled uint64
}

func startPipeline(ctx context.Context, o PipelineOptions) (*pipeline, error) {
	p := &pipeline{o: o}
	var err error
	if p.dir, err = os.MkdirTemp("", "decnet-bench-"); err != nil {
		return nil, err
	}
	var env []string
	if o.Store.URL != "" {
		env = append(env, "DECNET_DB_URL="+o.Store.URL)
	} else {
		o.Store.Path = filepath.Join(p.dir, "decnet.db")
	}
	p.stack, err = instance.Start(ctx, instance.Options{Binary: o.Binary, DataDir: p.dir, Args: append([]string{"--demo=false"}, o.Args...), Env: env})
	if err == nil {
		p.store, err = store.Open(ctx, o.Store)
	}
	if err == nil {
		p.events, p.profiled, err = p.stored(ctx)
	}
	if err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

func (p *pipeline) stop() {
	if p.store != nil {
		_ = p.store.Close() // was only read
	}
	if p.stack != nil {
		p.stack.Kill()
	}
	_ = os.RemoveAll(p.dir)
}

// latency sends at a rate and returns how long it takes until an event is stored, as
// the bus tells, and until it is at a reader of the live stream.
func (p *pipeline) latency(ctx context.Context, rate int) (stored, live *LatencyResult, err error) {
	const duration = 10 * time.Second
	password, err := p.stack.Password()
	if err != nil {
		return nil, nil, err
	}
	if err := p.stack.Login(ctx, "admin", password); err != nil {
		return nil, nil, err
	}
	url, err := p.stack.BusURL()
	if err != nil {
		return nil, nil, err
	}
	b, err := bus.Connect(ctx, bus.Config{URL: url}, bus.WithName("bench"))
	if err != nil {
		return nil, nil, err
	}
	defer b.Close()
	last, err := b.LastSequence(ctx, bus.LogsParsed.Stream)
	if err != nil {
		return nil, nil, err
	}
	on := newArrivals(rate, duration)
	tctx, cancel := context.WithCancel(ctx)
	var tail sync.WaitGroup
	tail.Go(func() {
		// Whatever ends it early, events that do not arrive say so.
		_ = bus.LogsParsed.Tail(tctx, b, bus.FromAfter(last), func(m *bus.Message[decnet.Event]) error {
			on.add(&m.Body)
			return nil
		})
	})
	defer func() {
		cancel()
		tail.Wait()
	}()
	if live, err = measure(ctx, p.stack, rate, duration); err != nil {
		return nil, nil, err
	}
	stored, err = on.result(ctx)
	return stored, live, err
}

// stored is how many events are committed, and how many are in profiles.
func (p *pipeline) stored(ctx context.Context) (events, profiled uint64, err error) {
	q := store.AttackerQuery{Limit: store.MaxLimit}
	for {
		page, next, err := p.store.Attackers.List(ctx, q)
		if err != nil {
			return 0, 0, err
		}
		for _, a := range page {
			events += a.Events
			profiled += a.Profiled
		}
		if q.Cursor = next; next == "" {
			return events, profiled, nil
		}
	}
}

// run writes lines as decoys do and waits until all of them are stored and in a
// profile.
func (p *pipeline) run(ctx context.Context, r *PipelineResult, progress func(string)) error {
	w, t := &spoolWriter{dir: p.stack.Spool()}, newTraffic(3, attackerNet)
	defer func() { _ = w.close() }() // what was not written, the count misses
	m := newMeter(p.o)
	spent, err := p.stack.ProcessorTime()
	if err != nil {
		return err
	}
	const look = 250 * time.Millisecond
	for done, profiled := 0, 0; ; {
		// Enough for the time until the next look, and never more than a bound.
		if !m.enough(w.written) {
			for range m.due(w.written, done) {
				if err := w.write(t.next()); err != nil {
					return err
				}
			}
		}
		time.Sleep(look)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		events, inProfiles, err := p.stored(ctx)
		if err != nil {
			return err
		}
		before := done
		done, profiled = int(events-p.events), int(inProfiles-p.profiled) //nolint:gosec // no benchmark has as many
		if done > before {
			m.moved()
		}
		if err := m.look(p.stack, done, progress); err != nil {
			return err
		}
		if m.enough(w.written) && done >= w.written && profiled >= w.written {
			m.fill(r, w.written)
			now, err := p.stack.ProcessorTime()
			r.ProcessorMicros = float64((now - spent).Microseconds()) / float64(w.written)
			return err
		}
		if m.stuck() {
			return fmt.Errorf("%d of %d events are stored and %d in profiles, and nothing moves", done, w.written, profiled)
		}
	}
}
