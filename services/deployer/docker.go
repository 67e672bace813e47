package deployer

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/deployer/containers"
)

// drainTime bounds how long the removal of a container waits for its last lines to be
// read.
const drainTime = 10 * time.Second

// dockerDriver is the deckies that are containers. They serve themselves, and take
// their time; so, unlike other drivers, this one goes on beside the deployer's loop,
// and its outcomes are news to that.
type dockerDriver struct {
	fleet *containers.Fleet
	news  chan struct{}
	// leaving are deckies that are being removed. It is the loop's.
	leaving map[string]*deployed

	mu       sync.Mutex
	outcomes []containers.Outcome
}

func newDockerDriver(cfg Config, env worker.Env, services registry.Registry, stacks *stacks) *dockerDriver {
	d := &dockerDriver{news: make(chan struct{}, 1), leaving: make(map[string]*deployed)}
	d.fleet = containers.New(containers.Config{
		Engine: cfg.Engine, Installation: cfg.Installation, Log: env.Log, Tell: d.tell, Stack: stacks.give,
		Binary: func() (string, error) { return FindBinary(cfg.Binary) },
		Find: func(slug string) (decnet.ServiceSpec, error) {
			s, err := services.Find(slug)
			return s.Spec, err
		},
		Drain: func(ctx context.Context, id string) error {
			ctx, cancel := context.WithTimeout(ctx, drainTime)
			defer cancel()
			_, err := bus.LogsDrain.Request(ctx, env.Bus, decnet.DrainRequest{Containers: []string{id}}, env.Host)
			return err
		},
		Free: func(ctx context.Context, k *decnet.Decky) error {
			if os.Geteuid() != 0 {
				return nil // to ask the network takes root; whoever deployed was told
			}
			link, err := network.Detect(k.Network.Interface)
			if err != nil {
				return err
			}
			if !link.Up {
				return fmt.Errorf("interface %s is down", link.Name)
			}
			return inUse(ctx, link, []*decnet.Decky{k}, env.Log)[k.Name]
		},
	})
	return d
}

// tell keeps an outcome for the loop. It does not wait for that.
func (d *dockerDriver) tell(o containers.Outcome) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.outcomes = append(d.outcomes, o)
	select {
	case d.news <- struct{}{}:
	default: // the loop will take them all
	}
}

// run begins to look after the containers until ctx ends. What it returns waits for
// the end of that.
func (d *dockerDriver) run(ctx context.Context) (wait func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.fleet.Run(ctx)
	}()
	return func() { <-ended }
}

// Walled and Do make the driver's walls known; see walled.
func (d *dockerDriver) Walled() []string { return d.fleet.Walled() }

// Do calls f inside the network namespace of a decky.
func (d *dockerDriver) Do(name string, f func() error) error { return d.fleet.Do(name, f) }

// dockerNews reports what became of deckies of the docker driver.
func (d *Deployer) dockerNews(ctx context.Context) {
	d.docker.mu.Lock()
	outcomes := d.docker.outcomes
	d.docker.outcomes = nil
	d.docker.mu.Unlock()
	settle := false
	for i := range outcomes {
		o := &outcomes[i]
		k := d.deckies[o.Decky.Name]
		if gone := d.docker.leaving[o.Decky.Name]; k == nil && gone != nil {
			k = gone
			k.revision = max(k.revision, o.Revision)
			o.Revision = k.revision
		}
		if k != nil && k.decky.Driver == decnet.DriverDocker && k.revision == o.Revision {
			k.phase, k.reason, k.services, k.enforced = o.Phase, o.Reason, o.Services, o.Enforced
			d.report(ctx, k)
		}
		if o.Phase == decnet.PhaseRemoved {
			delete(d.docker.leaving, o.Decky.Name)
			d.stacks.take(o.Decky.Name)
		}
		if o.Phase != decnet.PhasePending {
			settle = true
			d.dockerPlaced(o)
		}
	}
	if settle {
		d.settleShims()
	}
}

// dockerPlaced does for a decky of the docker driver on the wire, or off it, what takes
// root and an engine on this host: its interface is watched, and ARP requests for it do
// not bother the others.
func (d *Deployer) dockerPlaced(o *containers.Outcome) {
	n := o.Decky.Network
	if os.Geteuid() != 0 || n == nil || n.Interface == "" {
		return
	}
	at, err := d.native.attach(n.Interface)
	if err != nil || at.arp == nil || n.IPvlan {
		return // it has been told, or will be when the decky is made
	}
	p, err := persona.Derive(&o.Decky)
	if o.Phase == decnet.PhaseRemoved || o.Phase == decnet.PhaseFailed {
		_ = at.arp.Delete(o.Decky.Address) // it may never have been set
	} else if err == nil {
		err = at.arp.Set(o.Decky.Address, p.MAC)
	}
	if err != nil {
		d.env.Log.Warn("ARP requests for a decky are broadcast", "decky", o.Decky.Name, "error", err)
	}
}

// dockerLinkChanged does for deckies of the docker driver what linkChanged does.
func (d *Deployer) dockerLinkChanged(ctx context.Context, l linkEvent) {
	if l.usable {
		d.docker.fleet.Recheck(l.name)
		return
	}
	for name, p := range d.docker.fleet.Placed() {
		if k := d.deckies[name]; k != nil && k.decky.Driver == decnet.DriverDocker && p.Interface == l.name {
			k.phase, k.reason = decnet.PhaseDegraded, linkDown(l.name)
			d.report(ctx, k)
		}
	}
}
