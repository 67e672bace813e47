package ssh

import (
	"bytes"
	"io"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

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
