// Package wire is the sniffer without an interface and without a bus: packets go
// in, findings come out. It opens nothing, starts nothing and has no clock: time is
// that of the packets, so that a capture says the same whenever it is read.
//
// TCP connections are followed and put together (internal/flow), sources are
// watched for scans (internal/scan), and what hosts of the LAN say of themselves is
// kept (internal/lan). Everything that a sender decides the size of is bounded.
package wire

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/flow"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// Finding is something that was seen. Its kinds and their fields are declared in
// pkg/decnet/fields.
type Finding struct {
	Kind string
	// Time is when it was seen, or when what it is about was over.
	Time time.Time
	// Source is whose it is, with port 0 if it is not about a connection.
	Source netip.AddrPort
	// Destination is whom it was shown to; it is not valid if that is nobody in
	// particular.
	Destination netip.AddrPort
	Fields      map[string]string
}

// Config bounds a Sniffer and says what it looks for.
type Config struct {
	Flows     int           // TCP connections that are followed at a time
	Handshake int           // TCP connections that are being opened, and half as many as exchanges of datagrams
	Stream    int           // bytes of each direction of a connection that are looked at
	Memory    int           // bytes that wait for others which are missing, in all, and as many that are read and have not ended
	Idle      time.Duration // after which a silent connection is over
	Sources   int           // sources that are watched for scans
	Scans     int           // scans that go on at a time
	Quiet     time.Duration // after which a scan without new targets is over
	// Target reports whether visitors of an address matter: a decky's. With nil
	// everybody who talks to anybody does. Scans matter wherever they go.
	Target func(netip.Addr) bool
	// Visitor is called whenever somebody whose address is real has come: at each
	// handshake that is completed with a target, and when it is clear that somebody
	// scans. It may be nil.
	Visitor func(a netip.Addr, at time.Time)
	// Own are hardware addresses whose packets are no scan, such as those of the
	// interface from which the deployer looks for free addresses.
	Own []capture.MAC
}

// Default is for the interface of one LAN; it takes at most about 200 MiB.
func Default() Config {
	f, s := flow.Default(), scan.Default()
	return Config{Flows: f.Flows, Handshake: f.Handshake, Stream: f.Stream, Memory: f.Memory, Idle: f.Idle, Sources: s.Sources, Scans: s.Scans, Quiet: s.Quiet}
}

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if err := c.flow().Validate(); err != nil {
		return fmt.Errorf("sniffer: %w", err)
	}
	if err := c.scan().Validate(); err != nil {
		return fmt.Errorf("sniffer: %w", err)
	}
	return nil
}

func (c Config) flow() flow.Limits {
	l := flow.Default()
	l.Flows, l.Handshake, l.Stream, l.Memory, l.Idle = c.Flows, c.Handshake, c.Stream, c.Memory, c.Idle
	return l
}

func (c Config) scan() scan.Limits {
	l := scan.Default()
	l.Firsts, l.Sources, l.Scans, l.Quiet = 4*c.Sources, c.Sources, c.Scans, c.Quiet
	return l
}
