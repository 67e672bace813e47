package collector

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// idleCheck is how often the spool is looked at when no change was notified;
// notifications can be lost, lines cannot.
const idleCheck = 500 * time.Millisecond

// Collector reads one spool.
type Collector struct {
	cfg      Config
	env      worker.Env
	tracer   trace.Tracer
	silent   bool // nobody makes spans
	position *position
	files    []*logFile
	targets  *targets
	open     map[string]*segment
	docker   *containerLogs // nil if containers are not read
	logging  sync.Mutex     // held while lines are written to the log file
	pacing   sync.Mutex     // held by who waits for the ingesters
	pace     pace
	blobs    *blobs
}

// New prepares a collector; its folder is made if it is missing.
func New(cfg Config, env worker.Env) (*Collector, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Spool, 0o700); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	pos, err := loadPosition(cfg.Position)
	if err != nil {
		return nil, err
	}
	c := &Collector{
		cfg: cfg, env: env, tracer: env.Traces.Tracer("github.com/decnet/decnet/services/collector"),
		position: pos, files: []*logFile{{path: cfg.LogFile, render: plainLine}, {path: cfg.JSONFile, render: newJSONView().render}}, open: make(map[string]*segment),
		targets: newTargets(env),
	}
	if c.blobs, err = newBlobs(&cfg, env); err != nil {
		return nil, err
	}
	_, c.silent = env.Traces.(noop.TracerProvider)
	if cfg.Docker != dockerOff {
		c.docker, err = newContainerLogs(c)
	}
	return c, err
}

// Run collects until ctx is done and everything that is in the spool by then is
// published.
func (c *Collector) Run(ctx context.Context) error {
	defer c.close()
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch spool: %w", err)
	}
	defer func() { _ = watch.Close() }()
	if err := watch.Add(c.cfg.Spool); err != nil {
		return fmt.Errorf("watch spool: %w", err)
	}
	stopTargets, err := c.followTargets(ctx)
	if err != nil {
		return err
	}
	defer stopTargets()
	if c.docker == nil {
		return c.readSpool(ctx, watch)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.docker.run(gctx) })
	g.Go(func() error { return c.readSpool(gctx, watch) })
	return g.Wait()
}

// readSpool collects from the spool until ctx is done and all of it is published.
func (c *Collector) readSpool(ctx context.Context, watch *fsnotify.Watcher) error {
	c.ready()
	for {
		// Lines that are there when ctx ends are still delivered.
		n, err := c.pass(ctx)
		if err != nil {
			return err
		}
		switch {
		case n > 0:
			continue
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it has delivered what there was
		}
		c.blobs.sweep()
		c.wait(ctx, watch)
	}
}

// ready says that the bus takes lines, and that all is well unless an engine is missing
// that there has to be.
func (c *Collector) ready() {
	if c.docker != nil {
		c.docker.mu.Lock()
		away := c.docker.away
		c.docker.mu.Unlock()
		if away != nil {
			c.env.Health.Degraded(away.Error())
			return
		}
	}
	c.env.Health.Ready()
}

// followTargets learns of the deckies' log targets in the background, and
// returns once those there are are known.
func (c *Collector) followTargets(ctx context.Context) (stop func(), err error) {
	// It outlives ctx: what is still in the spool then has its targets too.
	tctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	current, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- c.targets.follow(tctx, func() { close(current) }) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			c.env.Log.Debug("log targets", "error", err)
		}
	}
	select {
	case <-current:
		return stop, nil
	case err := <-ended:
		cancel()
		return nil, err
	case <-ctx.Done():
		return stop, nil
	}
}

// wait returns when there may be something to read, and gathers for a moment.
func (c *Collector) wait(ctx context.Context, watch *fsnotify.Watcher) {
	idle := time.NewTimer(idleCheck)
	defer idle.Stop()
	select {
	case <-ctx.Done():
		return
	case <-idle.C:
		return
	case <-watch.Events:
	case err := <-watch.Errors:
		c.env.Log.Debug("spool watch", "error", err)
	}
	if c.cfg.Linger > 0 {
		time.Sleep(c.cfg.Linger)
	}
	for {
		select {
		case <-watch.Events: // the coming pass reads what they tell of
		default:
			return
		}
	}
}

// forward publishes lines as the messages that are made of them, and passes them on to
// the log file.
func (c *Collector) forward(ctx context.Context, lines []line, message func(ctx context.Context, i int) bus.Outgoing) error {
	if len(lines) == 0 {
		return nil
	}
	out := make([]bus.Outgoing, 0, len(lines))
	spans := make([]trace.Span, 0, len(lines))
	for i, l := range lines {
		if c.silent {
			out = append(out, message(ctx, i))
			continue
		}
		lctx, span := c.tracer.Start(ctx, "read line", trace.WithNewRoot(), trace.WithAttributes(worker.SessionKey.String(l.session())))
		spans = append(spans, span)
		out = append(out, message(lctx, i))
	}
	err := c.publish(ctx, out)
	for _, s := range spans {
		s.End()
	}
	if err != nil {
		return err
	}
	c.logging.Lock()
	defer c.logging.Unlock()
	for _, f := range c.files {
		if err := f.append(lines); err != nil {
			c.env.Log.Warn("events are not in the log file", "file", f.path, "lines", len(lines), "error", err)
		}
	}
	c.env.Health.Counter("lines").Add(int64(len(lines)))
	return nil
}

// publish tries until the bus has everything; a bus that is away or full is
// waited for, while the spool keeps what comes meanwhile.
func (c *Collector) publish(ctx context.Context, out []bus.Outgoing) error {
	c.awaitIngesters(ctx, len(out))
	for n := 0; ; n++ {
		err := c.env.Bus.Publish(context.WithoutCancel(ctx), out...)
		if err == nil {
			c.ready()
			return nil
		}
		if errors.Is(err, bus.ErrRefused) {
			return fmt.Errorf("a line within the bounds was refused: %w", err)
		}
		c.env.Health.Pause(err)
		select {
		case <-ctx.Done():
			return err // the spool keeps them
		case <-time.After(min(100*time.Millisecond<<min(n, 6), 5*time.Second)):
		}
	}
}

// message makes the raw log message of a line, or the dead letter of one that is
// longer than any line may be.
func (c *Collector) message(ctx context.Context, seg *segment, l line) bus.Outgoing {
	id := decnet.EventID(c.env.Host, seg.name, l.position)
	if l.reason != "" {
		c.env.Health.Counter("dead_letters").Add(1)
		return bus.DeadLetters.New(ctx, "dead-collector-"+id, decnet.DeadLetter{
			ID: id, Stream: "spool", Consumer: "collector", Subject: fmt.Sprintf("%s:%d", seg.name, l.position),
			Reason: l.reason, Attempts: 1, Time: time.Now().UTC(), Body: l.text,
		}, "spool", "collector")
	}
	return c.raw(ctx, l, seg.name, l.position)
}

// raw makes the raw log message of a line at a place.
func (c *Collector) raw(ctx context.Context, l line, source string, position int64) bus.Outgoing {
	raw := decnet.RawLog{ID: decnet.EventID(c.env.Host, source, position), Host: c.env.Host, Source: source, Position: position, Collected: time.Now().UTC()}
	raw.SetBytes(l.text)
	decky, service := l.names()
	raw.Target = c.targets.of(decky)
	return bus.LogsRaw.New(ctx, raw.ID, raw, c.env.Host, decky, service)
}

func (c *Collector) close() {
	for _, s := range c.open {
		_ = s.file.Close() // was only read
	}
	for _, f := range c.files {
		f.close()
	}
}
