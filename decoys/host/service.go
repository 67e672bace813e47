package host

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// A service is one decoy protocol prepared for one decky. Its sockets share it.
type service struct {
	slug    string
	machine decoy.Machine
	limits  decoy.Limits
	handler decoy.Handler
	events  decoy.Recorder
	refused *refusals

	mu      sync.Mutex
	total   int
	sources map[netip.Addr]int
}

func newService(s decoy.Service, m decoy.Machine, h decoy.Handler, events decoy.Recorder) *service {
	out := &service{
		slug: s.Spec.Slug, machine: m, limits: s.Limits.WithDefaults(), handler: h, events: events,
		sources: make(map[netip.Addr]int),
	}
	out.refused = &refusals{log: out.logFrom}
	return out
}

// enter counts a connection from addr, or returns the limit that forbids it.
func (s *service) enter(addr netip.Addr) string {
	source := sourceOf(addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.limits.PerService {
		return fmt.Sprintf("more than %d connections to the service", s.limits.PerService)
	}
	if s.sources[source] >= s.limits.PerSource {
		return fmt.Sprintf("more than %d connections from one source", s.limits.PerSource)
	}
	s.total++
	s.sources[source]++
	return ""
}

func (s *service) leave(addr netip.Addr) {
	source := sourceOf(addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.sources[source]--; s.sources[source] == 0 {
		delete(s.sources, source)
	}
}

// log records an event that no single connection caused.
func (s *service) log(kind string, fields decoy.Fields, text string) {
	s.logFrom(netip.AddrPort{}, kind, fields, text)
}

func (s *service) logFrom(source netip.AddrPort, kind string, fields decoy.Fields, text string) {
	s.events.Record(&decnet.Event{
		Time: time.Now().UTC(), Decky: s.machine.Decky, Service: s.slug, Kind: kind,
		Attacker: decnet.AttackerIDOf(source.Addr()), Source: source.Addr(), SourcePort: source.Port(),
		Fields: fields, Message: text,
	})
}

// sourceOf is what counts as one source: an IPv4 address, or the /64 of an IPv6
// address, since one machine has all addresses of that.
func sourceOf(addr netip.Addr) netip.Addr {
	addr = addr.Unmap()
	if addr.Is6() {
		if p, err := addr.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		p := t.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port())
	}
	return netip.AddrPort{}
}
