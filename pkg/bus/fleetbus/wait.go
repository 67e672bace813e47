package fleetbus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// item is one step with the revision that its decky has now.
type item struct {
	fleet.Step
	revision uint64
}

// Applied is a plan that became the desired fleet and is now for deployers to
// carry out.
type Applied struct {
	items []item
	after uint64 // of the stream of states, before anything was changed
}

// Changed is how many deckies the plan changed, and Total how many it is about.
func (a *Applied) Changed() int {
	n := 0
	for i := range a.items {
		if a.items[i].Action != fleet.Keep {
			n++
		}
	}
	return n
}

// Total is how many deckies the plan is about.
func (a *Applied) Total() int { return len(a.items) }

// Outcome is what became of one decky of a plan.
type Outcome struct {
	Action fleet.Action `json:"action"`
	decnet.DeckyState
	// Took is how long after Wait began it was known.
	Took time.Duration `json:"-"`
}

// OK reports whether it is as it was wanted.
func (o *Outcome) OK() bool {
	if o.Action == fleet.Remove {
		return o.Phase == decnet.PhaseRemoved
	}
	return o.Phase == decnet.PhaseReady
}

var errAllKnown = errors.New("all outcomes are known")

// Wait tells the outcome of every decky of the plan as its deployer reports it,
// until all are known or ctx is done; then the missing ones are told as pending.
// One whose host has no deployer is told at once. Progress is told what a decky is
// waiting for, where its deployer says so.
func (a *Applied) Wait(ctx context.Context, b *bus.Bus, tell, progress func(Outcome)) error {
	begin := time.Now()
	waiting := make(map[string]item, len(a.items))
	for _, it := range a.items {
		waiting[key(&it.Decky)] = it
	}
	last := make(map[string]string) // why they are waiting
	settle := func(m *bus.Message[decnet.DeckyState]) {
		s := &m.Body
		k := s.Host + "." + s.Name
		it, ok := waiting[k]
		if !ok {
			return
		}
		if s.Phase == decnet.PhasePending {
			if s.Revision >= it.revision && s.Reason != "" && m.Sequence > a.after {
				last[k] = s.Reason
				progress(Outcome{Action: it.Action, DeckyState: *s, Took: time.Since(begin)})
			}
			return
		}
		// A deployer that starts now finds a decky gone without seeing it go.
		gone := it.Action == fleet.Remove && s.Phase == decnet.PhaseRemoved && m.Sequence > a.after
		if s.Revision < it.revision && !gone {
			return
		}
		delete(waiting, k)
		tell(Outcome{Action: it.Action, DeckyState: *s, Took: time.Since(begin)})
	}
	latest, err := bus.DeckiesState.Latest(ctx, b) // those that were as wanted before
	if err != nil {
		return err
	}
	for _, m := range latest {
		settle(m)
	}
	if err := a.unattended(ctx, b, waiting, tell); err != nil {
		return err
	}
	if len(waiting) > 0 {
		err = bus.DeckiesState.Tail(ctx, b, bus.FromAfter(a.after), func(m *bus.Message[decnet.DeckyState]) error {
			if settle(m); len(waiting) == 0 {
				return errAllKnown
			}
			return nil
		})
	}
	for k, it := range waiting {
		reason := cmp.Or(last[k], "the deployer of its host has not reported it yet")
		tell(Outcome{Action: it.Action, DeckyState: stateOf(&it.Decky, reason), Took: time.Since(begin)})
	}
	if errors.Is(err, errAllKnown) {
		return nil
	}
	return err
}

// unattended tells those whose host has no deployer that could do anything.
func (a *Applied) unattended(ctx context.Context, b *bus.Bus, waiting map[string]item, tell func(Outcome)) error {
	if len(waiting) == 0 {
		return nil
	}
	workers, err := bus.Workers.List(ctx, b)
	if err != nil {
		return err
	}
	hosts := make(map[string]bool)
	for _, w := range workers {
		if w.Value.Worker == "deployer" && w.Value.Status != decnet.StatusStopped {
			hosts[w.Value.Host] = true
		}
	}
	for k, it := range waiting {
		if hosts[it.Decky.Host] {
			continue
		}
		delete(waiting, k)
		tell(Outcome{Action: it.Action, DeckyState: stateOf(&it.Decky, fmt.Sprintf("no deployer runs on host %s; it is carried out when one does", it.Decky.Host))})
	}
	return nil
}

// stateOf is the state of a decky that nobody has reported.
func stateOf(d *decnet.Decky, reason string) decnet.DeckyState {
	return decnet.DeckyState{
		Name: d.Name, Host: d.Host, Fleet: d.Fleet, Driver: d.Driver, Address: d.Address, Address6: d.Address6,
		Archetype: d.Archetype, OS: d.OS, Stack: d.Stack, Phase: decnet.PhasePending, Reason: reason, Time: time.Now().UTC(),
		Services: []decnet.ServiceState{},
	}
}
