// Package decoytest is the test kit of decoy protocols. In goes a service, out
// comes the same service served on a loopback socket by the real host, with its
// events captured: every event must be one that the spec declares, or the test
// fails. CheckService is the contract that every service must meet.
package decoytest

import (
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// patience bounds every wait of the kit. It is long because a busy machine is
// slow, and costs nothing where things go well.
const patience = 20 * time.Second

// Options say how to start a service. The zero value is a random Debian 12
// machine with default settings and the service's own limits.
type Options struct {
	// OS and Seed choose the persona; see decnet.Decky.
	OS, Seed string
	Settings map[string]string
	// Limits, where not zero, replace those of the service.
	Limits decoy.Limits
	// AllowErrors accepts error events, which otherwise fail the test.
	AllowErrors bool
}

// A Decoy is a running service.
type Decoy struct {
	// Addr is where it listens, fit for net.Dial.
	Addr    string
	Decky   *decnet.Decky
	Persona *persona.Persona

	t      testing.TB
	host   *host.Host
	events *capture
}

// Start serves s until the test ends.
func Start(t testing.TB, s decoy.Service, o Options) *Decoy {
	t.Helper()
	if o.Limits != (decoy.Limits{}) {
		s.Limits = o.Limits
	}
	events := newCapture(t, s.Spec, o.AllowErrors)
	w := decoy.NewEventWriter()
	if err := w.Swap(events); err != nil {
		t.Fatal(err)
	}
	d := &Decoy{t: t, host: host.New(registry.New(s), w), events: events, Decky: NewDecky(o, s.Spec.Slug)}
	d.Decky.Services[0].Settings = o.Settings
	p, err := persona.Derive(d.Decky)
	if err != nil {
		t.Fatal(err)
	}
	d.Persona = p
	file, addr := Listen(t)
	d.Addr = addr
	if err := d.host.Start(d.Decky, []handover.Listener{{Service: s.Spec.Slug, Transport: decnet.TCP, File: file}}); err != nil {
		t.Fatalf("start %s: %v", s.Spec.Slug, err)
	}
	t.Cleanup(d.Stop)
	return d
}

// NewDecky returns a decky at 192.0.2.10 with one service.
func NewDecky(o Options, slug string) *decnet.Decky {
	if o.OS == "" {
		o.OS = "debian"
	}
	if o.Seed == "" {
		var seed [32]byte
		_, _ = rand.Read(seed[:]) // never fails
		o.Seed = hex.EncodeToString(seed[:])
	}
	return &decnet.Decky{
		Name: "decky-01", Host: "test", Driver: "loopback", Address: netip.MustParseAddr("192.0.2.10"),
		Services: []decnet.ServiceRequest{{Slug: slug}}, Fleet: "test", OS: o.OS, Stack: decnet.FamilyLinux, Seed: o.Seed,
		Created: time.Now().Add(-72 * time.Hour).UTC().Truncate(time.Second),
	}
}

// Listen returns a listening TCP socket on 127.0.0.1 as a file, which the
// caller closes or hands over, and its address.
func Listen(t testing.TB) (*os.File, string) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	return f, l.Addr().String()
}

// Stop stops the service, as the end of the test does, and fails the test if
// that takes long or leaves anything behind.
func (d *Decoy) Stop() {
	d.t.Helper()
	begin := time.Now()
	if err := d.host.Close(); err != nil {
		d.t.Errorf("stop: %v", err)
	}
	if took := time.Since(begin); took > 3*time.Second {
		d.t.Errorf("stop took %v", took)
	}
}

// Dial connects to the service. The connection fails after a while rather than
// block the test, and is closed at its end.
func (d *Decoy) Dial() *net.TCPConn {
	d.t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(d.t.Context(), "tcp", d.Addr)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		d.t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

// Events returns the events so far, in order.
func (d *Decoy) Events() []decnet.Event { return d.events.all() }

// Kind returns the events of one kind so far, in order.
func (d *Decoy) Kind(kind string) []decnet.Event { return ofKind(d.Events(), kind) }

// WaitFor waits until there are at least n events of a kind, and returns them.
// It fails the test when they do not come.
func (d *Decoy) WaitFor(kind string, n int) []decnet.Event {
	d.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		found := d.Kind(kind)
		if len(found) >= n {
			return found
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("have %d events %q, want %d; all events: %v", len(found), kind, n, summary(d.Events()))
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Machine returns what s.New is given with these options.
func Machine(t testing.TB, o Options, s decoy.Service) decoy.Machine {
	t.Helper()
	d := NewDecky(o, s.Spec.Slug)
	p, err := persona.Derive(d)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := s.Spec.Resolve(o.Settings)
	if err != nil {
		t.Fatal(err)
	}
	return decoy.Machine{Decky: d.Name, Address: d.Address, Persona: p, Services: []string{s.Spec.Slug}, Settings: settings, Shared: &decoy.Shared{}}
}
