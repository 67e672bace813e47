package wire

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/flow"
	"github.com/decnet/decnet/services/sniffer/internal/lan"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// tick is how often scans are judged and what is silent is ended.
const tick = 500 * time.Millisecond

// Sniffer turns packets into findings. It is for one goroutine.
type Sniffer struct {
	config Config
	tell   func(*Finding)
	flows  *flow.Table
	scans  *scan.Detector
	lan    *lan.Table
	pairs  pairs
	hellos hellos
	held   int // bytes that readers of connections may hold
	defrag capture.Defragmenter
	now    time.Time // of the newest packet
	judged time.Time
}

// New returns a sniffer that has seen nothing. A finding belongs to whom it is told.
func New(c Config, tell func(*Finding)) (*Sniffer, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := &Sniffer{config: c, tell: tell, pairs: newPairs(2 * c.Handshake), hellos: newHellos()}
	s.flows = flow.New(c.flow(), s)
	s.scans = scan.New(c.scan(), c.Target, s.scanned)
	s.lan = lan.New(c.Target == nil, s.fact)
	return s, nil
}

// Packet takes the next packet and keeps none of it. Packets have to come in the
// order of their time, more or less.
func (s *Sniffer) Packet(p *capture.Packet) {
	if p.Time.After(s.now) {
		s.Advance(p.Time)
	}
	if p.Kind == capture.Fragment {
		if p = s.defrag.Add(p); p == nil {
			return
		}
	}
	switch p.Kind {
	case capture.TCP:
		s.tcp(p)
	case capture.UDP:
		s.udp(p)
	case capture.ICMP, capture.ICMPv6:
		s.icmp(p)
	case capture.ARP:
		s.arp(p)
	case capture.SCTP:
		s.sctp(p)
	case capture.Other, capture.Fragment:
	}
}

// Advance says what time it is when no packet does.
func (s *Sniffer) Advance(now time.Time) {
	if s.now.IsZero() {
		s.now, s.judged = now, now
		return
	}
	// After a silence it is judged first what was clear at its beginning.
	for range 6 {
		next := s.judged.Add(tick)
		if next.After(now) {
			break
		}
		s.tickAt(next)
	}
	if now.Sub(s.judged) >= tick {
		s.tickAt(now)
	}
	s.now = now
}

func (s *Sniffer) tickAt(now time.Time) {
	s.judged = now
	s.scans.Tick(now)
	s.flows.Tick(now)
}

// Flush ends what goes on, as if nothing more came, and tells of it. The sniffer
// has then forgotten connections and scans.
func (s *Sniffer) Flush() {
	s.scans.Flush(s.now)
	s.flows.Flush()
}

// Load says how much is kept.
type Load struct{ Flows, Waiting, Held, Sources, Hosts int }

// Load returns how much is kept at present: connections, bytes that wait for
// others, bytes that are read and have not ended, sources and hosts of the LAN.
func (s *Sniffer) Load() Load {
	return Load{s.flows.Len(), s.flows.Waiting(), s.held, s.scans.Sources(), s.lan.Len()}
}

// matters reports whether visitors of an address matter.
func (s *Sniffer) matters(a netip.Addr) bool { return s.config.Target == nil || s.config.Target(a) }

func (s *Sniffer) visitor(a netip.Addr, at time.Time) {
	if s.config.Visitor != nil {
		s.config.Visitor(a, at)
	}
}

// contact tells the detector of an attempt, and returns its source if it is known.
func (s *Sniffer) contact(p *capture.Packet, c scan.Contact) *source {
	if p.SrcMAC != (capture.MAC{}) && slices.Contains(s.config.Own, p.SrcMAC) {
		return nil
	}
	c.Time, c.MAC = p.Time, p.SrcMAC
	known := s.scans.Contact(&c)
	if known == nil {
		return nil
	}
	if s.config.Target != nil && s.config.Target(c.Target) {
		s.lan.Watch(c.Source)
	}
	return sourceOf(known)
}

// fact tells what a host of the LAN has shown.
func (s *Sniffer) fact(h *lan.Host, f *lan.Fact) {
	s.tell(&Finding{Kind: f.Kind, Time: f.At, Source: netip.AddrPortFrom(h.Address(), 0), Fields: f.Fields})
}

// scanned tells of a scan.
func (s *Sniffer) scanned(from *scan.Source, r *scan.Report) {
	f := Finding{Kind: "scan", Time: r.Last, Source: netip.AddrPortFrom(r.Source, 0), Fields: map[string]string{
		"type": r.Type.String(), "shape": string(r.Shape), "contacts": strconv.FormatUint(r.Contacts, 10),
		"addresses": strconv.Itoa(r.Addresses), "first_address": r.First.String(), "last_address": r.Max.String(),
		"rate": fmt.Sprintf("%.1f", r.Rate()), "duration_ms": strconv.FormatInt(r.Last.Sub(r.Begin).Milliseconds(), 10),
	}}
	if r.Ended {
		f.Kind = "scan_end"
	}
	if r.PortCount > 0 {
		f.Fields["port_count"], f.Fields["ports"] = strconv.Itoa(r.PortCount), r.Ports
	}
	// What comes through a router has the router's hardware address.
	if h := s.lan.Find(r.Source); h != nil {
		f.Fields["mac"] = h.MAC.String()
	} else if r.Source.IsUnspecified() {
		f.Fields["mac"] = r.MAC.String()
	}
	if r.Addresses == 1 {
		f.Destination = netip.AddrPortFrom(r.First, 0)
	}
	s.tell(&f)
	s.lan.Watch(r.Source)
	if !r.Ended && !r.Source.IsUnspecified() {
		s.visitor(r.Source, r.Last)
	}
	if u := sourceOf(from); !r.Ended && (r.Type == scan.SYN || r.Type == scan.Connect) && u.headers > 0 {
		s.syn(from.Address, u, u.syn[:u.headers], netip.AddrPort{})
	}
}
