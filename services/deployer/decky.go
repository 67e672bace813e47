package deployer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/pkg/decnet"
)

// deployed is one decky of this host and what became of it.
type deployed struct {
	decky    decnet.Decky
	revision uint64
	sockets  []Socket
	// services are what a driver reports that serves its deckies itself.
	services []decnet.ServiceState
	enforced decnet.Enforcement
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

// stop ends a decky's services and closes its sockets.
func (d *Deployer) stop(ctx context.Context, k *deployed) {
	cctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := d.process.client.Stop(cctx, k.decky.Name); err != nil && !errors.Is(err, handover.ErrClosed) {
		d.env.Log.Warn("decky not stopped cleanly", "decky", k.decky.Name, "error", err)
	}
	k.close()
}

// removeAll takes deckies that were stopped off the wire; those that are not to
// come back are reported as removed.
func (d *Deployer) removeAll(ctx context.Context, stopped []*deployed, gone func(*deployed) bool) {
	failed := make(map[string]error)
	for name, driver := range d.drivers {
		var names []string
		for _, k := range stopped {
			if k.decky.Driver == name {
				names = append(names, k.decky.Name)
			}
		}
		if len(names) > 0 {
			maps.Copy(failed, driver.Close(names...))
		}
	}
	for _, k := range stopped {
		err := failed[k.decky.Name]
		switch {
		case err != nil:
			d.env.Log.Warn("decky is not off the wire", "decky", k.decky.Name, "error", err)
			k.phase, k.reason = decnet.PhaseFailed, err.Error()
		case gone(k):
			k.phase, k.reason = decnet.PhaseRemoved, ""
		default:
			continue
		}
		d.report(ctx, k)
	}
}

func (d *Deployer) open(k *deployed) ([]Socket, error) {
	if err := k.decky.Validate(); err != nil {
		return nil, err
	}
	driver := d.drivers[k.decky.Driver]
	if driver == nil {
		return nil, fmt.Errorf("driver %s is not known: want loopback, native or docker", k.decky.Driver)
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
	switch err := d.process.client.Start(cctx, forDecoys(&k.decky), ls); {
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

// forDecoys is d as far as the decoy process needs it: where our own network is
// and where its logs go would be of use to somebody who took the process over.
func forDecoys(d *decnet.Decky) *decnet.Decky {
	bare := *d
	bare.Driver, bare.Network, bare.LogTarget = decnet.DriverLoopback, nil, "" // it gets sockets and need not know of what kind
	return &bare
}
