package wire

import (
	"net/netip"
	"time"

	"github.com/decnet/decnet/services/sniffer/internal/flow"
)

// stream looks at a connection's bytes.
type stream interface {
	// Add takes what a side said next; more is false once nothing further of either
	// side is wanted. It keeps nothing of b.
	Add(fromClient bool, b []byte) (more bool)
	// End is called when the connection is over before that.
	End()
}

// streamFor is what reads a connection whose client begins with b; nil if nothing
// does.
func streamFor(s *Sniffer, f *flow.Flow, b []byte) stream {
	o := origin{s, f}
	switch c := b[0]; {
	case c == 22:
		return &tlsStream{origin: o}
	case c == 'S' && (len(b) < 4 || string(b[:4]) == "SSH-"):
		return &sshStream{origin: o}
	case c == 3:
		return &messages{origin: o, take: (*messages).rdp}
	case c == 0:
		return &messages{origin: o, take: (*messages).smb}
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return &messages{origin: o, take: (*messages).http}
	}
	return nil
}

// origin is the connection that something was found in.
type origin struct {
	s *Sniffer
	f *flow.Flow
}

// found tells of something that the client has shown. Fields without a value are
// left out.
func (o *origin) found(kind string, fields map[string]string) {
	o.s.found(kind, o.f.Last, o.f.Client, o.f.Server, fields)
}

func (s *Sniffer) found(kind string, at time.Time, from, to netip.AddrPort, fields map[string]string) {
	for name, value := range fields {
		if value == "" {
			delete(fields, name)
		}
	}
	s.tell(&Finding{Kind: kind, Time: at, Source: from, Destination: to, Fields: fields})
}

// maxMessages is how many messages of a client are read.
const maxMessages = 8

// messages reads a client's first messages, each of which begins where the one
// before ends.
type messages struct {
	origin
	buf  []byte
	seen int
	// take takes a message off the beginning of b and returns how long it is, 0 if
	// it has not ended, and whether there may be more that matter.
	take func(m *messages, b []byte) (n int, more bool)
	// inner reads the rest if take has said so.
	inner stream
}

// Add implements stream.
func (m *messages) Add(fromClient bool, b []byte) bool {
	if !fromClient {
		return true
	}
	if m.inner != nil {
		return m.inner.Add(true, b)
	}
	m.buf = append(m.buf, b...)
	rest := m.buf
	for len(rest) > 0 {
		n, more := m.take(m, rest)
		if n > 0 {
			m.seen++
		}
		if !more || m.seen == maxMessages {
			m.buf = nil
			return false
		}
		if n == 0 {
			break
		}
		rest = rest[n:]
	}
	m.buf = m.buf[:copy(m.buf, rest)]
	return true
}

// End implements stream.
func (m *messages) End() {}
