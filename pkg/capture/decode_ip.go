package capture

import (
	"encoding/binary"
	"net/netip"
)

// Protocols of IP, by IANA's numbers.
const (
	protoHopByHop    = 0
	protoICMP        = 1
	protoTCP         = 6
	protoUDP         = 17
	protoRouting     = 43
	protoFragment    = 44
	protoAH          = 51
	protoICMPv6      = 58
	protoDestination = 60
	protoSCTP        = 132
)

// maxExtensions is how many extension headers of IPv6 are passed over. More than
// a few occur in attacks on whoever parses them only.
const maxExtensions = 8

func (p *Packet) ip(b []byte) error {
	if len(b) == 0 {
		return ErrShort
	}
	switch b[0] >> 4 {
	case 4:
		return p.ipv4(b)
	case 6:
		return p.ipv6(b)
	}
	return ErrMalformed
}

func (p *Packet) ipv4(b []byte) error {
	if len(b) < 20 {
		return ErrShort
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 {
		total = len(b) // left to the network card (segmentation offload)
	}
	if header < 20 || total < header {
		return ErrMalformed
	}
	if total > len(b) {
		p.Truncated, total = true, len(b)
	}
	if header > total {
		return ErrShort
	}
	b = b[:total]
	fragment := binary.BigEndian.Uint16(b[6:])
	p.Version, p.IP, p.Header = 4, b, header
	p.TOS, p.ID, p.TTL, p.Protocol = b[1], binary.BigEndian.Uint16(b[4:]), b[8], b[9]
	p.DF, p.More, p.Offset = fragment&0x4000 != 0, fragment&0x2000 != 0, fragment&0x1fff*8
	p.FragmentID = uint32(p.ID)
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	return p.transport()
}

func (p *Packet) ipv6(b []byte) error {
	if len(b) < 40 {
		return ErrShort
	}
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 {
		total = len(b) // a jumbogram, or left to the network card
	}
	if total > len(b) {
		p.Truncated, total = true, len(b)
	}
	b = b[:total]
	p.Version, p.IP = 6, b
	p.TOS, p.TTL = b[0]<<4|b[1]>>4, b[7]
	p.Src, p.Dst = addr6(b[8:]), addr6(b[24:])
	next, at := b[6], 40
	for range maxExtensions {
		size := 0
		switch next {
		case protoHopByHop, protoRouting, protoDestination:
			if len(b) < at+8 {
				return ErrShort
			}
			size = 8 + int(b[at+1])*8
		case protoAH:
			if len(b) < at+8 {
				return ErrShort
			}
			size = 8 + int(b[at+1])*4
		case protoFragment:
			if len(b) < at+8 {
				return ErrShort
			}
			fragment := binary.BigEndian.Uint16(b[at+2:])
			p.More, p.Offset, size = fragment&1 != 0, fragment&^7, 8
			p.FragmentID = binary.BigEndian.Uint32(b[at+4:])
		default:
			p.Protocol, p.Header = next, at
			return p.transport()
		}
		if len(b) < at+size {
			return ErrShort
		}
		next, at = b[at], at+size
		if p.Offset > 0 || p.More {
			p.Protocol, p.Header = next, at
			return p.transport()
		}
	}
	return ErrMalformed
}

// addr6 is the address of IPv6 that b begins with. One that maps an address of
// IPv4 has no business on a wire; it stays what it is.
func addr6(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b)) }

// transport decodes what p.Header points to.
func (p *Packet) transport() error {
	b := p.IP[p.Header:]
	p.Payload = b
	if p.Offset > 0 || p.More {
		p.Kind = Fragment
		return nil
	}
	switch p.Protocol {
	case protoTCP:
		return p.tcp(b)
	case protoUDP:
		return p.udp(b)
	case protoICMP, protoICMPv6:
		if p.Protocol == protoICMP != (p.Version == 4) {
			return nil
		}
		if len(b) < 4 {
			return ErrShort
		}
		p.Kind = ICMP
		if p.Version == 6 {
			p.Kind = ICMPv6
		}
		p.Type, p.Code, p.Payload = b[0], b[1], b[4:]
	case protoSCTP:
		if len(b) < 12 {
			return ErrShort
		}
		p.Kind, p.Payload = SCTP, b[12:]
		p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		if len(b) > 12 {
			p.Type = b[12]
		}
	}
	return nil
}

func (p *Packet) tcp(b []byte) error {
	if len(b) < 20 {
		return ErrShort
	}
	header := int(b[12]>>4) * 4
	if header < 20 {
		return ErrMalformed
	}
	if header > len(b) {
		return ErrShort
	}
	p.Kind = TCP
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Seq, p.Ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	p.Flags, p.Window, p.Urgent = Flags(b[13]), binary.BigEndian.Uint16(b[14:]), binary.BigEndian.Uint16(b[18:])
	p.Options, p.Payload = b[20:header], b[header:]
	return nil
}

func (p *Packet) udp(b []byte) error {
	if len(b) < 8 {
		return ErrShort
	}
	size := int(binary.BigEndian.Uint16(b[4:]))
	if size == 0 || size > len(b) {
		size = len(b) // a jumbogram or cut
	}
	if size < 8 {
		return ErrMalformed
	}
	p.Kind = UDP
	p.SrcPort, p.DstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Payload = b[8:size]
	return nil
}
