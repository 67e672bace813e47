package deployer

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/decnet/decnet/pkg/decnet"
)

// portShift is added to a port that cannot be had, once and again.
const portShift = 10_000

// maxShifts is how often a port is shifted before it is given up.
const maxShifts = 5

// Loopback serves deckies on addresses of 127.0.0.0/8 without privileges. A port
// below 1024 without the right to it, or one in use, is shifted by 10,000; an
// address this machine does not have becomes 127.0.0.1.
type Loopback struct{}

// Open opens the sockets of d.
func (Loopback) Open(d *decnet.Decky, ports []Port) ([]Socket, error) {
	if !d.Address.IsLoopback() {
		return nil, fmt.Errorf("the loopback driver serves addresses of 127.0.0.0/8 and ::1, not %s", d.Address)
	}
	sockets := make([]Socket, len(ports))
	for i, p := range ports {
		sockets[i] = openNear(d.Address, p)
	}
	return sockets, nil
}

// Close does nothing: without its sockets nothing is left of a decky.
func (Loopback) Close(...string) map[string]error { return nil }

// openNear opens p at addr or as near to it as can be had.
func openNear(addr netip.Addr, p Port) Socket {
	s := Socket{Port: p, Addr: netip.AddrPortFrom(addr, p.Port)}
	if p.Transport != decnet.TCP {
		s.Note = fmt.Sprintf("transport %s cannot be served", p.Transport)
		return s
	}
	var first error
	for _, at := range candidates(addr, p.Port) {
		err := s.listen(at)
		if err == nil {
			if at != s.Addr {
				s.Note = fmt.Sprintf("%s %s; serving %s instead", s.Addr, reason(first), at)
				s.Addr = at
			}
			return s
		}
		if first == nil {
			first = err
		}
	}
	s.Note = fmt.Sprintf("%s %s, nor could %d shifted ports be had", s.Addr, reason(first), maxShifts)
	return s
}

// candidates are where to try: the address itself, then 127.0.0.1, which every
// machine has, each with its port shifted again and again.
func candidates(addr netip.Addr, port uint16) []netip.AddrPort {
	var all []netip.AddrPort
	home := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	for _, a := range []netip.Addr{addr, home} {
		for n := range maxShifts + 1 {
			shifted := int(port) + n*portShift
			if shifted > 65535 || a == home && n == 0 && a != addr {
				continue // 127.0.0.1 at the port itself may be the user's own service's
			}
			all = append(all, netip.AddrPortFrom(a, uint16(shifted))) //nolint:gosec // looked at just now
		}
		if addr == home {
			break
		}
	}
	return all
}

func (s *Socket) listen(at netip.AddrPort) error {
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // the file below is a socket descriptor of its own
	s.File, err = l.File()
	return err
}

// reason says in a few words why a socket could not be opened.
func reason(err error) string {
	switch {
	case errors.Is(err, syscall.EACCES):
		return "needs privileges"
	case errors.Is(err, syscall.EADDRINUSE):
		return "is in use"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "is not an address of this machine"
	}
	return "cannot be had: " + err.Error()
}
