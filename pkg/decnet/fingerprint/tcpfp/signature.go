// Package tcpfp fingerprints TCP/IP stacks by the packets that open a connection.
//
// In comes a SYN or a SYN-ACK from its IP header on. Out comes its Signature, written in the
// notation of p0f 3 (https://lcamtuf.coredump.cx/p0f3/, section 5 of its README), and whose it is
// according to a table of our own (signatures.go): systems and scanners. The headers are those of
// RFC 791, RFC 8200 and RFC 9293, the options those of RFC 9293, RFC 7323 and RFC 2018.
//
// What a packet says is as good as its sender's word: anybody with a raw socket can send what
// another system sends.
package tcpfp

import (
	"strconv"
	"strings"
)

// maxOptions bounds how many TCP options of a packet are looked at; p0f stops there too.
const maxOptions = 24

// A Signature is what of a packet depends on who made it, not on whom it is for. Nothing in it
// refers to the packet.
type Signature struct {
	IP      uint8  // the version, 4 or 6
	TTL     uint8  // as it arrived, or the hop limit
	OptLen  uint16 // bytes of IPv4 options or IPv6 extension headers
	MSS     uint16 // 0 if there is none
	Window  uint16
	Scale   uint8 // of the window; 0 if there is none
	Quirks  Quirks
	Payload bool
	SYNACK  bool
	// Marks are what scanners put into numbers of the packet that a stack would draw at random.
	Marks Marks

	layout  layout
	stamped bool   // it has a timestamp that is not zero
	header  uint16 // bytes of IP and TCP headers
}

// A layout is the kinds of TCP options in order. Signatures are looked up by it.
type layout struct {
	kinds   [maxOptions]uint8
	count   uint8
	padding uint8 // bytes behind an end of options
}

// Quirks are properties that tell stacks apart, under p0f's names.
type Quirks uint32

// The quirks in the order in which they are written.
const (
	DF          Quirks = 1 << iota // df: don't fragment
	NonzeroID                      // id+: though DF is set
	ZeroID                         // id-: though DF is not set
	ECN                            // ecn: congestion notification
	MustBeZero                     // 0+: the reserved bit of IPv4 is set
	Flow                           // flow: an IPv6 flow label
	ZeroSeq                        // seq-: the sequence number is zero
	NonzeroAck                     // ack+: an acknowledgement number without the flag
	ZeroAck                        // ack-: the flag without a number
	NonzeroURG                     // uptr+: an urgent pointer without the flag
	URG                            // urgf+: the urgent flag
	PUSH                           // pushf+: the push flag
	ZeroTS                         // ts1-: the own timestamp is zero
	NonzeroPeer                    // ts2+: a SYN with a timestamp of the peer
	NonzeroEOL                     // opt+: bytes other than zero behind the end of options
	LargeScale                     // exws: a window scale above 14
	BadOptions                     // bad: options that cannot be read
)

var quirkNames = [...]string{
	"df", "id+", "id-", "ecn", "0+", "flow", "seq-", "ack+", "ack-", "uptr+", "urgf+", "pushf+", "ts1-", "ts2+", "opt+", "exws", "bad",
}

// Marks are habits of programs that write their packets themselves.
type Marks uint8

// The marks.
const (
	// MarkMirai is a sequence number that is the address of the destination, as Mirai and its
	// descendants send it.
	MarkMirai Marks = 1 << iota
	// MarkMasscan is an IP id that is the destination's address and port and the sequence number,
	// folded by XOR.
	MarkMasscan
	// MarkZMap is ZMap's IP id, 54321.
	MarkZMap
)

// String is the signature as p0f prints it (raw_sig), such as
// "4:57+7:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0".
func (s *Signature) String() string {
	ttl := strconv.Itoa(int(s.TTL)) + "+"
	if d := guessDistance(s.TTL); d <= maxDistance {
		ttl += strconv.Itoa(d)
	} else {
		ttl += "?"
	}
	return s.text(ttl, strconv.Itoa(int(s.MSS)))
}

// Normal is the signature without what the way of a packet changes: the initial TTL stands for
// the one that arrived, and an MSS that has to do with links is "*". Packets of one stack have one
// normal signature, wherever they come from.
func (s *Signature) Normal() string {
	mss := strconv.Itoa(int(s.MSS))
	if s.MSS >= 1200 && s.MSS <= 1500 {
		mss = "*"
	}
	return s.text(strconv.Itoa(initialTTL(s.TTL)), mss)
}

func (s *Signature) text(ttl, mss string) string {
	var b strings.Builder
	b.Grow(96)
	b.WriteString(strconv.Itoa(int(s.IP)) + ":" + ttl + ":" + strconv.Itoa(int(s.OptLen)) + ":" + mss + ":")
	switch n, mtu := s.multiple(); {
	case n > 0 && mtu:
		b.WriteString("mtu*" + strconv.Itoa(n))
	case n > 0:
		b.WriteString("mss*" + strconv.Itoa(n))
	default:
		b.WriteString(strconv.Itoa(int(s.Window)))
	}
	b.WriteString("," + strconv.Itoa(int(s.Scale)) + ":" + s.Layout() + ":" + s.Quirks.String())
	if s.Payload {
		b.WriteString(":+")
	} else {
		b.WriteString(":0")
	}
	return b.String()
}

// Layout is the kinds of the TCP options in order, such as "mss,sok,ts,nop,ws".
func (s *Signature) Layout() string { return s.layout.String() }

func (l *layout) String() string {
	var b strings.Builder
	for i, kind := range l.kinds[:l.count] {
		if i > 0 {
			b.WriteByte(',')
		}
		switch name := optionNames[min(kind, optOther)]; {
		case kind == optEnd:
			b.WriteString(name + "+" + strconv.Itoa(int(l.padding)))
		case name != "":
			b.WriteString(name)
		default:
			b.WriteString("?" + strconv.Itoa(int(kind)))
		}
	}
	return b.String()
}

// String is the names of the quirks with commas between them.
func (q Quirks) String() string {
	var b strings.Builder
	for i, name := range quirkNames {
		if q&(1<<i) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(name)
	}
	return b.String()
}

// maxDistance is how many hops away a sender is at most for its initial TTL to be guessed.
const maxDistance = 35

// initialTTL is the value that a packet most likely began with.
func initialTTL(ttl uint8) int {
	for _, initial := range []int{32, 64, 128} {
		if int(ttl) <= initial {
			return initial
		}
	}
	return 255
}

// guessDistance is how many hops a packet has most likely come.
func guessDistance(ttl uint8) int { return initialTTL(ttl) - int(ttl) }
