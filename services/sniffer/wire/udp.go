package wire

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// Ports of DHCP.
const (
	portDHCPServer = 67
	portDHCPClient = 68
)

// udp takes a datagram.
func (s *Sniffer) udp(p *capture.Packet) {
	group := p.DstMAC.Group() || p.Dst.IsMulticast() || p.Dst == netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if group {
		s.pairs.asks(p.Source(), p.Time)
	}
	switch {
	case p.DstPort == portDHCPServer && p.SrcPort == portDHCPClient:
		s.lan.DHCP(p.Payload, p.Time)
		return
	case group && isName(p.DstPort):
		s.lan.Names(p.SrcMAC, p.DstPort, p.Payload, p.Time)
		return
	case group:
		return
	}
	switch s.pairs.meet(p.Source(), p.Destination(), p.Time) {
	case begins:
		if s.pairs.asked(p.Destination(), p.Time) || abroad(p) {
			break // an answer to what was asked of everybody
		}
		s.contact(p, scan.Contact{Type: scan.UDP, Source: p.Src, Target: p.Dst, Port: p.DstPort})
	case responds:
		s.scans.Settle(&scan.Contact{Source: p.Dst, Target: p.Src, Port: p.SrcPort}, scan.Fruitful, scan.UDP)
	case again:
	}
	if s.matters(p.Dst) {
		s.datagram(p)
	}
}

// abroad reports whether a datagram opens a QUIC connection to the Internet. Where
// a firewall stops these, browsers try one after the other.
func abroad(p *capture.Packet) bool {
	return p.DstPort == 443 && len(p.Payload) >= 1200 && p.Payload[0]&0xc0 == 0xc0 && !p.Dst.IsPrivate() && !p.Dst.IsLinkLocalUnicast()
}

// sctp takes a packet of SCTP: its first chunk says what it is.
func (s *Sniffer) sctp(p *capture.Packet) {
	const initiation, cookieEcho = 1, 10
	switch p.Type {
	case initiation:
		s.contact(p, scan.Contact{Type: scan.SCTP, Source: p.Src, Target: p.Dst, Port: p.DstPort})
	case cookieEcho:
		s.scans.Settle(&scan.Contact{Source: p.Src, Target: p.Dst, Port: p.DstPort}, scan.Fruitful, scan.SCTP)
	}
}
