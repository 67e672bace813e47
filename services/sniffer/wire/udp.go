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
		s.contact(p, scan.Contact{Type: scan.UDP, Source: p.Src, Target: p.Dst, Port: p.DstPort})
	case responds:
		s.scans.Settle(&scan.Contact{Source: p.Dst, Target: p.Src, Port: p.SrcPort}, scan.Fruitful, scan.UDP)
	case again:
	}
	if s.matters(p.Dst) {
		s.datagram(p)
	}
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
