package stack

import (
	"fmt"
	"math"
	"strings"

	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// The types in this file are those of bpf/stack.h, field by field.

const (
	combinations = 8
	maxOptions   = 40
	none         = 0xff
	reactions    = int(catalog.Strays)
)

type layout struct {
	Len                    uint8
	MSS, Wscale, Timestamp uint8
	Window                 uint16
	_                      uint16
	Bytes                  [maxOptions]byte
}

type reaction struct {
	What, Seq, Ack, _ uint8
}

type wire struct {
	Answer    [combinations]layout
	Call      layout
	Reactions [reactions]reaction

	ISNStep, ISNSpread uint32

	MSSDefault, MSSMost       uint16
	ClockDivisor              uint16
	QuoteLen, QuoteUDPSum     uint16
	Flags                     uint8
	ResetSeq, ResetAck        uint8
	IDTCP, IDReset, IDICMP    uint8
	IDUDP                     uint8
	DFTCP, DFReset, DFRefusal uint8
	TTL, TTLTCP, MSSRound     uint8
	_                         [5]uint8
}

// The flags of wire.
const (
	mssOfPeer = 1 << iota
	echoDF
	echoCodeZero
	quoteUDPSum
	quoteIPSumZero
	randomClock
	flowLabelZero
)

// What acknowledgments of resets are called there.
var acknowledgments = map[catalog.Acknowledgment]uint8{catalog.AckNothing: 1, catalog.AckRepeat: 2, catalog.AckNext: 3, catalog.AckOther: 4}

// decky is one decky.
type decky struct {
	Secret uint64
	Clock  int64
	Stack  uint32
	ISN    uint32
	Turn   uint32
	ID     uint32
}

// encode is what the program is told of a stack.
func encode(s *catalog.Stack) (*wire, error) {
	w := &s.Wire
	ttl, err := number(s.Sysctls["ip_default_ttl"])
	if err != nil {
		return nil, fmt.Errorf("stack %s: ip_default_ttl: %w", s.Slug, err)
	}
	out := &wire{
		MSSDefault: w.MSS.Default, MSSMost: w.MSS.Most, ClockDivisor: w.Tick, QuoteLen: w.Quote, QuoteUDPSum: w.QuotedUDPSum,
		IDTCP: uint8(w.TCPID), IDReset: uint8(w.ResetID), IDICMP: uint8(w.ICMPID), IDUDP: uint8(w.UDPID),
		DFTCP: uint8(w.Fragment), DFReset: uint8(w.ResetFragment), DFRefusal: uint8(w.RefusalFragment),
		TTL: ttl, TTLTCP: w.TCPTTL,
	}
	out.ISNStep, out.ISNSpread = sequence(w.SequenceIndex, w.SequenceRate)
	for i := range out.Answer {
		h, ok := w.Answer[combination(i)]
		if !ok {
			h = catalog.Handshake{}
		}
		if out.Answer[i], err = arrange(h); err != nil {
			return nil, fmt.Errorf("stack %s: answer with %q: %w", s.Slug, combination(i), err)
		}
	}
	if out.Call, err = arrange(w.Call); err != nil {
		return nil, fmt.Errorf("stack %s: call: %w", s.Slug, err)
	}
	for stray, r := range w.Reactions {
		out.Reactions[stray] = reaction{What: uint8(r.What), Ack: acknowledgments[r.Ack]}
		if r.RepeatAck {
			out.Reactions[stray].Seq = 1
		}
	}
	if w.ResetSequence {
		out.ResetSeq = 1
	}
	if w.ResetAcknowledges {
		out.ResetAck = acknowledgments[catalog.AckOther]
	}
	if w.MSS.Blocks {
		out.MSSRound = 1
	}
	for flag, is := range map[uint8]bool{
		mssOfPeer: w.MSS.OfPeer, echoDF: w.EchoFragment, echoCodeZero: w.EchoCodeZero, quoteUDPSum: w.ChangesUDPSum,
		randomClock: w.RandomClock, flowLabelZero: w.NoFlowLabel,
	} {
		if is {
			out.Flags |= flag
		}
	}
	return out, nil
}

func number(s string) (uint8, error) {
	var n uint8
	_, err := fmt.Sscan(s, &n)
	return n, err
}

// combination is the name that the catalogue has for an index of wire.Answer.
func combination(i int) string {
	var name string
	for bit, letter := range []string{"W", "S", "T"} {
		if i&(1<<bit) != 0 {
			name += letter
		}
	}
	return name
}

// sequence are the step from one initial sequence number to the next and how much
// it differs, for nmap's SP and ISR. It takes six at intervals of a tenth of a
// second. Their differences are modulo 2^32, and the shorter way round: so that no
// step may be more than 2^31.
func sequence(index, rate int) (step, spread uint32) {
	if index == 0 || rate == 0 {
		return 0, 0
	}
	const interval = 0.1
	mean := math.Exp2(float64(rate)/8) * interval
	deviation := math.Exp2(float64(index)/8) * interval
	return uint32(mean), uint32(deviation)
}

// arrange is a handshake as the program copies it.
func arrange(h catalog.Handshake) (layout, error) {
	l := layout{Len: none, MSS: none, Wscale: none, Timestamp: none, Window: h.Window}
	if h.Options == "" {
		return l, nil
	}
	var b []byte
	for _, letter := range h.Options {
		switch letter {
		case 'M':
			l.MSS = position(len(b) + 2)
			b = append(b, 2, 4, 0, 0)
		case 'N':
			b = append(b, 1)
		case 'W':
			l.Wscale = position(len(b) + 2)
			b = append(b, 3, 3, 0)
		case 'S':
			b = append(b, 4, 2)
		case 'T':
			l.Timestamp = position(len(b) + 2)
			b = append(b, append([]byte{8, 10}, make([]byte, 8)...)...)
		case 'L':
			b = append(b, 0)
		default:
			return l, fmt.Errorf("%q is no option: want the letters %s", letter, strings.Join(strings.Split("MNWSTL", ""), ", "))
		}
	}
	if len(b)%4 != 0 || len(b) > maxOptions {
		return l, fmt.Errorf("options %s take %d bytes: want a multiple of 4, at most %d", h.Options, len(b), maxOptions)
	}
	l.Len = position(len(b))
	copy(l.Bytes[:], b)
	return l, nil
}

// position is an offset into options.
func position(n int) uint8 {
	return uint8(n) //nolint:gosec // whoever calls refuses options of more than 40 bytes
}
