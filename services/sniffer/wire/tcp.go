package wire

import (
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/flow"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// What a RST may be the answer to, and what may turn out to be a connection.
var (
	refusable = []scan.Type{scan.SYN, scan.FIN, scan.Null, scan.Xmas, scan.ACK, scan.Maimon}
	strays    = refusable[1:]
)

// tcp takes a packet of TCP.
func (s *Sniffer) tcp(p *capture.Packet) {
	switch s.flows.Packet(p) {
	case flow.Opening:
		u := s.contact(p, scan.Contact{Type: scan.SYN, Source: p.Src, Target: p.Dst, Port: p.DstPort, Kernel: ofKernel(p.Options)})
		if u != nil && u.opened(p) {
			s.stack(p, u)
		}
	case flow.Stray:
		if kind, ok := scan.Stray(p.Flags); ok {
			s.contact(p, scan.Contact{Type: kind, Source: p.Src, Target: p.Dst, Port: p.DstPort})
		}
	case flow.Refusal:
		s.scans.Settle(&scan.Contact{Source: p.Dst, Target: p.Src, Port: p.SrcPort}, scan.Refused, refusable...)
	case flow.Abandoned:
		s.scans.Settle(&scan.Contact{Source: p.Src, Target: p.Dst, Port: p.DstPort}, scan.Taken, scan.SYN)
	case flow.Alive:
		c := scan.Contact{Source: p.Src, Target: p.Dst, Port: p.DstPort}
		if !s.flows.Current.FromClient {
			c = scan.Contact{Source: p.Dst, Target: p.Src, Port: p.SrcPort}
		}
		s.scans.Settle(&c, scan.Fruitful, strays...)
	case flow.Known, flow.Answer, flow.Established:
	}
}

// ofKernel reports whether a SYN has options that operating systems set and
// programs that make their own packets hardly ever do: timestamps, or a window
// scale beside selective acknowledgements.
func ofKernel(options []byte) bool {
	const end, nop, scale, sack, timestamps = 0, 1, 3, 4, 8
	scaled, selective := false, false
	for len(options) > 0 {
		switch options[0] {
		case end:
			return false
		case nop:
			options = options[1:]
			continue
		case timestamps:
			return true
		case scale:
			scaled = true
		case sack:
			selective = true
		}
		if scaled && selective {
			return true
		}
		if len(options) < 2 || options[1] < 2 || int(options[1]) > len(options) {
			return false
		}
		options = options[options[1]:]
	}
	return false
}

// atOnce is how soon a connection is closed by who only wanted to see whether the
// port is open. Browsers open some ahead of need and keep them longer.
const atOnce = 3 * time.Second

// conversation is what is kept with a flow.
type conversation struct {
	matters bool
	spoke   bool   // the client sent something
	stream  stream // nil if nobody reads it
	fed     int    // bytes it has got, and may still hold
}

// Established is called by the table of flows.
func (s *Sniffer) Established(f *flow.Flow) {
	c := &conversation{matters: s.matters(f.Server.Addr()) || s.matters(f.Client.Addr())}
	f.User = c
	contact := &scan.Contact{Source: f.Client.Addr(), Target: f.Server.Addr(), Port: f.Server.Port()}
	s.scans.Settle(contact, scan.Complete, scan.SYN)
	if !c.matters {
		return
	}
	s.lan.Watch(f.Client.Addr())
	s.visitor(f.Client.Addr(), f.Last)
	u := sourceOf(s.scans.Ensure(f.Client.Addr(), capture.MAC{}, f.Last))
	if len(f.SYN) > 0 {
		s.syn(f.Client.Addr(), u, f.SYN, f.Server)
	}
}

// Data is called by the table of flows.
func (s *Sniffer) Data(f *flow.Flow, fromClient bool, b []byte) (more bool) {
	c, ok := f.User.(*conversation)
	if !ok {
		return false
	}
	if fromClient && !c.spoke {
		c.spoke = true
		s.scans.Settle(&scan.Contact{Source: f.Client.Addr(), Target: f.Server.Addr(), Port: f.Server.Port()}, scan.Fruitful, scan.SYN)
		if c.matters {
			c.stream = streamFor(s, f, b)
		}
	}
	if c.stream == nil {
		return !c.spoke // until the client says what it speaks
	}
	c.fed += len(b)
	s.held += len(b)
	if s.crowded(c) || !c.stream.Add(fromClient, b) {
		s.release(c)
	}
	return c.stream != nil
}

// fewBytes are enough for the hellos of genuine clients.
const fewBytes = 8 << 10

// crowded reports whether a conversation has to go for the sake of others: when
// half of the memory is taken, those that need much do.
func (s *Sniffer) crowded(c *conversation) bool {
	return s.held > s.config.Memory || s.held > s.config.Memory/2 && c.fed > fewBytes
}

// release ends the reading of a conversation.
func (s *Sniffer) release(c *conversation) {
	s.held -= c.fed
	c.stream, c.fed = nil, 0
}

// Closed is called by the table of flows.
func (s *Sniffer) Closed(f *flow.Flow) {
	c, ok := f.User.(*conversation)
	if !ok {
		return
	}
	if c.stream != nil {
		c.stream.End()
		s.release(c)
	}
	if !c.spoke && f.Duration() < atOnce && (f.End == flow.EndFIN || f.End == flow.EndRST) {
		s.scans.Settle(&scan.Contact{Source: f.Client.Addr(), Target: f.Server.Addr(), Port: f.Server.Port()}, scan.Barren, scan.SYN)
	}
	if !c.matters || f.Up.Bytes+f.Down.Bytes == 0 {
		return
	}
	s.tell(&Finding{Kind: "flow", Time: f.Last, Source: f.Client, Destination: f.Server, Fields: map[string]string{
		"duration_ms": millis(f.Duration()), "end": string(f.End),
		"client_rtt_us": strconv.FormatInt(max(0, f.ClientRTT.Microseconds()), 10), "server_rtt_us": strconv.FormatInt(max(0, f.ServerRTT.Microseconds()), 10),
		"client_packets": number(f.Up.Packets), "client_bytes": number(f.Up.Bytes), "client_retransmissions": number(f.Up.Retransmissions),
		"server_packets": number(f.Down.Packets), "server_bytes": number(f.Down.Bytes), "server_retransmissions": number(f.Down.Retransmissions),
	}})
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

func millis(d time.Duration) string { return strconv.FormatInt(max(0, d.Milliseconds()), 10) }
