package containers

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/network"
)

// bringUp makes the engine's containers what the decky says and reports.
func (f *Fleet) bringUp(ctx context.Context, e *docker.Engine, w Wanted) {
	o := Outcome{Wanted: w}
	g, err := f.prepare(ctx, e, &o.Decky)
	if err == nil {
		err = f.makeGroup(ctx, e, &o, g)
	}
	if ctx.Err() != nil {
		return // the next deployer goes on
	}
	if err != nil {
		o.Phase, o.Reason, o.Services = decnet.PhaseFailed, err.Error(), nil
	}
	f.mu.Lock()
	f.there[o.Decky.Name] = true
	if err == nil {
		f.placed[o.Decky.Name] = Place{o.Decky.Network.Interface, o.Decky.Network.IPvlan, o.Decky.Address}
	} else {
		delete(f.placed, o.Decky.Name)
	}
	f.mu.Unlock()
	if o.Phase != decnet.PhaseReady {
		f.cfg.Log.Warn("decky is not ready", "decky", o.Decky.Name, "phase", o.Phase, "reason", o.Reason)
	}
	f.report(o)
}

// prepare has everything there that the decky's containers are made of.
func (f *Fleet) prepare(ctx context.Context, e *docker.Engine, d *decnet.Decky) (*Group, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	if d.Network == nil {
		return nil, fmt.Errorf("decky %s names no network", d.Name)
	}
	if d.Network.Interface == "" {
		link, err := network.Detect("")
		if err != nil {
			return nil, err
		}
		n := *d.Network
		n.Interface = link.Name
		d.Network = &n
	}
	c := Catalog{Installation: f.cfg.Installation, Find: f.cfg.Find, Decoy: func(base string) string { return base }}
	g, err := GroupOf(d, c)
	if err != nil {
		return nil, err
	}
	decoy, err := f.images.decoy(ctx, f.ctx, e, g.Image, f.cfg.Binary, f.progress(d.Name))
	if err != nil {
		return nil, err
	}
	c.Decoy = func(string) string { return decoy }
	return GroupOf(d, c)
}

// progress reports how far a decky's images are, every second at most.
func (f *Fleet) progress(name string) func(string) {
	var last time.Time
	var mu sync.Mutex
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) < time.Second {
			return
		}
		last = time.Now()
		f.mu.Lock()
		w, want := f.wanted[name]
		services := f.told[name].Services
		f.mu.Unlock()
		if want {
			f.waiting(Outcome{Wanted: w, Reason: text, Services: services})
		}
	}
}

// waiting reports how far a decky is, unless it is known already what becomes of it and
// this is another try.
func (f *Fleet) waiting(o Outcome) {
	f.mu.Lock()
	old, told := f.told[o.Decky.Name]
	f.mu.Unlock()
	if told && old.Revision == o.Revision && old.Phase != decnet.PhasePending {
		return
	}
	o.Phase = decnet.PhasePending
	f.report(o)
}

// makeGroup makes the containers. The error is of the decky as a whole; what is
// wrong with a service is in the outcome.
func (f *Fleet) makeGroup(ctx context.Context, e *docker.Engine, o *Outcome, g *Group) error {
	d := &o.Decky
	there, err := e.ListContainers(ctx, f.ofDecky(d.Name))
	if err != nil {
		return err
	}
	if len(there) == 0 {
		if err := f.cfg.Free(ctx, d); err != nil {
			return err
		}
	}
	if err := f.ensureNetwork(ctx, e, d); err != nil {
		return err
	}
	if err := f.makeBase(ctx, e, d.Name, g); err != nil {
		return err
	}
	o.Enforced = f.giveStack(d)
	wanted := make(map[string]bool, len(g.Services))
	for i := range g.Services {
		wanted[g.Services[i].Spec.Name] = true
	}
	for _, c := range there {
		if c.Name != d.Name && !wanted[c.Name] {
			if err := f.remove(ctx, e, c.ID); err != nil {
				return err
			}
		}
	}
	down := f.makeServices(ctx, e, o, g)
	judge(o, g, down)
	return nil
}

// errComing is what keeps a service down that is being made.
var errComing = errors.New("its image is not there yet")

// makeServices makes all at once and returns what keeps each down. If that takes a
// while, those that are up are reported meanwhile.
func (f *Fleet) makeServices(ctx context.Context, e *docker.Engine, o *Outcome, g *Group) []error {
	type result struct {
		service int
		err     error
	}
	results := make(chan result)
	down := make([]error, len(g.Services))
	for i := range g.Services {
		down[i] = errComing
		go func() { results <- result{i, f.makeService(ctx, e, o.Decky.Name, &g.Services[i])} }()
	}
	slow := time.NewTimer(3 * time.Second)
	defer slow.Stop()
	for left := len(g.Services); left > 0; {
		select {
		case r := <-results:
			down[r.service] = r.err
			left--
		case <-slow.C:
			meanwhile := Outcome{Wanted: o.Wanted}
			judge(&meanwhile, g, down)
			f.waiting(meanwhile)
		}
	}
	return down
}

// makeBase has the base container run, with its interface and its wall.
func (f *Fleet) makeBase(ctx context.Context, e *docker.Engine, name string, g *Group) error {
	id, err := f.ensure(ctx, e, g.Base)
	if errors.Is(err, docker.ErrMAC) {
		// Its interface is gone, as with the parent when that was unplugged. Only
		// a new container gets another one.
		if err = f.removeAll(ctx, e, name); err == nil {
			id, err = f.ensure(ctx, e, g.Base)
		}
	}
	if errors.Is(err, docker.ErrNoImage) {
		f.images.forget(g.Image)
	}
	if err != nil {
		return err
	}
	return f.checkWall(ctx, e, name, id)
}

// ensure has a container run when it is its turn. Waiting for images takes no turn. As
// with remove, what has begun is not broken off.
func (f *Fleet) ensure(ctx context.Context, e *docker.Engine, s docker.Spec) (id string, err error) {
	f.slots <- struct{}{}
	defer func() { <-f.slots }()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	id, _, err = e.EnsureContainer(f.ctx, s)
	return id, err
}

// makeService has a service's container run.
func (f *Fleet) makeService(ctx context.Context, e *docker.Engine, decky string, s *Service) error {
	if err := f.onTrial(s.Spec.Name); err != nil {
		return err
	}
	var err error
	if s.Custom {
		err = e.EnsureImage(ctx, s.Spec.Image, f.progress(decky))
	}
	if err == nil {
		_, err = f.ensure(ctx, e, s.Spec)
	}
	if ctx.Err() == nil {
		f.tried(s.Spec.Name, err)
	}
	return err
}

// judge fills in the services' states, and from them the decky's.
func judge(o *Outcome, g *Group, down []error) {
	var reasons []string
	for i := range g.Services {
		s := &g.Services[i]
		state := decnet.ServiceState{Slug: s.Slug, Up: down[i] == nil}
		if down[i] != nil {
			state.Note = down[i].Error()
			reasons = append(reasons, fmt.Sprintf("%s: %s", s.Slug, state.Note))
		}
		for _, p := range s.Ports {
			for _, a := range []netip.Addr{o.Decky.Address, o.Decky.Address6} {
				if a.IsValid() {
					state.Address, state.Port, state.Transport = a, p.Port, p.Transport
					o.Services = append(o.Services, state)
				}
			}
		}
	}
	o.Reason = strings.Join(reasons, "; ")
	switch len(reasons) {
	case 0:
		o.Phase = decnet.PhaseReady
	case len(g.Services):
		o.Phase = decnet.PhaseFailed
	default:
		o.Phase = decnet.PhaseDegraded
	}
}

// ofDecky selects the containers of one decky.
func (f *Fleet) ofDecky(name string) map[string]string {
	return map[string]string{docker.LabelInstallation: f.cfg.Installation, docker.LabelDecky: name}
}

// ensureNetwork has the engine's network there for all deckies on the same one.
func (f *Fleet) ensureNetwork(ctx context.Context, e *docker.Engine, d *decnet.Decky) error {
	all := []*decnet.Decky{d}
	f.mu.Lock()
	for _, w := range f.wanted {
		if other := w.Decky; other.Network != nil && *other.Network == *d.Network {
			all = append(all, &other)
		}
	}
	f.mu.Unlock()
	spec, err := NetworkOf(all, f.cfg.Installation)
	if err != nil {
		return err
	}
	f.network.Lock()
	defer f.network.Unlock()
	_, err = e.EnsureNetwork(ctx, spec)
	return err
}
