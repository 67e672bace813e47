package deployer

import (
	"context"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/deployer/containers"
)

// A fleet arrives as many changes at once, which are taken together, since some
// things are looked at once for all. gatherTime is how long to wait for another
// change; after gatherFew a large fleet is coming, in pieces as the bus takes them,
// and gatherLong is waited for the next. gatherMost is how many are taken.
const (
	gatherTime = 10 * time.Millisecond
	gatherFew  = 100
	gatherLong = 200 * time.Millisecond
	gatherMost = 10_000
)

// gather takes what follows first at once.
func gather(ctx context.Context, first bus.Entry[decnet.Decky], changes <-chan bus.Entry[decnet.Decky]) []bus.Entry[decnet.Decky] {
	round := []bus.Entry[decnet.Decky]{first}
	for len(round) < gatherMost {
		wait := gatherTime
		if len(round) >= gatherFew {
			wait = gatherLong
		}
		select {
		case e := <-changes:
			round = append(round, e)
		case <-time.After(wait):
			return round
		case <-ctx.Done():
			return round
		}
	}
	return round
}

// applyAll makes deckies as the fleet now wants them. settled says that all that
// are wanted are known, so that others may be cleared away.
func (d *Deployer) applyAll(ctx context.Context, round []bus.Entry[decnet.Decky], settled bool) {
	var fresh, leaving []*deployed
	gone := make(map[*deployed]bool)
	for _, e := range round {
		name := e.Keys[1]
		if old := d.deckies[name]; old != nil {
			if old.revision == e.Revision {
				continue
			}
			old.revision = e.Revision
			if old.decky.Driver == decnet.DriverDocker {
				delete(d.deckies, name)
				if e.Deleted {
					d.docker.leaving[name] = old
				}
				if e.Deleted || e.Value.Driver != decnet.DriverDocker {
					d.docker.fleet.Drop(name)
				}
			} else {
				d.stop(ctx, old)
				delete(d.deckies, name)
				if gone[old] = e.Deleted; e.Deleted || old.decky.Driver != e.Value.Driver {
					leaving = append(leaving, old)
				}
			}
		}
		if e.Deleted {
			continue
		}
		k := &deployed{decky: e.Value, revision: e.Revision, phase: decnet.PhasePending}
		d.deckies[name] = k
		if k.decky.Driver == decnet.DriverDocker {
			d.docker.fleet.Want(containers.Wanted{Decky: k.decky, Revision: k.revision})
			continue
		}
		fresh = append(fresh, k)
	}
	d.removeAll(ctx, leaving, func(k *deployed) bool { return gone[k] })
	d.deployAll(ctx, fresh)
	if settled {
		d.settle()
	}
}

// deployAll puts deckies on the wire, and has one served while the next is opened:
// the one is the kernel's work, the other the decoy process's. One that was changed
// again within the round is passed over.
func (d *Deployer) deployAll(ctx context.Context, fresh []*deployed) {
	refused := d.prepare(ctx, fresh)
	opened, done := make(chan *deployed, 16), make(chan struct{})
	go func() {
		defer close(done)
		for k := range opened {
			if k.phase == decnet.PhasePending {
				d.serve(ctx, k)
			} else {
				d.report(ctx, k)
			}
			if k.phase != decnet.PhaseReady {
				d.env.Log.Warn("decky is not ready", "decky", k.decky.Name, "phase", k.phase, "reason", k.reason)
			}
		}
	}()
	for _, k := range fresh {
		if ctx.Err() != nil {
			break
		}
		if d.deckies[k.decky.Name] != k {
			continue
		}
		k.phase, k.reason = decnet.PhasePending, ""
		err := refused[k.decky.Name]
		if err == nil {
			k.sockets, err = d.open(k)
		}
		if err != nil {
			k.phase, k.reason = decnet.PhaseFailed, err.Error()
		}
		opened <- k
	}
	close(opened)
	<-done
}

// prepare tells drivers what is coming; see fleetDriver.
func (d *Deployer) prepare(ctx context.Context, fresh []*deployed) map[string]error {
	refused := make(map[string]error)
	for name, driver := range d.drivers {
		f, ok := driver.(fleetDriver)
		if !ok {
			continue
		}
		var coming []*decnet.Decky
		for _, k := range fresh {
			if k.decky.Driver == name && k.decky.Validate() == nil && k.decky.Network != nil {
				coming = append(coming, &k.decky)
			}
		}
		if len(coming) == 0 {
			continue
		}
		total, sockets := 0, 0
		for _, k := range d.deckies {
			total++
			sockets += 2 * len(k.decky.Services)
		}
		for decky, err := range f.Prepare(ctx, coming, total, sockets) {
			refused[decky] = err
		}
	}
	return refused
}

// settle lets drivers clear away what nobody wants.
func (d *Deployer) settle() {
	for name, driver := range d.drivers {
		f, ok := driver.(fleetDriver)
		if !ok {
			continue
		}
		var wanted []*decnet.Decky
		for _, k := range d.deckies {
			if k.decky.Driver == name {
				wanted = append(wanted, &k.decky)
			}
		}
		if err := f.Settle(wanted); err != nil {
			d.env.Log.Warn("not everything is as it should be", "driver", name, "error", err)
		}
	}
	d.settleShims()
}

// retry tries those again that are not ready: a port may have become free, an
// interface may have come back.
func (d *Deployer) retry(ctx context.Context) {
	var again []*deployed
	for _, k := range d.deckies {
		if k.phase != decnet.PhaseReady && k.decky.Driver != decnet.DriverDocker {
			d.stop(ctx, k)
			again = append(again, k)
		}
	}
	if len(again) > 0 {
		d.deployAll(ctx, again)
		d.settle()
	}
}
