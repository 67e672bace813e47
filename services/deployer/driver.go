package deployer

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"github.com/decnet/decnet/pkg/decnet"
)

// A Driver puts deckies on the wire: it opens their sockets. What becomes of
// the sockets is not its concern.
type Driver interface {
	// Open opens a socket for every port of every service of d. One that
	// cannot be had is returned without a File and with the reason as its
	// Note; an error means that nothing of d can be served. Opening again what
	// is on the wire is fine.
	Open(d *decnet.Decky, ports []Port) ([]Socket, error)
	// Close takes deckies off the wire whose sockets are closed, and returns
	// those of which something is left, with the reason.
	Close(names ...string) map[string]error
}

// A fleetDriver has something to do for all of its deckies at once.
type fleetDriver interface {
	Driver
	// Prepare is told of deckies before they are opened, and how many deckies
	// and sockets there will be; it returns those that must not be opened.
	Prepare(ctx context.Context, deckies []*decnet.Decky, total, sockets int) map[string]error
	// Settle is told of all its deckies after a round of changes.
	Settle(wanted []*decnet.Decky) error
}

// Port is one port that a decky is to serve.
type Port struct {
	Service   string
	Port      uint16
	Transport decnet.Transport
}

// Socket is where a Port is served.
type Socket struct {
	Port
	// Addr is where it answers.
	Addr netip.AddrPort
	// File is the listening socket; the deployer closes it. Nil means down.
	File *os.File
	// Note says what is unusual: why the port is another one, why it is down.
	Note string
}

// state is what people are told of the socket.
func (s *Socket) state() decnet.ServiceState {
	st := decnet.ServiceState{
		Slug: s.Service, Address: s.Addr.Addr(), Port: s.Addr.Port(), Transport: s.Transport, Note: s.Note, Up: s.File != nil,
	}
	if s.Addr.Port() != s.Port.Port {
		st.WantedPort = s.Port.Port
	}
	return st
}

// portsOf lists what d is to serve. An unknown service is an error that names
// those there are.
func portsOf(d *decnet.Decky, find func(slug string) (decnet.ServiceSpec, error)) ([]Port, error) {
	var ports []Port
	for _, s := range d.Services {
		spec, err := find(s.Slug)
		if err != nil {
			return nil, fmt.Errorf("decky %s: %w", d.Name, err)
		}
		for _, p := range spec.Ports {
			ports = append(ports, Port{Service: s.Slug, Port: p.Port, Transport: p.Transport})
		}
	}
	return ports, nil
}
