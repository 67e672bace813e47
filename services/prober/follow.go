package prober

import (
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// deckies are the addresses of the fleet.
type deckies struct {
	mu    sync.RWMutex
	byKey map[string][2]netip.Addr
	count map[netip.Addr]int
}

func (d *deckies) changed(e bus.Entry[decnet.Decky]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byKey == nil {
		d.byKey, d.count = map[string][2]netip.Addr{}, map[netip.Addr]int{}
	}
	key := e.Keys[0] + "." + e.Keys[1]
	for _, a := range d.byKey[key] {
		if d.count[a]--; d.count[a] <= 0 {
			delete(d.count, a)
		}
	}
	if delete(d.byKey, key); e.Deleted {
		return
	}
	addrs := [2]netip.Addr{e.Value.Address.Unmap(), e.Value.Address6.Unmap()}
	d.byKey[key] = addrs
	for _, a := range addrs {
		if a.IsValid() {
			d.count[a]++
		}
	}
}

func (d *deckies) has(a netip.Addr) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.count[a] > 0
}

// labels are who sources are.
type labels struct {
	mu   sync.RWMutex
	byID map[string]decnet.SourceLabel
}

func (l *labels) changed(e bus.Entry[decnet.SourceLabel]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string]decnet.SourceLabel{}
	}
	if l.byID[e.Keys[0]] = e.Value; e.Deleted || e.Value.Validate() != nil {
		delete(l.byID, e.Keys[0])
	}
}

// muted returns the name of the label that mutes an address.
func (l *labels) muted(a netip.Addr, now time.Time) (name string, muted bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := make([]decnet.SourceLabel, 0, len(l.byID))
	for _, label := range l.byID {
		list = append(list, label)
	}
	found := decnet.LabelOf(list, a, now)
	if found == nil || !found.Mute {
		return "", false
	}
	return found.Name, true
}
