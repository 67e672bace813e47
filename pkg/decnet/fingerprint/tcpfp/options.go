package tcpfp

import "encoding/binary"

// The kinds of options that have a name in signatures.
const (
	optEnd    = 0
	optNop    = 1
	optMSS    = 2
	optScale  = 3
	optSACKOK = 4
	optSACK   = 5
	optStamp  = 8
	optOther  = 9 // and above
)

var optionNames = [optOther + 1]string{optEnd: "eol", optNop: "nop", optMSS: "mss", optScale: "ws", optSACKOK: "sok", optSACK: "sack", optStamp: "ts"}

// sizes are the lengths of options that have one length only.
var sizes = [optOther]uint8{optMSS: 4, optScale: 3, optSACKOK: 2, optStamp: 10}

// readOptions takes what the options b of a TCP header say.
func (s *Signature) readOptions(b []byte) {
	l := &s.layout
	for len(b) > 0 && l.count < maxOptions {
		kind := b[0]
		l.kinds[l.count] = kind
		l.count++
		switch kind {
		case optEnd:
			l.padding = uint8(len(b) - 1) //nolint:gosec // at most 40 bytes
			for _, c := range b[1:] {
				if c != 0 {
					s.Quirks |= NonzeroEOL
				}
			}
			b = nil
			continue
		case optNop:
			b = b[1:]
			continue
		}
		n := s.readOption(kind, b)
		if n == 0 {
			break
		}
		b = b[n:]
	}
	if len(b) > 0 {
		s.Quirks |= BadOptions
	}
}

// readOption reads the option that b begins with and returns its length, 0 if reading ends there.
// An option of a known kind is as long as it should be, whatever it says, as p0f has it.
func (s *Signature) readOption(kind uint8, b []byte) int {
	if len(b) < 2 {
		return 0
	}
	says := int(b[1])
	size := 0
	if kind < optOther {
		size = int(sizes[kind])
	}
	switch {
	case size > 0:
		if len(b) < size {
			return 0
		}
		if says != size {
			s.Quirks |= BadOptions
		}
	case kind == optSACK && (says < 10 || says > 34), says < 2, says > 40, says > len(b):
		return 0
	default:
		return says
	}
	switch kind {
	case optMSS:
		s.MSS = binary.BigEndian.Uint16(b[2:])
	case optScale:
		s.Scale = b[2]
		if s.Scale > 14 {
			s.Quirks |= LargeScale
		}
	case optStamp:
		s.stamped = binary.BigEndian.Uint32(b[2:]) != 0
		if !s.stamped {
			s.Quirks |= ZeroTS
		}
		if !s.SYNACK && binary.BigEndian.Uint32(b[6:]) != 0 {
			s.Quirks |= NonzeroPeer
		}
	}
	return size
}
