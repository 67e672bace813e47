package capture

import (
	"errors"
	"net"
	"net/netip"
	"time"
)

// What is wrong with bytes that are no packet we understand.
var (
	// ErrShort says that a header is cut off.
	ErrShort = errors.New("packet is cut short")
	// ErrMalformed says that a header contradicts itself.
	ErrMalformed = errors.New("packet is malformed")
	// ErrUnknown says that it is neither ARP nor IP, or of a link type we do not know.
	ErrUnknown = errors.New("packet is of no protocol that is looked at")
)

// MAC is a hardware address of Ethernet.
type MAC [6]byte

// String is the address in lower-case hex with colons.
func (m MAC) String() string { return net.HardwareAddr(m[:]).String() }

// Group reports whether it is a broadcast or multicast address.
func (m MAC) Group() bool { return m[0]&1 != 0 }

// Local reports whether it was made up rather than assigned to a maker.
func (m MAC) Local() bool { return m[0]&2 != 0 }

// Kind is what a packet carries.
type Kind uint8

// The kinds of packets.
const (
	Other    Kind = iota // IP with another protocol
	ARP                  // RFC 826, for IPv4 over Ethernet
	TCP                  // RFC 9293
	UDP                  // RFC 768
	ICMP                 // RFC 792
	ICMPv6               // RFC 4443
	SCTP                 // RFC 9260
	Fragment             // a part of a packet of IP, whose transport header is not looked at
)

// Flags of TCP.
type Flags uint8

// The flags, as they are in the header.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

// Operations of ARP.
const (
	ARPRequest = 1
	ARPReply   = 2
)

// Packet is one packet. Its slices are parts of the captured bytes, which the
// source uses again for the next one. Which fields mean something depends on Kind;
// the others are zero.
type Packet struct {
	Time time.Time
	// Length is how long it was on the wire, in bytes; Data may have fewer.
	Length int
	Link   LinkType
	Data   []byte // all of it, from the link's header on

	SrcMAC, DstMAC MAC // zero where the link has none
	VLAN           uint16

	Kind Kind

	// ARP. The addresses of the network are Src (sender) and Dst (target).
	ARPOperation         uint16
	SenderMAC, TargetMAC MAC

	// IP. Version is 4 or 6, and 0 for ARP.
	Version  uint8
	Src, Dst netip.Addr
	IP       []byte // header and content, without what the link pads
	TTL      uint8  // the hop limit of IPv6
	TOS      uint8  // traffic class
	ID       uint16 // identification of IPv4
	DF       bool   // don't fragment
	More     bool   // more fragments follow
	Offset   uint16 // of a fragment, in bytes
	// FragmentID tells of which packet it is a fragment; it is ID for IPv4.
	FragmentID uint32
	Protocol   uint8 // of what follows the IP headers

	// Transport. Header is where its header begins in IP.
	Header           int
	SrcPort, DstPort uint16
	Flags            Flags
	Seq, Ack         uint32
	Window           uint16
	Urgent           uint16
	Options          []byte // of TCP
	Type, Code       uint8  // of ICMP and ICMPv6; of SCTP the type of its first chunk
	Payload          []byte // after the transport's header; for Other and Fragment after the IP headers
	// Truncated says that fewer bytes were captured than the headers announce.
	Truncated bool
}

// Source is who sent it.
func (p *Packet) Source() netip.AddrPort { return netip.AddrPortFrom(p.Src, p.SrcPort) }

// Destination is whom it was sent to.
func (p *Packet) Destination() netip.AddrPort { return netip.AddrPortFrom(p.Dst, p.DstPort) }
