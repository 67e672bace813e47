package deployer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// deployed is one decky of this host and what became of it.
type deployed struct {
	decky    decnet.Decky
	revision uint64
	sockets  []Socket
	phase    decnet.Phase
	reason   string
}

func (k *deployed) close() {
	for i := range k.sockets {
		if f := k.sockets[i].File; f != nil {
			_ = f.Close() // a listening socket has nothing left to lose
			k.sockets[i].File = nil
		}
	}
}

// apply makes one decky as the fleet now wants it.
func (d *Deployer) apply(ctx context.Context, e bus.Entry[decnet.Decky]) {
	name := e.Keys[1]
	if old := d.deckies[name]; old != nil {
		if old.revision == e.Revision {
			return
		}
		old.revision = e.Revision
		d.remove(ctx, old, e.Deleted)
		delete(d.deckies, name)
	}
	if e.Deleted {
		return
	}
	k := &deployed{decky: e.Value, revision: e.Revision, phase: decnet.PhasePending}
	d.deckies[name] = k
	d.deploy(ctx, k)
}

// remove takes a decky off the wire; gone says that it is not to come back.
func (d *Deployer) remove(ctx context.Context, k *deployed, gone bool) {
	cctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := d.process.client.Stop(cctx, k.decky.Name); err != nil && !errors.Is(err, handover.ErrClosed) {
		d.env.Log.Warn("decky not stopped cleanly", "decky", k.decky.Name, "error", err)
	}
	k.close()
	if gone {
		k.phase, k.reason = decnet.PhaseRemoved, ""
		d.report(ctx, k)
	}
}

// deploy opens the decky's sockets and has them served.
func (d *Deployer) deploy(ctx context.Context, k *deployed) {
	sockets, err := d.open(k)
	if err != nil {
		k.phase, k.reason = decnet.PhaseFailed, err.Error()
		d.report(ctx, k)
	} else {
		k.sockets = sockets
		d.serve(ctx, k)
	}
	if k.phase != decnet.PhaseReady {
		d.env.Log.Warn("decky is not ready", "decky", k.decky.Name, "phase", k.phase, "reason", k.reason)
	}
}

func (d *Deployer) open(k *deployed) ([]Socket, error) {
	if err := k.decky.Validate(); err != nil {
		return nil, err
	}
	driver := d.drivers[k.decky.Driver]
	if driver == nil {
		return nil, fmt.Errorf("driver %s is not built yet: want loopback", k.decky.Driver)
	}
	ports, err := portsOf(&k.decky, func(slug string) (decnet.ServiceSpec, error) {
		s, err := d.specs.Find(slug)
		return s.Spec, err
	})
	if err != nil {
		return nil, err
	}
	return driver.Open(&k.decky, ports)
}

// serve hands the decky's open sockets to the decoy process and reports.
func (d *Deployer) serve(ctx context.Context, k *deployed) {
	var ls []handover.Listener
	var down []string
	for _, s := range k.sockets {
		if s.File == nil {
			down = append(down, fmt.Sprintf("%s: %s", s.Service, s.Note))
			continue
		}
		ls = append(ls, handover.Listener{Service: s.Service, Transport: s.Transport, File: s.File})
	}
	cctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	switch err := d.process.client.Start(cctx, &k.decky, ls); {
	case len(ls) == 0:
		k.phase, k.reason = decnet.PhaseFailed, strings.Join(down, "; ")
	case err != nil:
		k.phase, k.reason = decnet.PhaseFailed, err.Error()
	case len(down) > 0:
		k.phase, k.reason = decnet.PhaseDegraded, strings.Join(down, "; ")
	default:
		k.phase, k.reason = decnet.PhaseReady, ""
	}
	d.report(ctx, k)
}

// retry tries those again that are not ready: a port may have become free.
func (d *Deployer) retry(ctx context.Context) {
	for _, k := range d.deckies {
		if k.phase == decnet.PhaseReady {
			continue
		}
		d.remove(ctx, k, false)
		d.deploy(ctx, k)
	}
}

// buryTheDead reports deckies as removed that a predecessor had on the wire and
// nobody wants any more: they were removed while no deployer ran.
func (d *Deployer) buryTheDead(ctx context.Context) error {
	latest, err := bus.DeckiesState.Latest(ctx, d.env.Bus)
	if err != nil {
		return err
	}
	for _, m := range latest {
		s := m.Body
		if s.Host != d.env.Host || s.Phase == decnet.PhaseRemoved || d.deckies[s.Name] != nil {
			continue
		}
		s.Phase, s.Reason, s.Time, s.Services = decnet.PhaseRemoved, "", time.Now().UTC(), []decnet.ServiceState{}
		if err := d.env.Bus.Publish(ctx, bus.DeckiesState.New(ctx, "", s, s.Host, s.Name)); err != nil {
			return err
		}
	}
	return nil
}

// report tells everyone what became of the decky.
func (d *Deployer) report(ctx context.Context, k *deployed) {
	s := decnet.DeckyState{
		Name: k.decky.Name, Host: d.env.Host, Fleet: k.decky.Fleet, Driver: k.decky.Driver,
		Address: k.decky.Address, Address6: k.decky.Address6, Archetype: k.decky.Archetype, OS: k.decky.OS, Stack: k.decky.Stack,
		Revision: k.revision,
		Phase:    k.phase, Reason: k.reason, Time: time.Now().UTC(), Services: []decnet.ServiceState{},
	}
	if p, err := persona.Derive(&k.decky); err == nil {
		s.Hostname, s.MAC = p.Hostname, p.MAC.String()
	}
	for i := range k.sockets {
		s.Services = append(s.Services, k.sockets[i].state())
	}
	if err := d.env.Bus.Publish(ctx, bus.DeckiesState.New(ctx, "", s, d.env.Host, k.decky.Name)); err != nil {
		d.env.Log.Warn("state of decky not reported", "decky", s.Name, "error", err)
	}
}
