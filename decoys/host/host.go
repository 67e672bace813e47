// Package host runs decoys in the unprivileged decoy process. In come the
// parent's requests with listening sockets and event files (package handover)
// and, on those sockets, attackers; out go events, one line each, to the event
// file. For every connection it holds the limits, logs connect and disconnect,
// and survives what goes wrong in a protocol.
package host

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// stopTime bounds how long Stop waits for connections that were closed.
const stopTime = 5 * time.Second

// A Host is the deckies of one process. It is a handover.Executor.
type Host struct {
	services registry.Registry
	events   *decoy.EventWriter

	mu      sync.Mutex
	closed  bool
	deckies map[string][]*listener
}

// New returns a Host without deckies that runs the given services and writes
// their events to w.
func New(services registry.Registry, w *decoy.EventWriter) *Host {
	return &Host{services: services, events: w, deckies: make(map[string][]*listener)}
}

var _ handover.Executor = (*Host)(nil)

// Spool writes events to f from now on, as much as pressure leaves room for.
func (h *Host) Spool(f *os.File, pressure spool.Pressure) error {
	h.events.Press(pressure)
	return h.events.Swap(f)
}

// Start prepares the services of d and serves them on ls; see
// handover.Client.Start.
func (h *Host) Start(d *decnet.Decky, ls []handover.Listener) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer func() {
		for _, l := range ls {
			_ = l.File.Close() // listening goes on with a duplicate
		}
	}()
	if h.closed {
		return errors.New("the decoy process is ending")
	}
	if !h.events.Ready() {
		return fmt.Errorf("decky %s: no event file was given yet", d.Name)
	}
	if err := h.stop(d.Name); err != nil {
		return err
	}
	prepared, err := h.prepare(d)
	if err != nil {
		return err
	}
	listeners, err := open(d, prepared, ls)
	if err != nil {
		return err
	}
	for _, l := range listeners {
		l.start()
	}
	h.deckies[d.Name] = listeners
	return nil
}

// prepare makes every service of d ready to serve, by slug.
func (h *Host) prepare(d *decnet.Decky) (map[string]*service, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	p, err := persona.Derive(d)
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, request := range d.Services {
		slugs = append(slugs, request.Slug)
	}
	prepared, shared := make(map[string]*service, len(d.Services)), &decoy.Shared{}
	for _, request := range d.Services {
		s, err := h.services.Find(request.Slug)
		if err != nil {
			return nil, fmt.Errorf("decky %s: %w", d.Name, err)
		}
		if !catalog.Runs(&s.Spec, &p.OS) { // it would be told from a real one at the first look
			return nil, fmt.Errorf("decky %s: service %s does not pass for one of %s; it runs on %s", d.Name, request.Slug, p.OS.Name, strings.Join(s.Spec.RunsOn, ", "))
		}
		settings, err := s.Spec.Resolve(request.Settings)
		if err != nil {
			return nil, fmt.Errorf("decky %s: %w", d.Name, err)
		}
		machine := decoy.Machine{Decky: d.Name, Address: d.Address, Persona: p, Services: slugs, Settings: settings, Shared: shared}
		handler, err := s.New(machine)
		if err != nil {
			return nil, fmt.Errorf("decky %s: service %s: %w", d.Name, request.Slug, err)
		}
		prepared[request.Slug] = newService(s, machine, handler, h.events)
	}
	return prepared, nil
}

// open takes the sockets over. After an error none of them is left open.
func open(d *decnet.Decky, prepared map[string]*service, ls []handover.Listener) (opened []*listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range opened {
				_ = l.socket.Close()
			}
		}
	}()
	if len(ls) == 0 {
		return nil, fmt.Errorf("decky %s: no sockets were given", d.Name)
	}
	for _, l := range ls {
		s, ok := prepared[l.Service]
		if !ok {
			return opened, fmt.Errorf("decky %s: a socket for service %q, which the decky does not have", d.Name, l.Service)
		}
		if l.Transport != decnet.TCP {
			return opened, fmt.Errorf("decky %s: service %s: transport %q cannot be served: want tcp", d.Name, l.Service, l.Transport)
		}
		socket, err := net.FileListener(l.File)
		if err != nil {
			return opened, fmt.Errorf("decky %s: service %s: socket: %w", d.Name, l.Service, err)
		}
		opened = append(opened, newListener(s, socket))
		if _, ok := socket.(*net.TCPListener); !ok {
			return opened, fmt.Errorf("decky %s: service %s: socket: want a TCP socket that listens", d.Name, l.Service)
		}
	}
	return opened, nil
}

// Stop closes the sockets and connections of a decky; see handover.Client.Stop.
func (h *Host) Stop(decky string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stop(decky)
}

func (h *Host) stop(decky string) error {
	listeners := h.deckies[decky]
	delete(h.deckies, decky)
	return stopAll(listeners, "decky "+decky)
}

func stopAll(listeners []*listener, whose string) error {
	for _, l := range listeners {
		l.close()
	}
	deadline := time.NewTimer(stopTime)
	defer deadline.Stop()
	for _, l := range listeners {
		select {
		case <-l.done:
		case <-deadline.C:
			return fmt.Errorf("%s: connections to %s did not end in %v", whose, l.service.slug, stopTime)
		}
	}
	return nil
}

// Running lists the deckies that are served, in order.
func (h *Host) Running() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	names := make([]string, 0, len(h.deckies))
	for name := range h.deckies {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// Close stops all deckies and closes the event file. Nothing can be started
// any more.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	var all []*listener
	for _, ls := range h.deckies {
		all = append(all, ls...)
	}
	clear(h.deckies)
	return errors.Join(stopAll(all, "decoy process"), h.events.Close())
}
