package tlsfp

// State is what is known of a connection after some of its bytes.
type State int

// The states. NotTLS and Ended are for good.
const (
	// More bytes are needed.
	More State = iota
	// Message: a handshake message is returned with it.
	Message
	// NotTLS: these are the bytes of something else.
	NotTLS
	// Ended: what follows is encrypted, or the handshake was broken off, or a bound
	// is reached. There are no further messages.
	Ended
)

// MaxStream bounds what a Stream takes of a connection, in bytes. All messages that
// are not encrypted fit into it.
const MaxStream = 64 << 10

// Types of records (RFC 8446, 5.1).
const (
	recordChangeCipherSpec = 20
	recordAlert            = 21
	recordHandshake        = 22
)

const (
	recordHeader = 5
	// maxRecord bounds the content of a record (RFC 5246, 6.2.3).
	maxRecord = 1<<14 + 2048
	// An alert that is not encrypted has two bytes (RFC 8446, 6).
	alertSize    = 2
	alertWarning = 1
)

// Stream takes the handshake messages out of one direction of a TLS connection, over
// any number of segments and records. The zero value is ready for the first byte. It
// keeps MaxStream bytes at most and nothing once it is through. A hello in the form of
// SSL 2.0 is not TLS.
type Stream struct {
	state     State
	taken     int    // bytes of the connection so far
	in        []byte // not yet taken apart
	kind      byte   // type of the record that in is in
	left      int    // bytes of that record still to come
	handshake []byte // content of handshake records that is in no message yet
	begun     bool   // a message has begun
	retry     bool   // the last message was a HelloRetryRequest
}

// Add takes the next bytes of the direction, in their order, and returns the next
// message with its header if it is there whole; Add(nil) returns the one after:
//
//	for msg, state := s.Add(segment); state == tlsfp.Message; msg, state = s.Add(nil) {
//		…
//	}
//
// The message stays valid.
func (s *Stream) Add(b []byte) (msg []byte, state State) {
	b = b[:min(len(b), MaxStream-s.taken)]
	s.taken += len(b)
	s.in = append(s.in, b...)
	for s.state == More {
		if msg := s.message(); msg != nil {
			return msg, Message
		}
		if s.state == More && !s.step() {
			break
		}
	}
	if s.state == More && s.taken == MaxStream {
		s.state = Ended
	}
	if s.state != More {
		s.in, s.handshake = nil, nil
	}
	return nil, s.state
}

// message takes a whole message off the handshake.
func (s *Stream) message() []byte {
	h := s.handshake
	if len(h) > 0 && !s.begun {
		if h[0] != TypeClientHello && h[0] != TypeServerHello {
			s.state = NotTLS
			return nil
		}
		s.begun = true
	}
	if len(h) < headerSize {
		return nil
	}
	size := headerSize + int(h[1])<<16 + int(h[2])<<8 + int(h[3])
	if size > MaxMessage {
		s.state = Ended
		return nil
	}
	if len(h) < size {
		return nil
	}
	s.handshake = h[size:]
	s.retry = isRetry(h[:size])
	return h[:size:size]
}

// step goes on by a record's header or by what is there of its content. It reports
// whether there was enough to do so.
func (s *Stream) step() bool {
	if s.left == 0 {
		return s.header()
	}
	content := s.in[:min(s.left, len(s.in))]
	if len(content) == 0 || s.kind == recordAlert && len(content) < s.left {
		return false
	}
	s.in = s.in[len(content):]
	s.left -= len(content)
	switch {
	case s.kind == recordHandshake:
		s.handshake = append(s.handshake, content...)
	case s.kind == recordAlert && content[0] != alertWarning:
		s.state = Ended
	}
	return true
}

// header begins a record. What is wrong shows in the first bytes, before all are
// there.
func (s *Stream) header() bool {
	h := s.in[:min(len(s.in), recordHeader)]
	if len(h) == 0 {
		return false
	}
	s.kind = h[0]
	known := s.kind == recordHandshake || s.kind == recordAlert
	// Between a HelloRetryRequest and what follows there is a record for the sake of
	// middleboxes (RFC 8446, D.4). Any other of its kind begins what is encrypted.
	known = known || s.kind == recordChangeCipherSpec && s.retry
	if !known || len(h) > 1 && h[1] != 3 || len(h) > 2 && h[2] > 4 {
		s.broken()
		return true
	}
	if len(h) < recordHeader {
		return false
	}
	s.left = int(h[3])<<8 | int(h[4])
	s.in = s.in[recordHeader:]
	if s.left == 0 || s.left > maxRecord || s.kind == recordAlert && s.left != alertSize {
		s.broken()
	}
	return true
}

// broken is what follows bytes that are not understood.
func (s *Stream) broken() {
	s.state = NotTLS
	if s.begun {
		s.state = Ended
	}
}
