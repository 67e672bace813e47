package network

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/vishvananda/netlink"
)

// maxAsked is how many addresses are asked for at once: a /16, which takes a
// minute at the default rate.
const maxAsked = 1 << 16

// errComplete is why an inquiry ends early: every address is answered for.
var errComplete = errors.New("every address is in use")

// inquiry is what is asked and what is known so far. It holds nothing but what
// was asked for, whatever comes in.
type inquiry struct {
	own      func(net.HardwareAddr) bool
	mac      net.HardwareAddr
	asked    []netip.Addr // each once, in the order it was given
	complete func()       // called when the last one is answered for

	mu    sync.Mutex
	found map[netip.Addr]net.HardwareAddr // nil for those not answered for
	open  int                             // how many those are
}

// newInquiry asks for addrs, if hosts can have them.
func newInquiry(own func(net.HardwareAddr) bool, mac net.HardwareAddr, addrs []netip.Addr, complete func()) (*inquiry, error) {
	q := &inquiry{own: own, mac: mac, complete: complete, found: make(map[netip.Addr]net.HardwareAddr, len(addrs))}
	for _, a := range addrs {
		a = a.Unmap().WithZone("")
		if !a.IsGlobalUnicast() && !a.IsLinkLocalUnicast() {
			return nil, fmt.Errorf("%s is not an address that a host on a LAN can have", a)
		}
		if _, twice := q.found[a]; !twice {
			q.asked = append(q.asked, a)
			q.found[a] = nil
		}
	}
	if len(q.asked) > maxAsked {
		return nil, fmt.Errorf("%d addresses are too many: ask for at most %d at once", len(q.asked), maxAsked)
	}
	if q.open = len(q.asked); q.open == 0 {
		complete()
	}
	return q, nil
}

// answerSelf answers for this host: its kernel does not hear our probes.
func (q *inquiry) answerSelf() error {
	all, err := dump("list addresses", func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return err
	}
	for _, a := range all {
		q.settle(claim{addr: addr(a.IP), mac: q.mac})
	}
	return nil
}

// heard takes a claim from the LAN. Our own frames come back to us on some, and
// are no answer.
func (q *inquiry) heard(c claim) {
	if !bytes.Equal(c.mac, q.mac) {
		q.settle(c)
	}
}

// settle keeps the first claim of an address that was asked for.
func (q *inquiry) settle(c claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	mac, asked := q.found[c.addr]
	if !asked || mac != nil || q.own != nil && q.own(c.mac) {
		return
	}
	q.found[c.addr] = c.mac
	if q.open--; q.open == 0 {
		q.complete()
	}
}

// answered reports whether somebody answers for an address.
func (q *inquiry) answered(a netip.Addr) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.found[a] != nil
}

// answers are the claims that count. Nobody may settle any more.
func (q *inquiry) answers() map[netip.Addr]net.HardwareAddr {
	for _, a := range q.asked {
		if q.found[a] == nil {
			delete(q.found, a)
		}
	}
	return q.found
}
