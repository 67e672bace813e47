package wire

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/lan"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// arp takes a packet of ARP.
func (s *Sniffer) arp(p *capture.Packet) {
	s.lan.Learn(p.SenderMAC, p.Src, p.Time)
	if p.ARPOperation == capture.ARPRequest && p.Src != p.Dst {
		s.looksFor(p, scan.Contact{Type: scan.ARP, Source: p.Src, Target: p.Dst})
	}
}

// looksFor takes a question for an address of the LAN.
func (s *Sniffer) looksFor(p *capture.Packet, c scan.Contact) {
	s.contact(p, c)
	if s.lan.Find(c.Target) != nil {
		c.MAC = p.SrcMAC
		s.scans.Settle(&c, scan.Fruitful, c.Type)
	}
}

// icmp takes a packet of ICMP or ICMPv6.
func (s *Sniffer) icmp(p *capture.Packet) {
	if target, mac, ok := p.Neighbour(); ok {
		s.neighbour(p, target, mac)
		return
	}
	if q, ok := p.Quoted(); ok {
		c := &scan.Contact{Source: q.Src.Addr(), Target: q.Dst.Addr(), Port: q.Dst.Port()}
		switch q.Protocol {
		case 6:
			s.scans.Settle(c, scan.Refused, refusable...)
		case 17:
			s.scans.Settle(c, scan.Refused, scan.UDP)
		case 132:
			s.scans.Settle(c, scan.Refused, scan.SCTP)
		}
		return
	}
	kind, reply := scan.Echo, false
	switch {
	case p.Kind == capture.ICMP && p.Type == capture.ICMPEcho, p.Kind == capture.ICMPv6 && p.Type == capture.ICMPv6Echo:
	case p.Kind == capture.ICMP && p.Type == capture.ICMPEchoReply, p.Kind == capture.ICMPv6 && p.Type == capture.ICMPv6EchoReply:
		reply = true
	case p.Kind == capture.ICMP && (p.Type == capture.ICMPTimestamp || p.Type == capture.ICMPTimestampReply):
		kind, reply = scan.Timestamp, p.Type == capture.ICMPTimestampReply
	case p.Kind == capture.ICMP && (p.Type == capture.ICMPMask || p.Type == capture.ICMPMaskReply):
		kind, reply = scan.Mask, p.Type == capture.ICMPMaskReply
	default:
		return
	}
	if reply {
		s.scans.Settle(&scan.Contact{Source: p.Dst, Target: p.Src}, scan.Fruitful, kind)
		return
	}
	if !p.DstMAC.Group() && !p.Dst.IsMulticast() {
		s.contact(p, scan.Contact{Type: kind, Source: p.Src, Target: p.Dst})
	}
}

// neighbour takes a packet of neighbour discovery. Only what comes from this LAN
// has the largest hop limit (RFC 4861, 11.2).
func (s *Sniffer) neighbour(p *capture.Packet, target netip.Addr, mac capture.MAC) {
	const fromHere = 255
	if p.TTL != fromHere {
		return
	}
	if mac == (capture.MAC{}) {
		mac = p.SrcMAC
	}
	if p.Type == capture.ICMPv6Advertisement {
		s.lan.Learn(mac, target, p.Time)
		return
	}
	s.lan.Learn(mac, p.Src, p.Time)
	// An address that a host wants for itself, or whom it knows and sees again.
	if !p.Src.IsUnspecified() && p.Dst.IsMulticast() {
		s.looksFor(p, scan.Contact{Type: scan.ND, Source: p.Src, Target: target})
	}
}

// isName reports whether a port is one of those with which hosts of a LAN find each
// other by name.
func isName(port uint16) bool {
	return port == lan.PortMDNS || port == lan.PortLLMNR || port == lan.PortNBNS
}
