package scan

import (
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

// Type is how a source scans.
type Type uint8

// The types of scans.
const (
	SYN       Type = iota // or Connect, which is told apart when it is reported
	FIN                   // FIN alone
	Null                  // no flag at all
	Xmas                  // FIN, PSH and URG
	ACK                   // ACK alone
	Maimon                // FIN and ACK
	UDP                   // datagrams
	SCTP                  // INIT
	Echo                  // ICMP or ICMPv6 echo
	Timestamp             // ICMP timestamp
	Mask                  // ICMP address mask
	ARP                   // ARP requests
	ND                    // neighbour solicitations
	types
	// Connect is a SYN scan whose handshakes are completed. Contacts are never of it.
	Connect
)

var names = [...]string{
	SYN: "syn", FIN: "fin", Null: "null", Xmas: "xmas", ACK: "ack", Maimon: "maimon", UDP: "udp", SCTP: "sctp",
	Echo: "ping", Timestamp: "ping_timestamp", Mask: "ping_mask", ARP: "arp", ND: "nd", Connect: "connect",
}

// String is the name of the type.
func (t Type) String() string { return names[t] }

// sweep reports whether it looks for addresses and not for ports.
func (t Type) sweep() bool { return t >= Echo && t < types }

// Stray is the type of scan that a segment which belongs to no connection may be
// of; ok is false if it may be of none.
func Stray(f capture.Flags) (t Type, ok bool) {
	switch f &^ (capture.ECE | capture.CWR) {
	case 0:
		return Null, true
	case capture.FIN:
		return FIN, true
	case capture.FIN | capture.PSH | capture.URG:
		return Xmas, true
	case capture.ACK:
		return ACK, true
	case capture.FIN | capture.ACK:
		return Maimon, true
	default:
		return 0, false
	}
}

// Contact is one attempt.
type Contact struct {
	Type   Type
	Time   time.Time
	Source netip.Addr // unspecified if it has none yet; then MAC tells it from others
	MAC    capture.MAC
	Target netip.Addr
	Port   uint16 // 0 for sweeps
	// Kernel says that a SYN has the options that an operating system gives it, and
	// those who make up packets do not.
	Kernel bool
}

// Outcome is what became of a contact.
type Outcome uint8

// The outcomes.
const (
	Unknown  Outcome = iota // nothing yet
	Refused                 // RST or ICMP unreachable came back
	Taken                   // the source took it back when it was answered
	Complete                // the handshake is complete, and nothing else happened yet
	Barren                  // a complete connection was closed at once, without a byte from the source
	Fruitful                // it was what honest machines do
)

// Shape is how the targets of a scan lie.
type Shape string

// The shapes.
const (
	Vertical   Shape = "vertical"   // ports of an address
	Horizontal Shape = "horizontal" // addresses, by one port or none
	Block      Shape = "block"      // ports of addresses
)

// Report is about one scan.
type Report struct {
	Type   Type
	Shape  Shape
	Ended  bool // false for the first report, true for the last
	Source netip.Addr
	MAC    capture.MAC
	// Begin and Last are when the first and the last contact were.
	Begin, Last time.Time
	Contacts    uint64 // different ones, but for those of long ago
	Addresses   int    // different ones; an estimate if they are of more than one /16 (IPv6: /112)
	First, Max  netip.Addr
	PortCount   int
	Ports       string // "22,80,100-200"; what does not fit ends in "…"
}

// shortest is how long a scan takes at least, for its rate.
const shortest = 100 * time.Millisecond

// Rate is how many contacts a second it had.
func (r *Report) Rate() float64 {
	return float64(r.Contacts) / max(r.Last.Sub(r.Begin).Seconds(), shortest.Seconds())
}
