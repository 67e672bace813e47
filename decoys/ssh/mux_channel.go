package ssh

import (
	"math"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// openAnswer is an answer to a channel that we would have opened; there is none.
func (m *mux) openAnswer(kind byte, r *sshwire.Reader) error {
	id := r.Uint32()
	if !r.OK() {
		return errMalformed
	}
	what, text := "open confirmation", "Received open confirmation for non-opening channel %d."
	if kind == msgOpenFailure {
		what, text = "open failure", "Received open failure for non-opening channel %d."
	}
	if m.channel(id) == nil {
		return m.nonexistent(what, id)
	}
	return m.disconnect(text, id)
}

func (m *mux) nonexistent(what string, id uint32) error {
	return m.disconnect("%s packet referred to nonexistent channel %d", what, id)
}

func (m *mux) windowAdjust(r *sshwire.Reader) error {
	id := r.Uint32()
	if !r.OK() {
		return m.disconnect("Invalid window adjust message")
	}
	c := m.channel(id)
	if c == nil {
		return nil
	}
	n := r.Uint32()
	if !r.Done() {
		return m.disconnect("Invalid window adjust message")
	}
	if !c.adjust(n) {
		return errMalformed
	}
	return nil
}

// channelNames are what OpenSSH calls these packets when the channel does not exist.
var channelNames = map[byte]string{msgChannelData: "data", msgExtendedData: "extended data", msgChannelEOF: "ieof", msgChannelClose: "oclose"}

func (m *mux) ofChannel(kind byte, r *sshwire.Reader) error {
	id := r.Uint32()
	if kind == msgChannelRequest {
		if !r.OK() {
			return errMalformed
		}
		return m.channelRequest(id, r)
	}
	if !r.OK() {
		return m.disconnect("Invalid %s message", channelNames[kind])
	}
	c := m.channel(id)
	if c == nil {
		return m.nonexistent(channelNames[kind], id)
	}
	switch kind {
	case msgChannelData:
		if !c.open() {
			return nil
		}
		data := r.Bytes()
		if !r.Done() {
			return errMalformed
		}
		if !c.receive(data) {
			return m.disconnect("Channel %d: peer ignored channel window", id)
		}
	case msgExtendedData:
		if c.ended() {
			return m.disconnect("Received extended_data after EOF on channel %d.", id)
		}
	case msgChannelEOF:
		if !r.Done() {
			return m.disconnect("Invalid ieof message")
		}
		c.receiveEOF()
	case msgChannelClose:
		if !r.Done() {
			return m.disconnect("Invalid oclose message")
		}
		c.receiveClose()
	}
	return nil
}

func (m *mux) channelRequest(id uint32, r *sshwire.Reader) error {
	kind := r.Text()
	want := r.Bool()
	if !r.OK() {
		return errMalformed
	}
	c := m.channel(id)
	if c == nil || id > math.MaxInt32 {
		return m.disconnect("server_input_channel_req: unknown channel %d", int32(id)) //nolint:gosec // as OpenSSH prints it
	}
	if kind == "eow@openssh.com" {
		if !r.Done() {
			return errMalformed
		}
		c.answer(kind, want, false)
		return nil
	}
	if shape, due := c.shapeOf(kind); due {
		if kind == "pty-req" && c.pty {
			return m.disconnect("Protocol error: you already have a pty.")
		}
		if !shape.fits(r.Rest()) {
			return errMalformed
		}
		c.pty = c.pty || kind == "pty-req"
	}
	c.ask(kind, append([]byte(nil), r.Rest()...), want)
	return nil
}
