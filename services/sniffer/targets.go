package sniffer

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// targets are the addresses of deckies. They are asked for with each connection and
// change now and then.
type targets struct {
	mu      sync.Mutex
	byDecky map[string][2]netip.Addr
	now     atomic.Pointer[map[netip.Addr]struct{}]
}

// set notes a decky's addresses; with none that are valid it has gone.
func (t *targets) set(decky string, a ...netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byDecky == nil {
		t.byDecky = make(map[string][2]netip.Addr)
	}
	delete(t.byDecky, decky)
	if both := [2]netip.Addr(a); both != [2]netip.Addr{} {
		t.byDecky[decky] = both
	}
	all := make(map[netip.Addr]struct{}, 2*len(t.byDecky))
	for _, both := range t.byDecky {
		for _, a := range both {
			if a.IsValid() {
				all[a] = struct{}{}
			}
		}
	}
	t.now.Store(&all)
}

func (t *targets) has(a netip.Addr) bool {
	all := t.now.Load()
	if all == nil {
		return false
	}
	_, ok := (*all)[a]
	return ok
}
