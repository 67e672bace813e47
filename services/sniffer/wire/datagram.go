package wire

import (
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/quicfp"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// Bounds of hellos in datagrams. To decrypt one takes some thousand times as long as
// to make one up.
const (
	maxHellos   = 512             // that are put together at a time
	helloLife   = 5 * time.Second // for which one is
	helloBudget = 2000            // datagrams a second that are read
)

// hello is what puts a client's hello together.
type hello struct {
	begun time.Time
	quic  *quicfp.Initials
	dtls  *tlsfp.Datagram
}

type ends struct{ from, to netip.AddrPort }

// hellos are those of which something is missing.
type hellos struct {
	open   map[ends]*hello
	second time.Time // in which the budget is spent
	spent  int
}

func newHellos() hellos { return hellos{open: make(map[ends]*hello)} }

// datagram takes a datagram that may have a part of a hello.
func (s *Sniffer) datagram(p *capture.Packet) {
	b, h := p.Payload, &s.hellos
	const longInitial, handshake, clientHello = 0xc0, 22, 1
	quic := len(b) >= 100 && b[0]&0xc0 == longInitial && [4]byte(b[1:]) != [4]byte{}
	dtls := len(b) >= 25 && b[0] == handshake && b[1] == 0xfe && b[13] == clientHello
	if !quic && !dtls {
		return
	}
	if p.Time.Sub(h.second) >= time.Second {
		h.second, h.spent = p.Time, 0
	}
	if h.spent++; h.spent > helloBudget {
		return
	}
	key := ends{p.Source(), p.Destination()}
	x := h.open[key]
	if x == nil || x.quic != nil != quic || p.Time.Sub(x.begun) > helloLife {
		if len(h.open) >= maxHellos {
			h.makeRoom(p.Time)
		}
		if x = (&hello{begun: p.Time}); quic {
			x.quic = new(quicfp.Initials)
		} else {
			x.dtls = new(tlsfp.Datagram)
		}
		h.open[key] = x
	}
	var msg []byte
	var state tlsfp.State
	if quic {
		msg, state = x.quic.Add(b)
	} else {
		msg, state = x.dtls.Add(b)
	}
	if state == tlsfp.NotTLS {
		delete(h.open, key)
		return
	}
	if state != tlsfp.Message {
		return // what is there already stays, so that repetitions are not told again
	}
	parsed, err := tlsfp.ParseClientHello(msg)
	if err != nil {
		return
	}
	if quic {
		s.found("quic_client_hello", p.Time, p.Source(), p.Destination(), helloFields(parsed, tlsfp.QUIC))
		return
	}
	s.found("dtls_client_hello", p.Time, p.Source(), p.Destination(), helloFields(parsed, tlsfp.DTLS))
}

// makeRoom forgets what is old, and if nothing is, anything.
func (h *hellos) makeRoom(now time.Time) {
	for key, x := range h.open {
		if now.Sub(x.begun) > helloLife {
			delete(h.open, key)
		}
	}
	for key := range h.open {
		if len(h.open) < maxHellos {
			return
		}
		delete(h.open, key)
	}
}
