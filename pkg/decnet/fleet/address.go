package fleet

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
)

// loopbackNet is where deckies of the loopback driver are if nobody says
// otherwise. It is clear of 127.0.0.0/16, where other programs listen.
var loopbackNet = netip.MustParsePrefix("127.77.0.0/16")

// pool hands out IPv4 addresses of a subnet.
type pool struct {
	subnet netip.Prefix
	next   netip.Addr
	taken  map[netip.Addr]string // by whom
}

// newPool is the pool of r's network without its own address, its broadcast
// address, the gateway and what is reserved.
func newPool(r *Request) (*pool, error) {
	subnet := r.Network.Subnet
	if !subnet.IsValid() {
		if r.Driver != decnet.DriverLoopback {
			return nil, fmt.Errorf("the %s driver needs a subnet: name one with --subnet or net= of [general]", r.Driver)
		}
		subnet = loopbackNet
	}
	if !subnet.Addr().Is4() {
		return nil, fmt.Errorf("subnet %s: want an IPv4 subnet such as 10.20.0.0/24", subnet)
	}
	subnet = subnet.Masked()
	if subnet.Bits() > 30 {
		return nil, fmt.Errorf("subnet %s has no addresses for deckies: want a /30 or larger", subnet)
	}
	p := &pool{subnet: subnet, next: subnet.Addr().Next(), taken: map[netip.Addr]string{
		subnet.Addr(): "the network itself", broadcast(subnet): "broadcast",
	}}
	if r.IPStart.IsValid() {
		if !subnet.Contains(r.IPStart) {
			return nil, fmt.Errorf("first address %s is not in %s", r.IPStart, subnet)
		}
		p.next = r.IPStart
	}
	if g := r.Network.Gateway; g.IsValid() {
		if !subnet.Contains(g) {
			return nil, fmt.Errorf("gateway %s is not in %s", g, subnet)
		}
		p.taken[g] = "the gateway"
	}
	for _, a := range r.Reserved {
		p.taken[a] = "another machine"
	}
	return p, nil
}

func broadcast(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	n := binary.BigEndian.Uint32(b[:]) | uint32(1<<(32-p.Bits())-1)
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

// claim takes a for who, or says why it cannot be had.
func (p *pool) claim(a netip.Addr, who string) error {
	if !p.subnet.Contains(a) {
		return fmt.Errorf("address %s is not in %s", a, p.subnet)
	}
	if by, taken := p.taken[a]; taken {
		return fmt.Errorf("address %s belongs to %s", a, by)
	}
	p.taken[a] = who
	return nil
}

// allocate takes the next free address for who.
func (p *pool) allocate(who string) (netip.Addr, error) {
	for ; p.subnet.Contains(p.next); p.next = p.next.Next() {
		if _, taken := p.taken[p.next]; !taken {
			p.taken[p.next] = who
			return p.next, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("subnet %s has no address left for %s", p.subnet, who)
}

// onLoopback is the loopback address that stands for a: its last three bytes in
// 127.0.0.0/8, so that a file written for a real network can be tried at home.
func onLoopback(a netip.Addr) netip.Addr {
	if !a.Is4() || a.IsLoopback() {
		return a
	}
	b := a.As4()
	return netip.AddrFrom4([4]byte{127, b[1], b[2], b[3]})
}

// toLoopback moves a request's whole network to loopback; moved says that it did.
func toLoopback(r *Request) (moved bool) {
	if r.Driver != decnet.DriverLoopback {
		return false
	}
	n := &r.Network
	if n.Subnet.IsValid() && n.Subnet.Addr().Is4() && !n.Subnet.Addr().IsLoopback() {
		n.Subnet, moved = netip.PrefixFrom(onLoopback(n.Subnet.Addr()), max(n.Subnet.Bits(), 8)).Masked(), true
	}
	n.Gateway, r.IPStart = onLoopback(n.Gateway), onLoopback(r.IPStart)
	for i := range r.Deckies {
		if a := r.Deckies[i].Address; a.IsValid() && !a.IsLoopback() {
			r.Deckies[i].Address, moved = onLoopback(a), true
		}
	}
	return moved
}

// address6 is an address of prefix that r's machine would give itself: random
// and stable (RFC 7217).
func address6(prefix netip.Prefix, random uint64) netip.Addr {
	b := prefix.Masked().Addr().As16()
	binary.BigEndian.PutUint64(b[8:], random)
	return netip.AddrFrom16(b)
}
