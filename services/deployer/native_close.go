package deployer

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/decnet"
)

// parallel is how many things are done at the same time for which the kernel waits
// until all its processors have noticed.
const parallel = 32

// Close takes deckies off the wire. Their sockets are closed already.
func (n *Native) Close(names ...string) map[string]error {
	for _, name := range names {
		n.stacks.take(name)
		if p, ok := n.placed[name]; ok {
			delete(n.placed, name)
			n.forget(p)
		}
	}
	if n.spaces == nil {
		return nil
	}
	var mu sync.Mutex
	failed := make(map[string]error)
	var g errgroup.Group
	g.SetLimit(parallel)
	for _, name := range names {
		g.Go(func() error {
			if err := n.spaces.Remove(name); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed[name] = err
			}
			return nil
		})
	}
	_ = g.Wait() // the errors are in the map
	return failed
}

// forget takes an address out of the table of ARP requests.
func (n *Native) forget(p placement) {
	if at := n.links[p.iface]; at != nil && at.arp != nil && !p.ipvlan {
		_ = at.arp.Delete(p.address) // it may never have been set
	}
}

// shutdown lets go of the host. The namespaces stay: the next deployer finds the
// deckies on the wire.
func (n *Native) shutdown() error {
	var errs []error
	for _, at := range n.links {
		if at.arp != nil {
			errs = append(errs, at.arp.Close())
		}
	}
	if n.spaces != nil {
		errs = append(errs, n.spaces.Close())
	}
	return errors.Join(errs...)
}

// Enforced is how far a decky's packets look like those of its stack.
func (n *Native) Enforced(name string) decnet.Enforcement { return n.placed[name].enforced }

// Walled lists the deckies that have a wall; see walled.
func (n *Native) Walled() []string { return slices.Collect(maps.Keys(n.placed)) }

// Do calls f inside the network namespace of a decky on the wire.
func (n *Native) Do(name string, f func() error) error { return n.spaces.Do(name, f) }
