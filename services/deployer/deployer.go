package deployer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/worker"
)

const (
	// checkSegment is how often the size of the spool segment is looked at.
	checkSegment = time.Second
	// retryEvery is how often deckies that are not ready are tried again.
	retryEvery = 15 * time.Second
	// maxPause bounds the pause before the decoy process is started again, which
	// doubles while it keeps dying before it is grownUp.
	maxPause = 5 * time.Second
	grownUp  = 10 * time.Second
)

// Deployer runs the deckies of one host.
type Deployer struct {
	cfg     Config
	env     worker.Env
	specs   registry.Registry
	drivers map[decnet.Driver]Driver
	native  *Native
	stacks  *stacks
	docker  *dockerDriver
	process *process
	shimmed bool // there may be a way from this host to its deckies
	crashes int  // how often in a row the decoy process died young
	deckies map[string]*deployed
	journal journal
	outbox  []bus.Outgoing // states to be published
	flushed time.Time
}

// New prepares a deployer for the services there are. No other may use the same
// spool.
func New(cfg Config, env worker.Env, services registry.Registry) (*Deployer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Spool, 0o700); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	stacks := newStacks(cfg.stackDir(), env.Log)
	native := newNative(cfg.NativeDir, stacks, env.Log)
	return &Deployer{
		cfg: cfg, env: env, specs: services, native: native, stacks: stacks, docker: newDockerDriver(cfg, env, services, stacks),
		deckies: make(map[string]*deployed), journal: journal{dir: cfg.Spool, limit: cfg.SegmentBytes},
		drivers: map[decnet.Driver]Driver{decnet.DriverLoopback: Loopback{}, decnet.DriverNative: native},
	}, nil
}

// Run keeps the host as desired until ctx is done; then no decky is served, and
// all are still desired. Those of the native driver keep their addresses, so that
// a restart is not seen from outside, and those of the docker driver go on.
func (d *Deployer) Run(ctx context.Context) error {
	// What an earlier deployer left open is complete: it is dead.
	if err := spool.SealAll(d.cfg.Spool); err != nil {
		return err
	}
	var err error
	if d.process, err = startProcess(ctx, d.cfg, d.env.Log, d.attempted); err != nil {
		return err
	}
	defer d.shutdown()
	defer d.docker.run(ctx)()
	changes := make(chan bus.Entry[decnet.Decky])
	current := make(chan struct{})
	watched := make(chan error, 1)
	wctx, stopWatching := context.WithCancel(ctx)
	go func() { watched <- d.watch(wctx, changes, current) }()
	defer func() {
		stopWatching()
		if err := <-watched; err != nil {
			d.env.Log.Debug("fleet watch ended", "error", err)
		}
	}()
	return d.loop(ctx, changes, current, watched)
}

// watch passes changes of the fleet on, as long as somebody takes them.
func (d *Deployer) watch(ctx context.Context, changes chan<- bus.Entry[decnet.Decky], current chan<- struct{}) error {
	return bus.Fleet.Watch(ctx, d.env.Bus, func(e bus.Entry[decnet.Decky]) error {
		if e.Keys[0] != d.env.Host {
			return nil
		}
		select {
		case changes <- e:
		case <-ctx.Done():
		}
		return nil
	}, func() { close(current) })
}

// loop is the only place that changes anything, one thing at a time.
func (d *Deployer) loop(ctx context.Context, changes <-chan bus.Entry[decnet.Decky], current <-chan struct{}, watched chan error) error {
	segment, retry, walls := time.NewTicker(checkSegment), time.NewTicker(retryEvery), time.NewTicker(blockedInterval)
	defer segment.Stop()
	defer retry.Stop()
	defer walls.Stop()
	links := newLinkWatch(ctx, d.env.Log)
	defer links.close()
	d.native.attached = links.follow
	stopped := newBlocked(d.native, d.docker)
	for {
		d.flush(ctx)
		select {
		case <-ctx.Done():
			return nil
		case err := <-watched:
			watched <- err
			if err == nil && ctx.Err() == nil {
				err = fmt.Errorf("the fleet cannot be watched any more")
			}
			return err
		case e := <-changes:
			d.applyAll(ctx, gather(ctx, e, changes), current == nil)
		case <-current:
			current = nil
			d.docker.fleet.Complete()
			d.settle()
			if err := d.buryTheDead(ctx); err != nil {
				return err
			}
			d.ready()
		case <-retry.C:
			d.retry(ctx)
		case <-d.docker.news:
			d.dockerNews(ctx)
		case l := <-links.events:
			d.linkChanged(ctx, l)
		case <-walls.C:
			d.reportBlocked(stopped.look())
		case <-segment.C:
			d.checkSpool(ctx)
		case <-d.process.exited:
			if err := d.revive(ctx); err != nil {
				return err
			}
		}
	}
}

// checkSpool begins a new segment when the one in use is large, or when there is more
// or less room for events than the decoy process was told.
func (d *Deployer) checkSpool(ctx context.Context) {
	before, now := d.process.pressure, pressureOf(d.cfg)
	if now == before && !d.process.full(d.cfg.SegmentBytes) {
		return
	}
	if err := d.process.newSegment(ctx, d.cfg.Spool, now); err != nil {
		d.env.Log.Warn("spool segment not changed", "error", err)
		return
	}
	if now == before {
		return
	}
	d.env.Log.Warn("the room for events has changed", "spool", d.cfg.Spool, "pressure", now, "before", before)
	d.ready()
}

// ready says that all is well, unless there is little room for events.
func (d *Deployer) ready() {
	full := map[spool.Pressure]string{spool.Tight: "half full", spool.Full: "full"}[d.process.pressure]
	if full == "" {
		d.env.Health.Ready()
		return
	}
	d.env.Health.Degraded(fmt.Sprintf("the spool %s is %s, bound %d MB: events are waiting for the collector", d.cfg.Spool, full, d.cfg.SpoolBytes>>20))
}

// revive starts the decoy process again and gives it the sockets of its
// predecessor, in whose backlog connections may be waiting.
func (d *Deployer) revive(ctx context.Context) error {
	d.env.Log.Warn("decoy process died, starting it again", "pid", d.process.pid, "error", d.process.err)
	d.env.Health.Counter("decoy_restarts").Add(1)
	_ = d.process.client.Close()
	d.process.sealSegment()
	d.crashes++
	if time.Since(d.process.started) > grownUp {
		d.crashes = 0
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(min(10*time.Millisecond<<min(d.crashes, 16), maxPause)):
		}
		p, err := startProcess(ctx, d.cfg, d.env.Log, d.attempted)
		if err == nil {
			d.process = p
			break
		}
		d.crashes++
		d.env.Health.Degraded(err.Error())
	}
	for _, k := range d.deckies {
		if k.decky.Driver != decnet.DriverDocker {
			d.serve(ctx, k)
		}
	}
	d.ready()
	return nil
}

// shutdown takes the deckies from the wire. Whoever looks at their states then
// sees that nobody serves them.
func (d *Deployer) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	d.process.stop()
	for _, k := range d.deckies {
		if k.decky.Driver == decnet.DriverDocker {
			continue
		}
		k.close()
		k.phase, k.reason = decnet.PhasePending, "the deployer of its host is stopped"
		d.report(ctx, k)
	}
	d.flush(ctx)
	if err := errors.Join(d.native.shutdown(), d.stacks.close(), d.journal.close()); err != nil {
		d.env.Log.Warn("shutdown", "error", err)
	}
}
