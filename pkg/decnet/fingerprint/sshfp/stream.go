package sshfp

import (
	"bytes"
	"encoding/binary"
)

// State is how far a Stream is.
type State int

// The states of a Stream. The last two are final.
const (
	WantsLine    State = iota // the identification has not ended
	WantsKexInit              // the identification is there
	Done                      // so is what follows, as far as it can be read
	NotSSH                    // the bytes are of some other protocol
)

// Bounds of a Stream.
const (
	maxLines   = 32 // before a server's identification
	maxSkipped = 8  // packets before the KEXINIT
)

// A Stream reads one direction of a connection from its first byte on. It keeps at most a line and
// a packet. The zero value reads a client; a server may send other lines before its
// identification (RFC 4253 section 4.2).
type Stream struct {
	// Server says that it is the server's direction.
	Server bool

	state   State
	line    string
	id      Identification
	kexInit *KexInit
	buf     []byte
	lines   int
	skipped int
}

// State returns how far the stream is.
func (s *Stream) State() State { return s.state }

// Line returns the identification line without its end; "" before it is there.
func (s *Stream) Line() string { return s.line }

// Identification returns the parts of the line.
func (s *Stream) Identification() Identification { return s.id }

// KexInit returns the offer; nil before it is there, and for ever if what came is not one.
func (s *Stream) KexInit() *KexInit { return s.kexInit }

// Add reads what came next. It says as early as can be that the bytes are not of SSH, and keeps
// nothing of b.
func (s *Stream) Add(b []byte) State {
	for len(b) > 0 && s.state < Done {
		if s.state == WantsLine {
			b = s.addLine(b)
		} else {
			b = s.addPacket(b)
		}
	}
	return s.state
}

// addLine takes the rest of a line and returns what is behind it.
func (s *Stream) addLine(b []byte) []byte {
	end := bytes.IndexByte(b, '\n')
	piece, rest := b, []byte(nil)
	if end >= 0 {
		piece, rest = b[:end+1], b[end+1:]
	}
	if len(s.buf)+len(piece) > MaxLine+2 {
		s.finish(NotSSH)
		return nil
	}
	s.buf = append(s.buf, piece...)
	switch ours := startsAs(s.buf, "SSH-"); {
	case !ours && !s.Server, !ours && !isText(piece):
		s.finish(NotSSH)
		return nil
	case end < 0:
		return nil
	case !ours:
		s.buf = s.buf[:0]
		if s.lines++; s.lines > maxLines {
			s.finish(NotSSH)
		}
		return rest
	}
	id, err := ParseIdentification(string(s.buf))
	if err != nil {
		s.finish(NotSSH)
		return nil
	}
	s.id, s.line = id, string(bytes.TrimRight(s.buf, "\r\n"))
	s.buf = s.buf[:0]
	s.state = WantsKexInit
	if !id.Version2() {
		s.finish(Done)
	}
	return rest
}

// addPacket takes the rest of a packet (RFC 4253 section 6) and returns what is behind it.
func (s *Stream) addPacket(b []byte) []byte {
	if b = s.fill(b, 5); len(s.buf) < 5 {
		return b
	}
	length, padding := binary.BigEndian.Uint32(s.buf), int(s.buf[4])
	if length > MaxPayload || int(length) < padding+2 {
		s.finish(Done)
		return nil
	}
	whole := 4 + int(length)
	if b = s.fill(b, whole); len(s.buf) < whole {
		return b
	}
	payload := s.buf[5 : whole-padding]
	switch payload[0] {
	case msgKexInit:
		s.kexInit, _ = ParseKexInit(payload) // nil, as KexInit says
		s.finish(Done)
	case 2, 4: // SSH_MSG_IGNORE and SSH_MSG_DEBUG may come first
		if s.skipped++; s.skipped > maxSkipped {
			s.finish(Done)
		}
	default:
		s.finish(Done)
	}
	s.buf = s.buf[:0]
	return b
}

// fill takes from b until there are n bytes, and returns the rest of it.
func (s *Stream) fill(b []byte, n int) []byte {
	take := min(len(b), max(0, n-len(s.buf)))
	s.buf = append(s.buf, b[:take]...)
	return b[take:]
}

func (s *Stream) finish(state State) { s.state, s.buf = state, nil }

// startsAs reports whether b can be the begin of something with that prefix.
func startsAs(b []byte, prefix string) bool {
	n := min(len(b), len(prefix))
	return string(b[:n]) == prefix[:n]
}

// isText reports whether b may be a part of a line that a person reads.
func isText(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' && r != '\x1b' }) < 0
}
