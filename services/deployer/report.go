package deployer

import (
	"context"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

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
		d.outbox = append(d.outbox, bus.DeckiesState.New(ctx, "", s, s.Host, s.Name))
	}
	return nil
}

// outboxMost is how many states wait to be published together, outboxTime for how
// long at most while more come.
const (
	outboxMost = 50
	outboxTime = 100 * time.Millisecond
)

// report tells everyone what became of the decky, soon: see flush.
func (d *Deployer) report(ctx context.Context, k *deployed) {
	s := decnet.DeckyState{
		Name: k.decky.Name, Host: d.env.Host, Fleet: k.decky.Fleet, Driver: k.decky.Driver,
		Address: k.decky.Address, Address6: k.decky.Address6, Archetype: k.decky.Archetype, OS: k.decky.OS, Stack: k.decky.Stack,
		Revision: k.revision,
		Phase:    k.phase, Reason: k.reason, Time: time.Now().UTC(), Services: []decnet.ServiceState{},
	}
	if s.Enforced = k.enforced; k.decky.Driver == decnet.DriverNative {
		s.Enforced = d.native.Enforced(k.decky.Name)
	}
	if p, err := persona.Derive(&k.decky); err == nil {
		s.Hostname, s.MAC = p.Hostname, p.MAC.String()
	}
	s.Services = append(s.Services, k.services...)
	for i := range k.sockets {
		s.Services = append(s.Services, k.sockets[i].state())
	}
	d.outbox = append(d.outbox, bus.DeckiesState.New(ctx, "", s, d.env.Host, k.decky.Name))
	if len(d.outbox) >= outboxMost || time.Since(d.flushed) > outboxTime {
		d.flush(ctx)
	}
}

// flush publishes the states that wait. It is called after everything the deployer
// does; one by one, a large fleet's states would take as long as its deckies.
func (d *Deployer) flush(ctx context.Context) {
	d.flushed = time.Now()
	if len(d.outbox) == 0 {
		return
	}
	if err := d.env.Bus.Publish(ctx, d.outbox...); err != nil {
		d.env.Log.Warn("states of deckies not reported", "deckies", len(d.outbox), "error", err)
	}
	d.outbox = nil
}
