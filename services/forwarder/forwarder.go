package forwarder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

const (
	// maxTargets bounds how many log targets a fleet's deckies have.
	maxTargets = 64
	// prefix begins the name of every target's consumer.
	prefix = "forwarder-"
	// skew is by how much the clocks of whoever made a decky and of the bus may
	// differ. It is less than grace: what an earlier fleet logged does not come again.
	skew = 5 * time.Second
)

// patience is how long the forwarder waits for what.
type patience struct {
	// look is how often it looks whether a target that nobody names is done with.
	look time.Duration
	// grace is how long after its last decky a target may still get lines.
	grace time.Duration
	// limit is how long such a target may be away until it is given up.
	limit time.Duration
}

// Forwarder is one instance; any number may share the targets.
type Forwarder struct {
	cfg      Config
	env      worker.Env
	patience patience
	states   states

	mu    sync.Mutex
	named map[string]naming // by host and decky

	targets map[decnet.LogTarget]*target // only Run's goroutine
	running sync.WaitGroup
}

// naming is what a decky says of its target, and when its lines may begin.
type naming struct {
	target decnet.LogTarget
	since  time.Time
}

// New prepares a forwarder.
func New(cfg Config, env worker.Env) (*Forwarder, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if _, err := cfg.tls(""); err != nil {
		return nil, err
	}
	return &Forwarder{
		cfg: cfg, env: env, patience: patience{look: 2 * time.Second, grace: 30 * time.Second, limit: time.Hour},
		states: states{health: env.Health}, named: make(map[string]naming), targets: make(map[decnet.LogTarget]*target),
	}, nil
}

// Run forwards until ctx is done; what is not acknowledged by then the bus keeps.
func (f *Forwarder) Run(ctx context.Context) error {
	defer f.running.Wait()
	g, ctx := errgroup.WithContext(ctx)
	changed, current := make(chan struct{}, 1), make(chan struct{})
	g.Go(func() error {
		err := bus.Fleet.Watch(ctx, f.env.Bus, func(e bus.Entry[decnet.Decky]) error {
			f.name(e)
			select {
			case changed <- struct{}{}:
			default:
			}
			return nil
		}, func() { close(current) })
		if err == nil && ctx.Err() == nil {
			err = errors.New("the fleet cannot be watched any more")
		}
		return err
	})
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-current:
		}
		if err := f.inherit(ctx); err != nil {
			return err
		}
		f.states.ready()
		look := time.NewTicker(f.patience.look)
		defer look.Stop()
		for ctx.Err() == nil {
			f.adjust(ctx)
			select {
			case <-ctx.Done():
			case <-changed:
			case <-look.C:
			}
		}
		return nil
	})
	return g.Wait()
}

// name notes what target a decky names now.
func (f *Forwarder) name(e bus.Entry[decnet.Decky]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	decky := e.Keys[0] + "." + e.Keys[1]
	if delete(f.named, decky); e.Value.LogTarget != "" { // of a deleted one it is empty
		f.named[decky] = naming{target: e.Value.LogTarget, since: e.Value.Created.Add(-skew)}
		if e.Value.Created.IsZero() {
			f.named[decky] = naming{target: e.Value.LogTarget, since: time.Unix(0, 0)}
		}
	}
}

// wanted is every target that a decky names, with when the lines of the first such
// may begin.
func (f *Forwarder) wanted() map[decnet.LogTarget]time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[decnet.LogTarget]time.Time)
	for _, n := range f.named {
		if since, ok := out[n.target]; !ok || n.since.Before(since) {
			out[n.target] = n.since
		}
	}
	return out
}

// inherit takes up targets that have lines on the bus and that may be in no fleet
// any more.
func (f *Forwarder) inherit(ctx context.Context) error {
	there, err := bus.LogsRaw.Durables(ctx, f.env.Bus, prefix)
	if err != nil {
		return err
	}
	for _, d := range there {
		if t := decnet.LogTarget(d.Note); t != "" && t.Check() == nil && durableOf(t) == d.Name && len(f.targets) < maxTargets {
			f.start(ctx, t, time.Now()) // it began long ago
		}
	}
	return nil
}

// durableOf is the name of a target's consumer.
func durableOf(t decnet.LogTarget) string {
	sum := sha256.Sum256([]byte(t))
	return prefix + hex.EncodeToString(sum[:8])
}

// adjust starts targets that deckies name and ends those that none does.
func (f *Forwarder) adjust(ctx context.Context) {
	wanted, over := f.wanted(), 0
	for name, t := range f.targets {
		if since, ok := wanted[name]; ok {
			t.gone, t.mark = time.Time{}, 0
			t.since.Store(since.UnixNano())
			continue
		}
		// Should another instance end it first, then what is made anew here must
		// not begin with what is delivered.
		t.since.Store(time.Now().UnixNano())
		if f.finished(ctx, t) {
			f.end(ctx, t)
		}
	}
	for name, since := range wanted {
		switch {
		case f.targets[name] != nil:
		case name.Check() != nil:
			f.env.Log.Warn("log target ignored", "target", name, "error", name.Check())
		case len(f.targets) >= maxTargets:
			over++
		default:
			f.start(ctx, name, since)
		}
	}
	f.states.ignored(over)
}

func (f *Forwarder) start(ctx context.Context, name decnet.LogTarget, since time.Time) {
	ctx, stop := context.WithCancel(ctx)
	t := &target{f: f, name: name, durable: durableOf(name), stop: stop, ended: make(chan struct{})}
	t.since.Store(since.UnixNano())
	f.targets[name] = t
	f.running.Go(func() {
		defer close(t.ended)
		t.serve(ctx)
	})
}

// end stops a target and deletes its consumer.
func (f *Forwarder) end(ctx context.Context, t *target) {
	t.stop()
	<-t.ended
	delete(f.targets, t.name)
	f.states.set(t.name, nil)
	if err := bus.LogsRaw.Forget(ctx, f.env.Bus, t.durable); err != nil && ctx.Err() == nil {
		f.env.Log.Warn("log target cannot be ended yet", "target", t.name, "error", err)
		f.start(ctx, t.name, time.Now())
	}
}

// finished reports whether a target that no decky names has all its lines, or was
// away for too long.
func (f *Forwarder) finished(ctx context.Context, t *target) bool {
	if t.gone.IsZero() {
		t.gone = time.Now()
	}
	away := time.Since(t.gone)
	if away < f.patience.grace {
		return false
	}
	left, err := f.left(ctx, t)
	if err != nil && ctx.Err() == nil {
		f.env.Log.Warn("log target cannot be ended yet", "target", t.name, "error", err)
	}
	if err == nil && left > 0 && away > f.patience.limit {
		f.env.Log.Warn("log target is given up: it is in no fleet and has been away for too long",
			"target", t.name, "away", away.Round(time.Second), "lines_at_most", left)
		return true
	}
	return err == nil && left == 0
}

// left is how many lines at most a target that no decky names has yet to get.
func (f *Forwarder) left(ctx context.Context, t *target) (lines uint64, err error) {
	if t.mark == 0 {
		if t.mark, err = f.env.Bus.LastSequence(ctx, bus.LogsRaw.Stream); err != nil {
			return 0, err
		}
	}
	there, err := bus.LogsRaw.Durables(ctx, f.env.Bus, t.durable)
	if err != nil || len(there) == 0 || there[0].Floor >= t.mark { // or another instance was faster
		return 0, err
	}
	return t.mark - there[0].Floor, nil
}
