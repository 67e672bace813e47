package ssh

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

const (
	// packetSize and windowSize are OpenSSH's of a session, in bytes.
	packetSize = 32 << 10
	windowSize = 64 * packetSize
	// maxWaiting bounds the requests of a channel that wait for their turn.
	maxWaiting = 64
)

// A muxChannel is one channel of a connection (RFC 4254 section 5), with the windows of both
// directions.
type muxChannel struct {
	mux        *mux
	id, remote uint32
	requests   chan request
	session    bool
	pty        bool // of the goroutine that reads

	mu   sync.Mutex
	wake *sync.Cond
	// window is what the client may still send; consumed is what of it was read here and
	// is not told of yet, exceeded what it sent beyond.
	window, consumed, exceeded uint32
	started                    bool // a program runs
	received                   []byte
	gotEOF, gotClose           bool
	// peerWindow is what we may still send, in packets of at most peerPacket.
	peerWindow, peerPacket uint32
	// output is what the program wrote and the window has no room for, as much as a pipe takes.
	output             []chunk
	outputLen          int
	sentEOF, sentClose bool
	abandoned          bool
}

func newMuxChannel(m *mux, remote, window, most uint32) *muxChannel {
	c := &muxChannel{
		mux: m, remote: remote, peerWindow: window, peerPacket: min(most, packetSize), requests: make(chan request, maxWaiting),
	}
	c.wake = sync.NewCond(&c.mu)
	return c
}

// serve runs what serves the channel and then sees to its end.
func (c *muxChannel) serve(f func(channel, <-chan request)) {
	f(c, c.requests)
	c.close()
	c.drop()
	for r := range c.requests { // of a program that is gone
		r.answer(false)
	}
}

// shapeOf is how a request is made up that the session takes now.
func (c *muxChannel) shapeOf(kind string) (shape, bool) {
	if !c.session {
		return "", false
	}
	if s, ok := anytimeShapes[kind]; ok {
		return s, true
	}
	s, ok := sessionShapes[kind]
	return s, ok && !c.open()
}

// ask hands a request over. One that does not fit is refused at once.
func (c *muxChannel) ask(kind string, payload []byte, want bool) {
	n := int64(len(payload))
	fits := unread.Add(n) <= maxUnread
	r := request{kind, payload, func(ok bool) {
		unread.Add(-n)
		c.answer(kind, want, ok)
	}}
	if !fits {
		r.answer(false)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gotClose || c.abandoned {
		unread.Add(-n)
		return
	}
	select {
	case c.requests <- r:
	default:
		c.mu.Unlock()
		r.answer(false)
		c.mu.Lock()
	}
}

// answer answers a request. When it starts a program, the client may send from then on.
func (c *muxChannel) answer(kind string, want, ok bool) {
	c.mu.Lock()
	start := ok && !c.started && (kind == "shell" || kind == "exec" || kind == "subsystem")
	if start {
		c.started, c.window = true, windowSize
	}
	closed := c.sentClose
	c.mu.Unlock()
	if start {
		_ = c.mux.t.Write(c.packet(msgWindowAdjust, windowSize))
	}
	if want && !closed {
		kind := byte(msgChannelFailure)
		if ok {
			kind = msgChannelSuccess
		}
		_ = c.mux.t.Send(c.packet(kind))
	} else if start {
		_ = c.mux.t.Flush()
	}
}

// packet begins a packet to the client's end of the channel.
func (c *muxChannel) packet(kind byte, numbers ...uint32) []byte {
	b := sshwire.AppendUint32([]byte{kind}, c.remote)
	for _, n := range numbers {
		b = sshwire.AppendUint32(b, n)
	}
	return b
}

// open reports whether a program takes what the client sends.
func (c *muxChannel) open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.started
}

func (c *muxChannel) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gotEOF
}

// receive keeps data for the program. It is false if the client has sent so much that OpenSSH gives up.
func (c *muxChannel) receive(data []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := uint32(len(data)) //nolint:gosec // a packet's
	if n > c.window {
		c.exceeded += n - c.window
		n = c.window
		data = data[:n]
		if c.exceeded > windowSize/10 {
			return false
		}
	}
	c.window -= n
	if c.gotEOF || c.sentClose { // nobody reads it
		c.consumed += n
		return true
	}
	if unread.Add(int64(n)) > maxUnread {
		unread.Add(-int64(n))
		return false
	}
	c.received = append(c.received, data...)
	c.wake.Broadcast()
	return true
}

// unread is how many bytes of input and of requests wait in this process, of all connections: each may have
// its window full of them, all together may not.
var unread atomic.Int64

// maxUnread bounds unread; who sends beyond it is disconnected.
const maxUnread = 64 << 20

// drop forgets what nobody is going to read.
func (c *muxChannel) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	unread.Add(-int64(len(c.received)))
	c.received, c.gotEOF = nil, true
}

func (c *muxChannel) receiveEOF() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gotEOF = true
	c.wake.Broadcast()
}

// receiveClose is the client's end of the channel; ours follows.
func (c *muxChannel) receiveClose() {
	c.mu.Lock()
	if !c.gotClose && !c.abandoned {
		close(c.requests)
	}
	c.gotEOF, c.gotClose = true, true
	c.wake.Broadcast()
	c.mu.Unlock()
	c.close()
}

// abandon is the end of the connection.
func (c *muxChannel) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gotClose && !c.abandoned {
		close(c.requests)
	}
	c.abandoned = true
	c.wake.Broadcast()
}

// adjust lets us send n bytes more. It is false if that is more than a number holds.
func (c *muxChannel) adjust(n uint32) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.peerWindow+n < c.peerWindow {
		return false
	}
	c.peerWindow += n
	_ = c.pump() // the connection's end is noticed by who reads
	return true
}

// Read reads what the client sent.
func (c *muxChannel) Read(p []byte) (int, error) {
	c.mu.Lock()
	for len(c.received) == 0 && !c.gotEOF && !c.abandoned && !c.sentClose {
		c.wake.Wait()
	}
	if len(c.received) == 0 {
		c.mu.Unlock()
		return 0, io.EOF
	}
	n := copy(p, c.received)
	if c.received = c.received[n:]; len(c.received) == 0 {
		c.received = nil
	}
	unread.Add(-int64(n))
	c.consumed += uint32(n) //nolint:gosec // at most the window
	var give uint32
	if c.consumed > 3*packetSize || c.window < windowSize/2 && c.consumed > 0 {
		give = c.consumed
		c.window += give
		c.consumed = 0
	}
	c.mu.Unlock()
	if give > 0 {
		_ = c.mux.t.Send(c.packet(msgWindowAdjust, give))
	}
	return n, nil
}
