package ssh

import (
	"fmt"
	"io"
	"sync"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
)

// Messages of the connection protocol (RFC 4254).
const (
	msgGlobalRequest  = 80
	msgRequestSuccess = 81
	msgRequestFailure = 82
	msgChannelOpen    = 90
	msgOpenConfirm    = 91
	msgOpenFailure    = 92
	msgWindowAdjust   = 93
	msgChannelData    = 94
	msgExtendedData   = 95
	msgChannelEOF     = 96
	msgChannelClose   = 97
	msgChannelRequest = 98
	msgChannelSuccess = 99
	msgChannelFailure = 100
)

// Reasons of RFC 4254 section 5.1 for which OpenSSH refuses a channel.
const (
	openProhibited    = 1
	openConnectFailed = 2
)

// A peer is what a connection after the login serves.
type peer interface {
	// open decides on a channel: how to serve it, or why not.
	open(kind string, payload []byte) (serve func(channel, <-chan request), refusal openRefusal)
	// global answers a request that is of no channel. reply comes with success.
	global(kind string, payload []byte) (ok bool, reply []byte)
}

// An openRefusal is why a channel is not opened.
type openRefusal struct {
	reason uint32
	text   string
}

// A channel is one session's. exit tells the client the exit status and ends it.
type channel interface {
	io.ReadWriter
	stderr() io.Writer
	exit(status int)
	// killed is the end by a signal, without its prefix SIG.
	killed(signal string)
}

// A request is one of a channel's. It is answered exactly once.
type request struct {
	kind    string
	payload []byte
	answer  func(ok bool)
}

// A mux is the connection protocol after the login: it takes packets apart into channels.
type mux struct {
	t     *transport.Conn
	peer  peer
	keys  []transport.HostKey
	run   func(func()) // starts goroutines
	group sync.WaitGroup
	// eow is whether the client knows OpenSSH's message that output is not wanted
	// any more.
	eow bool

	mu       sync.Mutex
	channels []*muxChannel // by our number; nil is free
	// noMore is whether the client has said that it opens no more sessions.
	noMore bool
	over   bool
}

// serve serves until the connection ends and all its channels with it.
func (m *mux) serve() {
	defer m.group.Wait()
	defer m.end()
	for {
		payload, seq, err := m.t.Read()
		if err != nil {
			return
		}
		if err := m.dispatch(payload, seq); err != nil {
			return
		}
	}
}

// end ends all channels. Nothing is sent any more.
func (m *mux) end() {
	_ = m.t.Flush() // what was said last
	m.mu.Lock()
	m.over = true
	all := m.channels
	m.mu.Unlock()
	_ = m.t.Close() // wakes who writes
	for _, c := range all {
		if c != nil {
			c.abandon()
		}
	}
}

func (m *mux) disconnect(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	m.t.Disconnect(transport.ReasonProtocolError, text)
	return fmt.Errorf("disconnected: %s", text)
}

func (m *mux) dispatch(payload []byte, seq uint32) error {
	r := sshwire.NewReader(payload[1:])
	switch payload[0] {
	case msgGlobalRequest:
		return m.globalRequest(r)
	case msgChannelOpen:
		return m.channelOpen(r)
	case msgRequestSuccess, msgRequestFailure: // answers to a question that we do not ask
		return nil
	case msgChannelSuccess, msgChannelFailure:
		if r.Uint32(); !r.Done() {
			return errMalformed
		}
		return nil
	case msgOpenConfirm, msgOpenFailure:
		return m.openAnswer(payload[0], r)
	case msgWindowAdjust:
		return m.windowAdjust(r)
	case msgChannelData, msgExtendedData, msgChannelEOF, msgChannelClose, msgChannelRequest:
		return m.ofChannel(payload[0], r)
	}
	return m.t.Unimplemented(seq)
}

func (m *mux) globalRequest(r *sshwire.Reader) error {
	kind := r.Text()
	want := r.Bool()
	if !r.OK() {
		return errMalformed
	}
	if s, known := globalShapes[kind]; known && !s.fits(r.Rest()) {
		return errMalformed
	}
	ok, reply := false, []byte(nil)
	switch kind {
	case "no-more-sessions@openssh.com":
		m.noMore, ok = true, true
	case proveHostKeys:
		reply, ok = prove(m.t, m.keys, r.Rest())
	default:
		ok, reply = m.peer.global(kind, r.Rest())
	}
	switch {
	case !want:
		return nil
	case ok:
		return m.t.Write(append([]byte{msgRequestSuccess}, reply...))
	}
	return m.t.Write([]byte{msgRequestFailure})
}

func (m *mux) channelOpen(r *sshwire.Reader) error {
	kind := r.Text()
	remote, window, most := r.Uint32(), r.Uint32(), r.Uint32()
	if !r.OK() {
		return errMalformed
	}
	if s, known := openShapes[kind]; known && !s.fits(r.Rest()) {
		return errMalformed
	}
	switch {
	case kind == "session" && m.noMore:
		return m.disconnect("Possible attack: attempt to open a session after additional sessions disabled")
	case kind == "tun@openssh.com":
		if err := m.t.Write(remark("Server has rejected tunnel device forwarding")); err != nil {
			return err
		}
	}
	serve, refusal := m.peer.open(kind, append([]byte(nil), r.Rest()...))
	if serve == nil {
		b := sshwire.AppendUint32(sshwire.AppendUint32([]byte{msgOpenFailure}, remote), refusal.reason)
		return m.t.Write(sshwire.AppendString(sshwire.AppendString(b, refusal.text), ""))
	}
	c := newMuxChannel(m, remote, window, most)
	c.session = kind == "session"
	if kind != "session" { // a session has none until a program runs
		c.window, c.started = windowSize, true
	}
	if !m.add(c) {
		return errMalformed
	}
	b := sshwire.AppendUint32(sshwire.AppendUint32([]byte{msgOpenConfirm}, remote), c.id)
	b = sshwire.AppendUint32(sshwire.AppendUint32(b, c.window), packetSize)
	if err := m.t.Write(b); err != nil {
		return err
	}
	m.group.Add(1)
	m.run(func() {
		defer m.group.Done()
		c.serve(serve)
	})
	return nil
}

// maxChannels bounds the channels of one connection.
const maxChannels = 64

// add gives c the lowest number that is free.
func (m *mux) add(c *muxChannel) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, other := range m.channels {
		if other == nil {
			c.id = uint32(i)
			m.channels[i] = c
			return true
		}
	}
	c.id = uint32(len(m.channels)) //nolint:gosec // bounded
	m.channels = append(m.channels, c)
	return len(m.channels) <= maxChannels
}

// remove frees the number of c.
func (m *mux) remove(c *muxChannel) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(c.id) < len(m.channels) && m.channels[c.id] == c {
		m.channels[c.id] = nil
	}
}

func (m *mux) channel(id uint32) *muxChannel {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int64(id) >= int64(len(m.channels)) {
		return nil
	}
	return m.channels[id]
}
