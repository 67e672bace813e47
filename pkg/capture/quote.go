package capture

import (
	"encoding/binary"
	"net/netip"
)

// Types of ICMP and ICMPv6 messages.
const (
	ICMPEchoReply        = 0
	ICMPUnreachable      = 3
	ICMPEcho             = 8
	ICMPTimestamp        = 13
	ICMPTimestampReply   = 14
	ICMPMask             = 17
	ICMPMaskReply        = 18
	ICMPv6Unreachable    = 1
	ICMPv6Echo           = 128
	ICMPv6EchoReply      = 129
	ICMPv6Solicitation   = 135
	ICMPv6Advertisement  = 136
	icmpRest             = 4 // bytes between checksum and quoted packet
	neighbourMessageSize = 20
)

// Quote is the beginning of a packet that somebody could not deliver.
type Quote struct {
	Src, Dst netip.AddrPort
	Protocol uint8
}

// Quoted returns what an ICMP or ICMPv6 "destination unreachable" is about; ok is
// false for any other packet. Extension headers of IPv6 are not passed over.
func (p *Packet) Quoted() (q Quote, ok bool) {
	if (p.Kind != ICMP || p.Type != ICMPUnreachable) && (p.Kind != ICMPv6 || p.Type != ICMPv6Unreachable) || len(p.Payload) < icmpRest+20 {
		return q, false
	}
	b := p.Payload[icmpRest:]
	var src, dst netip.Addr
	switch header := int(b[0]&15) * 4; {
	case b[0]>>4 == 4 && header >= 20 && len(b) >= header+4:
		q.Protocol = b[9]
		src, dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
		b = b[header:]
	case b[0]>>4 == 6 && len(b) >= 44:
		q.Protocol = b[6]
		src, dst = addr6(b[8:]), addr6(b[24:])
		b = b[40:]
	default:
		return q, false
	}
	q.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
	q.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
	return q, true
}

// Neighbour returns the address that a neighbour solicitation asks for or an
// advertisement is about (RFC 4861), and the link-layer address in its option,
// which is zero if there is none; ok is false for any other packet.
func (p *Packet) Neighbour() (target netip.Addr, mac MAC, ok bool) {
	if p.Kind != ICMPv6 || p.Type != ICMPv6Solicitation && p.Type != ICMPv6Advertisement || len(p.Payload) < neighbourMessageSize {
		return target, mac, false
	}
	for o := p.Payload[neighbourMessageSize:]; len(o) >= 8 && o[1] != 0 && len(o) >= int(o[1])*8; o = o[int(o[1])*8:] {
		if o[0] == 1 || o[0] == 2 { // of the source, of the target
			mac = MAC(o[2:])
		}
	}
	return addr6(p.Payload[4:]), mac, true
}
