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
	portRule  = rule{window: 5 * time.Minute, row: 10, block: 24}
	pingRule  = rule{window: 30 * time.Second, row: 10, block: 10, always: 32, burst: 10 * time.Second}
	localRule = rule{window: 20 * time.Second, row: 20, block: 20}
)

func ruleOf(t Type) *rule {
	switch {
	case t == ARP || t == ND:
		return &localRule
	case t.sweep():
		return &pingRule
	}
	return &portRule
}

// nearby is how many times as much a contact counts whose target is near. Of the
// Internet's addresses an honest machine tries many that a firewall keeps it from.
const nearby = 3

// counted is how many contacts bore fruit and how many did not.
type counted struct{ good, bad int }

func (c counted) over(least int) bool { return c.bad >= least*nearby && c.bad >= 2*c.good }

// judge reports whether what a track has is a scan; near says which targets are.
func (r *rule) judge(t *track, now time.Time, sweep bool, near func(netip.Addr) bool) bool {
	var all counted
	bad, burst := 0, 0
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
		weight := 1
		if near(k.target) {
			weight = nearby
		}
		p, a := ports[k.port], addresses[k.target]
		switch {
		case k.outcome == Fruitful:
			p.good, a.good, all.good = p.good+weight, a.good+weight, all.good+weight
		case k.outcome == Complete, k.outcome == Unknown && age < patience:
			continue // it is too early to say
		default:
			p.bad, a.bad, all.bad = p.bad+weight, a.bad+weight, all.bad+weight
			bad++
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
	return all.over(r.block) && (min(len(ports), len(addresses)) <= bad/2 || len(networks) <= bad/4)
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
