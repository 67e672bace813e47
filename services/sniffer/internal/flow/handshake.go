package flow

import (
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

// handshakeTime is how long a handshake may take; later it is a new connection
// with the same ports.
const handshakeTime = 2 * time.Minute

// maxEarly is how many bytes of a connection may have gone unseen before what
// completes its handshake. Who guesses the server's sequence number has to guess
// it to within as much.
const maxEarly = 1 << 15

// handshake takes a packet of what is no flow.
func (t *Table) handshake(p *capture.Packet, k key, first bool) Verdict {
	now, h := p.Time.UnixNano(), k.hash(t.slots.seed)
	s := t.slots.find(h)
	if s != nil && now-s.seen > int64(handshakeTime) {
		s.state = empty
		s = nil
	}
	flags := p.Flags & (capture.SYN | capture.ACK | capture.RST | capture.FIN)
	if flags == capture.SYN {
		return t.open(s, p, h, first, now)
	}
	if s == nil {
		t.Current = Subject{FromClient: true}
		if flags&(capture.RST|capture.SYN) != 0 {
			return Known // an answer to what was not seen
		}
		s = t.slots.take(h, now)
		s.state, s.clientFirst = stray, first
		if len(p.Payload) > 0 {
			s.state = alive
			return Known
		}
		return Stray
	}
	s.seen = now
	fromClient := first == s.clientFirst
	t.Current = Subject{FromClient: fromClient}
	switch s.state {
	case stray:
		return s.stray(p, fromClient)
	case opening:
		return s.opening(p, fromClient, now)
	case answered:
		if !fromClient {
			return Known // the SYN-ACK again
		}
		if flags&capture.RST != 0 {
			s.state = failed
			return Abandoned
		}
		if flags&capture.ACK != 0 && p.Ack-s.peerSeq-1 <= maxEarly && p.Seq-s.clientSeq-1 <= maxEarly {
			return t.establish(s, p, k)
		}
	case failed, alive, empty:
	}
	return Known
}

// open takes a SYN.
func (t *Table) open(s *slot, p *capture.Packet, h uint64, first bool, now int64) Verdict {
	t.Current = Subject{FromClient: true}
	again := s != nil && (s.state == opening || s.state == failed || s.state == answered) && s.clientFirst == first
	if again && s.clientSeq == p.Seq {
		s.seen = now
		return Known
	}
	if s == nil {
		s = t.slots.take(h, now)
	}
	*s = slot{hash: h, seen: now, syn: now, clientSeq: p.Seq, state: opening, clientFirst: first}
	if n := len(p.IP) - len(p.Payload); n <= maxHeaders {
		s.headers = uint8(copy(s.header[:], p.IP[:n])) //nolint:gosec // maxHeaders at most
	}
	return Opening
}

// opening takes the answer to a SYN.
func (s *slot) opening(p *capture.Packet, fromClient bool, now int64) Verdict {
	switch {
	case fromClient && p.Flags&capture.RST != 0:
		s.state = failed
		return Known
	case fromClient:
		return Known
	case p.Flags&capture.RST != 0:
		s.state = failed
		return Refusal
	case p.Flags&(capture.SYN|capture.ACK) == capture.SYN|capture.ACK:
		s.state, s.synAck, s.peerSeq = answered, now, p.Seq
		return Answer
	}
	return Known
}

// stray takes a second packet of what was not opened.
func (s *slot) stray(p *capture.Packet, fromClient bool) Verdict {
	switch {
	case !fromClient && p.Flags&capture.RST != 0:
		s.state = failed
		return Refusal
	case !fromClient, len(p.Payload) > 0:
		s.state = alive
		return Alive
	}
	return Known
}

// establish makes a flow of a handshake that p completes.
func (t *Table) establish(s *slot, p *capture.Packet, k key) Verdict {
	if len(t.flows) >= t.limits.Flows {
		t.forget(t.order.Oldest(), EndEvicted)
	}
	f := &Flow{
		Client: p.Source(), Server: p.Destination(), Start: time.Unix(0, s.syn).UTC(), Last: p.Time,
		ServerRTT: time.Duration(s.synAck - s.syn), ClientRTT: time.Duration(p.Time.UnixNano() - s.synAck),
		key: k, clientFirst: s.clientFirst,
	}
	if s.headers > 0 {
		f.SYN = append([]byte(nil), s.header[:s.headers]...)
	}
	f.Up.next, f.Down.next = s.clientSeq+1, s.peerSeq+1
	s.state = empty
	t.flows[k] = f
	t.order.Push(f)
	t.Current = Subject{f, true}
	t.handler.Established(f)
	t.follow(f, p, true)
	return Established
}

// follow takes a packet of a flow.
func (t *Table) follow(f *Flow, p *capture.Packet, fromClient bool) {
	if p.Time.After(f.Last) {
		f.Last = p.Time
	}
	t.order.Touch(f)
	if f.closed {
		return
	}
	d, peer := &f.Up, &f.Down
	if !fromClient {
		d, peer = peer, d
	}
	d.Packets++
	d.Bytes += uint64(len(p.Payload))
	if len(p.Payload) > 0 && p.Flags&capture.SYN == 0 {
		if d.add(&t.budget, p.Seq, p.Payload, func(b []byte) bool { return t.handler.Data(f, fromClient, b) }) {
			d.Retransmissions++
		}
	}
	switch {
	case p.Flags&capture.RST != 0:
		// One out of the window is somebody else's.
		if p.Seq-d.next <= maxAhead || d.next-p.Seq <= maxAhead {
			t.close(f, EndRST)
		}
	case p.Flags&capture.FIN != 0:
		d.fin, d.finSeq = true, p.Seq+uint32(len(p.Payload)) //nolint:gosec // a packet's
	}
	if d.fin && peer.fin && p.Flags&capture.ACK != 0 && p.Ack == peer.finSeq+1 {
		t.close(f, EndFIN)
	}
}
