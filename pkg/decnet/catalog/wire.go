package catalog

// Wire is what a system's packets look like where Linux's look different: its
// handshakes, what it answers to segments that fit no connection, its identifications
// and clocks. The zero value is Linux. What nmap looks at is described in its book
// (https://nmap.org/book/osdetect-methods.html); the names of its tests are given
// where a field decides one.
type Wire struct {
	// Answer are its SYN-ACKs, by the options that both sides have: "WST" is
	// window scale, SACK and timestamps. What is not listed is left to the kernel
	// (OPS, WIN, ECN).
	Answer map[string]Handshake
	// Call is its SYN, if it is not the kernel's.
	Call Handshake
	// SequenceIndex and SequenceRate are nmap's figures for initial sequence numbers
	// (SP and ISR): eight times the binary logarithm of their deviation and of their
	// increase, both per second.
	SequenceIndex, SequenceRate int
	// MSS tells how it arrives at the MSS of an answer.
	MSS MSS
	// Tick is how many milliseconds its clock of timestamps takes for a step (TS).
	// 0 is the kernel's clock, which begins anywhere for every peer; with 1 and
	// more, the clock begins when the machine was started, if the sysctl
	// tcp_timestamps is 2.
	Tick uint16
	// RandomClock has the clock begin anywhere for every connection.
	RandomClock bool

	// Reactions are what it answers to segments that are neither of a connection nor
	// an ordinary SYN; the kernel's own if one is not listed (T2, T3, T7).
	Reactions map[Stray]Reaction
	// ResetSequence has a reset of a SYN repeat the number that the SYN
	// acknowledged, as if it had (T5).
	ResetSequence bool
	// ResetAcknowledges has a reset of an ACK acknowledge some number (T4, T6).
	ResetAcknowledges bool

	// Identifications of IPv4 packets (TI, CI, II).
	TCPID, ResetID, ICMPID, UDPID Identification
	// Whether packets say "do not fragment": segments, resets of what was
	// acknowledged, and resets of what was not.
	Fragment, ResetFragment, RefusalFragment Fragmentation
	// TCPTTL and ResetTTL are times to live unlike the system's usual one, 0 if
	// they are not. A reset that an open port sends has that of TCP.
	TCPTTL uint8

	// Quote is how many bytes of a datagram it quotes when its port is not open; 0 is
	// as many as Linux (U1).
	Quote uint16
	// ChangesUDPSum has that quotation bear QuotedUDPSum as the checksum of UDP.
	ChangesUDPSum bool
	QuotedUDPSum  uint16
	// EchoFragment has an echo reply say "do not fragment" if the request did,
	// EchoCodeZero has it bear the code 0 whatever the request bears (IE).
	EchoFragment, EchoCodeZero bool
	// NoFlowLabel is that IPv6 packets have none.
	NoFlowLabel bool
}

// Handshake is a SYN or SYN-ACK.
type Handshake struct {
	// Options are in nmap's letters, in the order they are in: M is the MSS, N no
	// operation, W window scale, S SACK permitted, T timestamps, L end of list. They
	// take a multiple of 4 bytes, at most 40.
	Options string
	// Window is what is advertised, before it is scaled; 0 is the kernel's own.
	Window uint16
}

// MSS is how a system arrives at the maximum segment size that it tells (RFC 9293,
// section 3.7.1), in bytes.
type MSS struct {
	// OfPeer is that it tells no more than the peer does.
	OfPeer bool
	// Default is what a peer counts as that tells none.
	Default uint16
	// Most is the largest it tells.
	Most uint16
	// Blocks has 512 and more, but less than 1,024, count as 512, except for 536,
	// which is everybody's default.
	Blocks bool
}

// Identification is how a system numbers its IPv4 packets.
type Identification uint8

// The ways, with what nmap calls them.
const (
	KernelID Identification = iota
	ZeroID                  // Z
	CountID                 // I: one after the other, whatever the protocol
	StrideID                // RI: by more than a thousand at a time
	RandomID                // RD
)

// Fragmentation is what becomes of the bit "do not fragment".
type Fragmentation uint8

// The ways.
const (
	KernelFragment Fragmentation = iota
	MayFragment
	DoNotFragment
)

// Stray is a segment that fits no connection: without ACK and RST, and not simply a
// SYN.
type Stray uint8

// The strays, with the probe of nmap's that sends them. Null ones have no FIN,
// Christmas trees have FIN with PSH or URG.
const (
	NullToOpen     Stray = iota // T2
	NullToClosed                //
	FinToOpen                   // -sF
	FinToClosed                 //
	XmasToOpen                  // -sX
	XmasToClosed                // T7
	SynFinToOpen                // T3
	SynFinToClosed              //
	Strays                      // how many there are
)

// Reaction is what is done about a stray.
type Reaction struct {
	What ReactionKind
	// RepeatAck has a reset bear the number that the stray acknowledged, otherwise
	// it bears 0. Ack is what it acknowledges.
	RepeatAck bool
	Ack       Acknowledgment
}

// ReactionKind is what a Reaction does.
type ReactionKind uint8

// The kinds.
const (
	KernelReaction ReactionKind = iota
	Ignore
	TakeAsSYN
	Reset
)

// Acknowledgment is what a reset acknowledges.
type Acknowledgment uint8

// The ways, with nmap's letters for them.
const (
	AckNothing Acknowledgment = iota // Z
	AckRepeat                        // S: the stray's own number
	AckNext                          // S+: the number after it
	AckOther                         // O
)
