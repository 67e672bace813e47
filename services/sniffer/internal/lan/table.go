package lan

import (
	"hash/maphash"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/recency"
)

// Bounds of what is kept.
const (
	maxHosts     = 2048
	maxAddresses = 8   // of a host
	maxFacts     = 16  // of a host
	maxValue     = 255 // bytes of a field
)

// Fact is something that a host has shown.
type Fact struct {
	Kind   string
	At     time.Time
	Fields map[string]string
}

// Host is one network card.
type Host struct {
	MAC capture.MAC
	// LinkLocal is its IPv6 address that is good on this LAN only.
	LinkLocal netip.Addr

	addresses []netip.Addr // the newest last
	watched   bool
	facts     []Fact
	known     map[uint64]struct{} // hashes of what tells facts apart
	links     recency.Links[Host] // in the order in which they were last heard of
}

// Address is the newest of its addresses that is not link-local, one of IPv4 if
// there is one; it is LinkLocal if there is none.
func (h *Host) Address() netip.Addr {
	best := h.LinkLocal
	for _, a := range h.addresses {
		if a.Is4() || !best.Is4() {
			best = a
		}
	}
	return best
}

// Table has the hosts. It is for one goroutine.
type Table struct {
	tell      func(*Host, *Fact)
	seed      maphash.Seed
	hosts     map[capture.MAC]*Host
	addresses map[netip.Addr]*Host
	order     recency.List[Host]
	watchAll  bool
}

// New returns a table without hosts. Facts of hosts that are watched are told, of
// every host if all is true.
func New(all bool, tell func(*Host, *Fact)) *Table {
	return &Table{tell: tell, seed: maphash.MakeSeed(), hosts: make(map[capture.MAC]*Host), addresses: make(map[netip.Addr]*Host), watchAll: all, order: recency.New(func(h *Host) *recency.Links[Host] { return &h.links })}
}

// Len is how many hosts there are.
func (t *Table) Len() int { return len(t.hosts) }

// Find returns the host that has an address, or nil.
func (t *Table) Find(a netip.Addr) *Host { return t.addresses[a] }

// Watch has all that is and will be known of the host with that address told.
func (t *Table) Watch(a netip.Addr) {
	h := t.addresses[a]
	if h == nil || h.watched {
		return
	}
	h.watched = true
	t.flush(h)
}

// flush tells what has waited for the host to be watched and to have an address.
func (t *Table) flush(h *Host) {
	if !h.watched || !h.Address().IsValid() {
		return
	}
	for i := range h.facts {
		t.tell(h, &h.facts[i])
	}
	h.facts = nil
}

// Learn says that a host has an address.
func (t *Table) Learn(mac capture.MAC, a netip.Addr, now time.Time) {
	if mac.Group() || mac == (capture.MAC{}) || !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() {
		return
	}
	h := t.host(mac)
	if t.addresses[a] == h {
		return
	}
	if other := t.addresses[a]; other != nil {
		other.lose(a) // it has moved
	}
	t.addresses[a] = h
	if a.IsLinkLocalUnicast() && a.Is6() {
		if h.LinkLocal.IsValid() {
			delete(t.addresses, h.LinkLocal)
		}
		h.LinkLocal = a
	} else {
		if len(h.addresses) == maxAddresses {
			delete(t.addresses, h.addresses[0])
			h.addresses = h.addresses[:copy(h.addresses, h.addresses[1:])]
		}
		h.addresses = append(h.addresses, a)
	}
	t.identify(h, now)
}

// identify has facts that follow from a host's addresses.
func (t *Table) identify(h *Host, now time.Time) {
	fields := map[string]string{"mac": h.MAC.String(), "locally_administered": text(h.MAC.Local())}
	if v := Vendor(h.MAC); v != "" {
		fields["vendor"] = v
	}
	t.Note(h, Fact{"lan_host", now, fields}, "")
	if len(h.addresses) == 0 || !h.LinkLocal.IsValid() {
		return
	}
	mac, fromMAC := EUI64(h.LinkLocal)
	fields = map[string]string{"address": h.LinkLocal.String(), "mac": h.MAC.String(), "eui64": text(fromMAC)}
	if fromMAC && mac != h.MAC {
		fields["eui64_mac"] = mac.String() // it was another card's, or the MAC address was changed
	}
	t.Note(h, Fact{"ipv6_link_local_leak", now, fields}, h.LinkLocal.String())
}

// Note adds a fact; what tells it from others of its kind is called value.
func (t *Table) Note(h *Host, f Fact, value string) {
	id := maphash.String(t.seed, f.Kind+"\x00"+value)
	if _, ok := h.known[id]; ok || len(h.known) >= maxFacts {
		return
	}
	if h.known == nil {
		h.known = make(map[uint64]struct{})
	}
	h.known[id] = struct{}{}
	for name, v := range f.Fields {
		f.Fields[name] = v[:min(len(v), maxValue)]
	}
	h.facts = append(h.facts, f)
	t.flush(h)
}

// host returns the host with that MAC address and makes it if need be.
func (t *Table) host(mac capture.MAC) *Host {
	if h := t.hosts[mac]; h != nil {
		t.order.Touch(h)
		return h
	}
	if len(t.hosts) >= maxHosts {
		t.forget(t.order.Oldest())
	}
	h := &Host{MAC: mac, watched: t.watchAll}
	t.hosts[mac] = h
	t.order.Push(h)
	return h
}

func (t *Table) forget(h *Host) {
	t.order.Remove(h)
	delete(t.hosts, h.MAC)
	delete(t.addresses, h.LinkLocal)
	for _, a := range h.addresses {
		delete(t.addresses, a)
	}
}

func (h *Host) lose(a netip.Addr) {
	if h.LinkLocal == a {
		h.LinkLocal = netip.Addr{}
	}
	for i, x := range h.addresses {
		if x == a {
			h.addresses = append(h.addresses[:i], h.addresses[i+1:]...)
			return
		}
	}
}

func text(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
