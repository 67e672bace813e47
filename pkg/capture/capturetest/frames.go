// Package capturetest makes packets for tests: what a packet is to be goes in, an
// Ethernet frame, or the Packet it is decoded to, comes out. Checksums are zero.
package capturetest

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

// MACOf is the hardware address that the host with an address has in tests: one
// that was assigned to Dell, with the last bytes of the address.
func MACOf(a netip.Addr) capture.MAC {
	b := a.As16()
	return capture.MAC{0xb8, 0xac, 0x6f, b[13], b[14], b[15]}
}

// Broadcast is the address of everybody.
var Broadcast = capture.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// groupMAC is the hardware address of whom a packet is for.
func groupMAC(a netip.Addr) capture.MAC {
	b := a.As16()
	switch {
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return Broadcast
	case a.Is4() && a.IsMulticast():
		return capture.MAC{0x01, 0x00, 0x5e, b[13] & 0x7f, b[14], b[15]}
	case a.IsMulticast():
		return capture.MAC{0x33, 0x33, b[12], b[13], b[14], b[15]}
	}
	return MACOf(a)
}

// Ethernet is a frame.
func Ethernet(src, dst capture.MAC, etherType uint16, payload []byte) []byte {
	f := slices.Concat(dst[:], src[:])
	return append(binary.BigEndian.AppendUint16(f, etherType), payload...)
}

// IP is a frame with a packet of IP, of the family of its addresses.
func IP(src, dst netip.Addr, protocol uint8, payload []byte) []byte {
	var h []byte
	etherType := uint16(0x0800)
	if src.Is4() {
		h = binary.BigEndian.AppendUint16([]byte{0x45, 0}, uint16(20+len(payload))) //nolint:gosec // tests send small packets
		h = append(h, 0x12, 0x34, 0x40, 0, 64, protocol, 0, 0)
	} else {
		etherType = 0x86dd
		h = binary.BigEndian.AppendUint16([]byte{0x60, 0, 0, 0}, uint16(len(payload))) //nolint:gosec // likewise
		ttl := byte(64)
		if protocol == 58 {
			ttl = 255
		}
		h = append(h, protocol, ttl)
	}
	h = append(append(h, src.AsSlice()...), dst.AsSlice()...)
	return Ethernet(MACOf(src), groupMAC(dst), etherType, append(h, payload...))
}

// LinuxOptions are those of a SYN from Linux: MSS, selective acknowledgements,
// timestamps and window scale.
var LinuxOptions = []byte{2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7}

// RawOptions are those of a SYN that nmap makes: MSS.
var RawOptions = []byte{2, 4, 5, 180}

// Segment is a segment of TCP.
type Segment struct {
	Src, Dst netip.AddrPort
	Flags    capture.Flags
	Seq, Ack uint32
	Options  []byte // a multiple of 4 bytes
	Payload  []byte
}

// Frame is the frame with it.
func (s *Segment) Frame() []byte {
	h := ports(s.Src, s.Dst)
	h = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(h, s.Seq), s.Ack)
	h = append(h, byte(5+len(s.Options)/4)<<4, byte(s.Flags), 0xfa, 0xf0, 0, 0, 0, 0) //nolint:gosec // 40 bytes of options at most
	return IP(s.Src.Addr(), s.Dst.Addr(), 6, append(append(h, s.Options...), s.Payload...))
}

// UDP is a frame with a datagram.
func UDP(src, dst netip.AddrPort, payload []byte) []byte {
	h := binary.BigEndian.AppendUint16(ports(src, dst), uint16(8+len(payload))) //nolint:gosec // tests send small packets
	return IP(src.Addr(), dst.Addr(), 17, append(append(h, 0, 0), payload...))
}

// SCTP is a frame with a packet of one chunk.
func SCTP(src, dst netip.AddrPort, chunk byte) []byte {
	return IP(src.Addr(), dst.Addr(), 132, append(ports(src, dst), 0, 0, 0, 0, 0, 0, 0, 0, chunk, 0, 0, 4))
}

// ICMP is a frame with a message of ICMP or ICMPv6, by the family.
func ICMP(src, dst netip.Addr, kind, code uint8, rest []byte) []byte {
	protocol := uint8(1)
	if src.Is6() {
		protocol = 58
	}
	return IP(src, dst, protocol, append([]byte{kind, code, 0, 0}, rest...))
}

// ARP is a frame with a packet of ARP from the host src.
func ARP(operation uint16, src, dst netip.Addr) []byte {
	from, to := MACOf(src), Broadcast
	var target capture.MAC
	if operation == capture.ARPReply {
		target = MACOf(dst)
		to = target
	}
	b := binary.BigEndian.AppendUint16([]byte{0, 1, 8, 0, 6, 4}, operation)
	b = append(append(append(b, from[:]...), src.AsSlice()...), target[:]...)
	return Ethernet(from, to, 0x0806, append(b, dst.AsSlice()...))
}

// Solicitation is a frame in which src asks for the hardware address of dst.
func Solicitation(src, dst netip.Addr) []byte {
	b, mac := dst.As16(), MACOf(src)
	group := netip.AddrFrom16([16]byte{0xff, 0x02, 11: 1, 12: 0xff, 13: b[13], 14: b[14], 15: b[15]})
	rest := append([]byte{0, 0, 0, 0}, b[:]...)
	return ICMP(src, group, capture.ICMPv6Solicitation, 0, append(append(rest, 1, 1), mac[:]...))
}

func ports(src, dst netip.AddrPort) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, src.Port()), dst.Port())
}

// Decode is the packet that a frame is. It panics if it is none.
func Decode(at time.Time, frame []byte) *capture.Packet {
	p := &capture.Packet{Time: at, Length: len(frame)}
	if err := p.Decode(capture.LinkEthernet, frame); err != nil {
		panic(err)
	}
	return p
}
