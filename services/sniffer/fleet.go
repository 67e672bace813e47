package sniffer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// fleet is whose addresses are deckies' of this host.
type fleet struct {
	mu    sync.RWMutex
	names map[netip.Addr]string
	of    map[string][]netip.Addr // by name
}

// is reports whether an address is a decky's.
func (f *fleet) is(a netip.Addr) bool { return f.name(a) != "" }

// name is whose address it is, or empty.
func (f *fleet) name(a netip.Addr) string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.names[a.Unmap().WithZone("")]
}

// set makes addresses those of a decky; none if it is gone.
func (f *fleet) set(name string, addrs ...netip.Addr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.names == nil {
		f.names, f.of = map[netip.Addr]string{}, map[string][]netip.Addr{}
	}
	for _, a := range f.of[name] {
		if f.names[a] == name {
			delete(f.names, a)
		}
	}
	delete(f.of, name)
	for _, a := range addrs {
		if a.IsValid() {
			f.names[a] = name
			f.of[name] = append(f.of[name], a)
		}
	}
}

// followRetry is how long to wait for a bus that is away.
const followRetry = 2 * time.Second

// follow keeps up with the bucket until ctx is done. current is closed when all that is there now is known; not to get
// as far is an error, and later a bus that is away is waited for.
func (f *fleet) follow(ctx context.Context, env worker.Env, current chan<- struct{}) error {
	known := false
	for {
		err := bus.Fleet.Watch(ctx, env.Bus, func(e bus.Entry[decnet.Decky]) error {
			if e.Keys[0] != env.Host {
				return nil
			}
			if e.Deleted {
				f.set(e.Keys[1])
			} else {
				f.set(e.Keys[1], e.Value.Address, e.Value.Address6)
			}
			return nil
		}, func() {
			if !known {
				close(current)
			}
			known = true
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it ends because of that
		}
		err = cmp.Or(err, errors.New("the bus has gone"))
		if !known {
			return fmt.Errorf("read which addresses are deckies': %w", err)
		}
		env.Log.Warn("cannot read which addresses are deckies', trying again", "in", followRetry, "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followRetry):
		}
	}
}
