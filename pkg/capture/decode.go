package capture

import (
	"encoding/binary"
	"net/netip"
)

// LinkType is the kind of a link's headers, with the numbers of pcap.
type LinkType uint32

// The link types that are decoded.
const (
	LinkNull     LinkType = 0 // BSD loopback: the address family in the capturing host's byte order
	LinkEthernet LinkType = 1
	LinkRaw      LinkType = 101 // an IP packet
	LinkLoop     LinkType = 108 // OpenBSD loopback: the address family in network byte order
	LinkSLL      LinkType = 113 // Linux "any", version 1
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276 // Linux "any", version 2
)

// Known reports whether packets of the link type are decoded.
func (l LinkType) Known() bool {
	switch l {
	case LinkNull, LinkEthernet, LinkRaw, LinkLoop, LinkSLL, LinkIPv4, LinkIPv6, LinkSLL2:
		return true
	}
	return false
}

// Types of Ethernet.
const (
	etherIPv4 = 0x0800
	etherARP  = 0x0806
	etherVLAN = 0x8100
	etherQinQ = 0x88a8
	etherIPv6 = 0x86dd
)

// maxTags is how many VLAN tags a frame may have.
const maxTags = 2

// Decode makes p the packet that data is, whose time and length the caller has
// set or sets. It keeps data. After an error of a transport header the fields of
// IP are set.
func (p *Packet) Decode(link LinkType, data []byte) error {
	*p = Packet{Time: p.Time, Length: p.Length, VLAN: p.VLAN, Link: link, Data: data}
	switch link {
	case LinkEthernet:
		return p.ethernet(data)
	case LinkRaw, LinkIPv4, LinkIPv6:
		return p.ip(data)
	case LinkNull, LinkLoop:
		if len(data) < 4 {
			return ErrShort
		}
		return p.ip(data[4:])
	case LinkSLL:
		if len(data) < 16 {
			return ErrShort
		}
		if binary.BigEndian.Uint16(data[4:]) == 6 {
			p.SrcMAC = MAC(data[6:])
		}
		return p.network(binary.BigEndian.Uint16(data[14:]), data[16:])
	case LinkSLL2:
		if len(data) < 20 {
			return ErrShort
		}
		if data[11] == 6 {
			p.SrcMAC = MAC(data[12:])
		}
		return p.network(binary.BigEndian.Uint16(data), data[20:])
	}
	return ErrUnknown
}

func (p *Packet) ethernet(b []byte) error {
	if len(b) < 14 {
		return ErrShort
	}
	p.DstMAC, p.SrcMAC = MAC(b), MAC(b[6:])
	return p.network(binary.BigEndian.Uint16(b[12:]), b[14:])
}

// network decodes what follows a link's header.
func (p *Packet) network(etherType uint16, b []byte) error {
	for range maxTags {
		if etherType != etherVLAN && etherType != etherQinQ {
			break
		}
		if len(b) < 4 {
			return ErrShort
		}
		p.VLAN = binary.BigEndian.Uint16(b) & 0xfff
		etherType, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	switch etherType {
	case etherIPv4, etherIPv6:
		return p.ip(b)
	case etherARP:
		return p.arp(b)
	}
	return ErrUnknown
}

func (p *Packet) arp(b []byte) error {
	if len(b) < 28 {
		return ErrShort
	}
	// Ethernet, IPv4 and the lengths of their addresses.
	if [6]byte(b) != [6]byte{0, 1, 8, 0, 6, 4} {
		return ErrUnknown
	}
	p.Kind = ARP
	p.ARPOperation = binary.BigEndian.Uint16(b[6:])
	p.SenderMAC, p.TargetMAC = MAC(b[8:]), MAC(b[18:])
	p.Src, p.Dst = netip.AddrFrom4([4]byte(b[14:])), netip.AddrFrom4([4]byte(b[24:]))
	return nil
}
