package scan

import (
	"net/netip"
	"time"
)

// patience is how long an answer may take before a contact counts as one without.
const patience = 700 * time.Millisecond

// rule says from when on contacts are a scan.
type rule struct {
	window time.Duration // in which they have to be
	row    int           // of so many ports of an address, or addresses by one port
	block  int           // so many when both vary
	// always says that so many are a sweep even if each was answered.
	always int
	burst  time.Duration // in which those have to be
}

var (
	tcpRule   = rule{window: 5 * time.Minute, row: 10, block: 24}
	pingRule  = rule{window: time.Minute, row: 8, block: 8, always: 32, burst: 10 * time.Second}
	localRule = rule{window: 20 * time.Second, row: 20, block: 20}
)

func ruleOf(t Type) *rule {
	switch t {
	case ARP, ND:
		return &localRule
	case Echo, Timestamp, Mask:
		return &pingRule
	}
	return &tcpRule
}

// counted is how many contacts bore fruit and how many did not.
type counted struct{ good, bad int }

func (c counted) over(least int) bool { return c.bad >= least && c.bad >= 2*c.good }

// judge reports whether what a track has is a scan.
func (r *rule) judge(t *track, now time.Time, sweep bool) bool {
	var all counted
	burst := 0
	ports := make(map[uint16]counted, 8)
	addresses := make(map[netip.Addr]counted, 8)
	networks := make(map[netip.Prefix]struct{}, 8)
	for i := range t.contacts {
		k := &t.contacts[i]
		age := k.age(now)
		if age > r.window {
			continue
		}
		if age <= r.burst {
			burst++
		}
		p, a := ports[k.port], addresses[k.target]
		switch {
		case k.outcome == Fruitful:
			p.good, a.good, all.good = p.good+1, a.good+1, all.good+1
		case k.outcome == Complete, k.outcome == Unknown && age < patience:
			continue // it is too early to say
		default:
			p.bad, a.bad, all.bad = p.bad+1, a.bad+1, all.bad+1
			networks[neighbourhood(k.target)] = struct{}{}
		}
		ports[k.port], addresses[k.target] = p, a
	}
	if r.always > 0 && burst >= r.always {
		return true
	}
	if !all.over(r.row) {
		return false
	}
	for _, c := range ports {
		if c.over(r.row) {
			return true
		}
	}
	if sweep {
		return false
	}
	for _, c := range addresses {
		if c.over(r.row) {
			return true
		}
	}
	// Ports and addresses without order are what peers of a file-sharing network
	// have, unless the addresses lie together.
	return all.bad >= r.block && (min(len(ports), len(addresses)) <= all.bad/2 || len(networks) <= all.bad/4)
}

// neighbourhood is the network of an address as LANs are laid out.
func neighbourhood(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // as long as an address of its family has
	return p
}
