package ssh

import (
	"bytes"
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
	r := request{kind, payload, func(ok bool) { c.answer(kind, want, ok) }}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gotClose || c.abandoned {
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

// unread is how many bytes programs of this process have not read yet, of all connections: each may
// have its window full of them, all together may not.
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

// Write sends p as the program's output, as far as the client's window lets it.
func (c *muxChannel) Write(p []byte) (int, error) { return c.send(p, msgChannelData) }

// extendedStderr is the only type of extended data there is (RFC 4254 section 5.2).
const extendedStderr = 1

// A chunk is output of one kind.
type chunk struct {
	header []byte // of the packet, as far as the channel's number and what follows
	data   []byte
}

// pipeSize is how much a program can write before somebody reads it, in bytes (pipe(7)).
const pipeSize = 64 << 10

func (c *muxChannel) send(p []byte, kind byte, numbers ...uint32) (int, error) {
	header := c.packet(kind, numbers...)
	sent := 0
	for sent < len(p) {
		c.mu.Lock()
		for c.outputLen >= pipeSize && !c.sentClose && !c.abandoned && !c.gotClose {
			c.wake.Wait()
		}
		if c.sentClose || c.abandoned || c.gotClose {
			c.mu.Unlock()
			return sent, io.ErrClosedPipe
		}
		n := min(len(p)-sent, pipeSize-c.outputLen)
		c.output = append(c.output, chunk{header, bytes.Clone(p[sent : sent+n])})
		c.outputLen += n
		err := c.pump()
		c.mu.Unlock()
		if err != nil {
			return sent, err
		}
		sent += n
	}
	return sent, c.mux.t.Flush()
}

// pump sends as much of the output as the window has room for. The mutex is held.
func (c *muxChannel) pump() error {
	for len(c.output) > 0 && c.peerWindow > 0 && c.peerPacket > 0 {
		first := &c.output[0]
		n := min(len(first.data), int(c.peerWindow), int(c.peerPacket))
		packet := sshwire.AppendString(bytes.Clone(first.header), first.data[:n])
		c.peerWindow -= uint32(n) //nolint:gosec // at most the window
		c.outputLen -= n
		if first.data = first.data[n:]; len(first.data) == 0 {
			c.output = c.output[1:]
		}
		if err := c.mux.t.Write(packet); err != nil {
			return err
		}
	}
	c.wake.Broadcast()
	return nil
}

// stderr is the program's other output.
func (c *muxChannel) stderr() io.Writer { return stderrOf{c} }

type stderrOf struct{ c *muxChannel }

func (s stderrOf) Write(p []byte) (int, error) { return s.c.send(p, msgExtendedData, extendedStderr) }

// exit is the end of the program.
func (c *muxChannel) exit(status int) {
	b := sshwire.AppendBool(sshwire.AppendString(c.packet(msgChannelRequest), "exit-status"), false)
	c.finish(sshwire.AppendUint32(b, uint32(status&255)))
}

// killed is the end of the program by a signal.
func (c *muxChannel) killed(signal string) {
	b := sshwire.AppendBool(sshwire.AppendString(c.packet(msgChannelRequest), "exit-signal"), false)
	b = sshwire.AppendBool(sshwire.AppendString(b, signal), false)
	c.finish(sshwire.AppendString(sshwire.AppendString(b, ""), ""))
}

// finish sends how the program ended, and ends the channel once its output is sent.
func (c *muxChannel) finish(end []byte) {
	c.mu.Lock()
	over := c.sentClose || c.gotClose
	eow := c.mux.eow && !c.gotEOF // the client may still send
	waits := len(c.output) > 0
	c.mu.Unlock()
	if over {
		return
	}
	if !waits {
		c.eof()
	}
	_ = c.mux.t.Write(end)
	if eow {
		_ = c.mux.t.Write(sshwire.AppendBool(sshwire.AppendString(c.packet(msgChannelRequest), "eow@openssh.com"), false))
	}
	if waits {
		_ = c.mux.t.Flush()
		c.mu.Lock()
		for len(c.output) > 0 && !c.gotClose && !c.abandoned {
			c.wake.Wait()
		}
		c.mu.Unlock()
	}
	c.close()
}

// eof says that we send no more data.
func (c *muxChannel) eof() {
	c.mu.Lock()
	due := !c.sentEOF && !c.gotClose
	c.sentEOF = true
	c.mu.Unlock()
	if due {
		_ = c.mux.t.Write(c.packet(msgChannelEOF))
	}
}

// close ends our side, and the channel once both sides have.
func (c *muxChannel) close() {
	c.mu.Lock()
	closing := !c.sentClose
	c.sentClose = true
	both := c.gotClose
	c.wake.Broadcast()
	c.mu.Unlock()
	if closing {
		c.eof()
		_ = c.mux.t.Send(c.packet(msgChannelClose))
	}
	if both {
		c.mux.remove(c)
	}
}
