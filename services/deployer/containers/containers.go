// Package containers makes a Docker engine match the deckies of the docker driver:
// deckies that are wanted go in; containers on the engine, and outcomes, come out.
//
// A decky is a base container that owns its address and walls it in, and a container
// per service that shares the base's network. Each decky is worked on by itself, so
// that one whose image takes minutes holds up no other. What is done is always the
// same: look at what the engine has, make what differs, report. It is done when the
// fleet changes, when the engine tells that something happened to a container, and
// now and then as long as something is not as it should be.
//
// Containers go on when the deployer ends, and the next one finds them. Only what
// carries the installation's label is ever touched.
package containers

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
)

const (
	// retryEvery is how often deckies that are not ready are tried again, and an
	// engine that does not answer is looked for.
	retryEvery = 15 * time.Second
	// gather is how long to wait after an event, since others follow it.
	gather = 200 * time.Millisecond
	// parallel is how many containers are made or removed at the same time. Making one
	// is mostly waiting; from here on the engine is what limits (decnet bench fleet
	// --driver docker).
	parallel = 16
)

// Config of a Fleet.
type Config struct {
	// Engine is where the engine listens; empty means what docker.Connect does.
	Engine string
	// Installation tells what is ours from what other installations have on the
	// same engine.
	Installation string
	// Binary finds the decoy program.
	Binary func() (string, error)
	// Find looks a service up.
	Find func(slug string) (decnet.ServiceSpec, error)
	// Drain returns when the lines of a stopped container have been read, or why
	// they cannot be.
	Drain func(ctx context.Context, container string) error
	// Free reports whether somebody else has the decky's addresses, as an error.
	Free func(ctx context.Context, d *decnet.Decky) error
	// Stack gives a decky the TCP/IP stack that it claims; inside calls a function in
	// its network namespace.
	Stack func(d *decnet.Decky, inside func(func() error) error) decnet.Enforcement
	// Tell is told of outcomes, by one goroutine per decky.
	Tell func(Outcome)
	Log  *slog.Logger
}

// Wanted is a decky with its revision.
type Wanted struct {
	Decky    decnet.Decky
	Revision uint64
}

// Outcome is what became of a decky.
type Outcome struct {
	Wanted
	Phase    decnet.Phase
	Reason   string
	Services []decnet.ServiceState
	Enforced decnet.Enforcement
}

// Fleet is the deckies of one host's engine.
type Fleet struct {
	cfg    Config
	images images
	slots  chan struct{} // taken while a container is made or removed

	ctx context.Context //nolint:containedctx // of Run, for what a change does not break off

	mu     sync.Mutex
	wanted map[string]Wanted
	// dropped are those that nobody wants any more and that are not known to be gone.
	dropped map[string]Wanted
	work    map[string]*work
	known   bool            // wanted is complete
	there   map[string]bool // deckies that the engine has something of
	engine  *docker.Engine  // nil while there is none
	away    error           // why there is none
	told    map[string]Outcome
	trials  map[string]*trial // of service containers, by name
	walls   map[string]string // network namespaces of bases, by decky
	placed  map[string]Place
	awake   chan struct{}
	group   sync.WaitGroup

	network sync.Mutex // held while the engine's network is changed
}

// Place is where a decky is on the wire.
type Place struct {
	Interface string
	IPvlan    bool
	Address   netip.Addr
}

// New prepares a Fleet without deckies.
func New(cfg Config) *Fleet {
	f := &Fleet{
		cfg: cfg, slots: make(chan struct{}, parallel), awake: make(chan struct{}, 1),
		wanted: make(map[string]Wanted), dropped: make(map[string]Wanted), work: make(map[string]*work), there: make(map[string]bool), told: make(map[string]Outcome),
		trials: make(map[string]*trial), walls: make(map[string]string), placed: make(map[string]Place),
	}
	f.images.made = make(map[string]*made)
	return f
}

// Want has a decky on the engine, as it is now.
func (f *Fleet) Want(w Wanted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.dropped, w.Decky.Name)
	f.wanted[w.Decky.Name] = w
	f.change(w.Decky.Name)
}

// Drop has a decky removed from the engine.
func (f *Fleet) Drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w, ok := f.wanted[name]; ok {
		delete(f.wanted, name)
		f.dropped[name] = w
	}
	f.change(name)
}

// Complete says that all deckies that are wanted are known: what else the engine has
// of this installation may go.
func (f *Fleet) Complete() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known = true
	f.clear()
}

// Recheck looks at the deckies on an interface again, which has changed, and reports
// them anew.
func (f *Fleet) Recheck(iface string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, w := range f.wanted {
		if w.Decky.Network != nil && w.Decky.Network.Interface == iface {
			delete(f.told, name)
			f.kick(name, gather)
		}
	}
}

// Placed returns where the deckies that are up are on the wire.
func (f *Fleet) Placed() map[string]Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]Place, len(f.placed))
	for name, p := range f.placed {
		out[name] = p
	}
	return out
}

// Run works until ctx ends. The containers go on then.
func (f *Fleet) Run(ctx context.Context) {
	defer f.images.making.Wait()
	f.ctx = ctx
	for ctx.Err() == nil {
		e, err := docker.Connect(ctx, f.cfg.Engine)
		if err == nil {
			e.BeforeRemoval(f.beforeRemoval)
			f.serve(ctx, e)
			f.group.Wait()
			_ = e.Close() // nothing of it is in use any more
			continue
		}
		if ctx.Err() == nil {
			f.lost(err)
			f.wait(ctx)
		}
	}
}

// wait pauses until the engine is worth another look.
func (f *Fleet) wait(ctx context.Context) {
	t := time.NewTimer(retryEvery)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-f.awake:
	}
}

// serve works with an engine until ctx ends.
func (f *Fleet) serve(ctx context.Context, e *docker.Engine) {
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		var seen []docker.Container
		_ = e.Watch(ctx, map[string]string{docker.LabelInstallation: f.cfg.Installation}, func(ev docker.Event) { // ends with ctx
			switch ev.Kind {
			case docker.Listed:
				seen = append(seen, ev.Container)
			case docker.Synced:
				f.found(e, seen)
				seen = nil
			case docker.Lost:
				f.lost(ev.Err)
			default:
				f.happened(&ev)
			}
		})
	}()
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			<-watched
			return
		case <-f.awake:
			f.start(ctx)
		case <-retry.C:
			f.again()
		}
	}
}
