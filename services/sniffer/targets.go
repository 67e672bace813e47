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
	byDecky map[string][]netip.Addr
	now     atomic.Pointer[map[netip.Addr]string]
}

// set notes a decky's addresses; with none that are valid it has gone.
func (t *targets) set(decky string, addrs ...netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byDecky == nil {
		t.byDecky = make(map[string][]netip.Addr)
	}
	t.byDecky[decky] = addrs
	all := make(map[netip.Addr]string, 2*len(t.byDecky))
	for decky, addrs := range t.byDecky {
		for _, a := range addrs {
			if a.IsValid() {
				all[a] = decky
			}
		}
	}
	t.now.Store(&all)
}

// name is whose address it is, or empty.
func (t *targets) name(a netip.Addr) string {
	all := t.now.Load()
	if all == nil {
		return ""
	}
	return (*all)[a.Unmap().WithZone("")]
}

func (t *targets) has(a netip.Addr) bool { return t.name(a) != "" }
