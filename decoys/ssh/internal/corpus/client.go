package corpus

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// A client speaks SSH on a wire until it is told to do something else. Errors
// are notes: a server that does not understand a good client differs.
type client struct {
	w         *twin.Wire
	buf       []byte
	in, out   seal
	inN, outN uint32 // sequence numbers
	banner    string
	sessionID []byte
	strict    bool
	offer     *offer
	theirInit []byte
	// patience is the wire's own.
	patience time.Duration
}

func newClient(w *twin.Wire, o *offer) *client {
	return &client{w: w, in: plain{}, out: plain{}, offer: o}
}

// send sends a payload with the least padding.
func (c *client) send(payload []byte) error { return c.w.Send(c.seal(payload)) }

// seal makes the next packet.
func (c *client) seal(payload []byte) []byte {
	size, withLength := c.out.block()
	n := 1 + len(payload)
	if withLength {
		n += 4
	}
	pad := size - n%size
	if pad < 4 {
		pad += size
	}
	return c.sealOdd(uint32(1+len(payload)+pad), byte(pad), payload, make([]byte, pad)) //nolint:gosec // short
}

// sealOdd makes a packet with the length fields that it is told.
func (c *client) sealOdd(length uint32, pad byte, payload, padding []byte) []byte {
	p := c.out.close(c.outN, oddPacket(length, pad, payload, padding))
	c.outN++
	return p
}

// maxPacket is the largest packet that a server may send.
const maxPacket = 1 << 18

// receive returns the next packet, without its length, padding length and
// padding, and how long these said it is.
func (c *client) receive() (payload []byte, length uint32, pad byte, err error) {
	for {
		n, ok := c.in.length(c.inN, c.buf)
		if ok && n > maxPacket {
			return nil, n, 0, fmt.Errorf("a packet of %d bytes", n)
		}
		if ok {
			p, rest, err := c.in.open(c.inN, n, c.buf)
			if err == nil {
				c.buf = rest
				c.inN++
				pad = p[4]
				if int(pad)+2 > int(n) {
					return nil, n, pad, errors.New("no payload")
				}
				return p[5 : len(p)-int(pad)], n, pad, nil
			}
			if !errors.Is(err, errShort) {
				return nil, n, 0, err
			}
		}
		more := make([]byte, 32<<10)
		k, err := c.w.Read(more)
		c.buf = append(c.buf, more[:k]...)
		if err != nil {
			return nil, 0, 0, err
		}
	}
}

// quiet is how long nothing comes before the client goes on.
const quiet = 120 * time.Millisecond

// hear notes the packets that come until no more do.
func (c *client) hear(label string) { c.w.Note(label, c.listen()...) }

func (c *client) listen() (lines []string) {
	patience := c.w.Patience
	defer func() { c.w.Patience = patience }()
	for {
		p, n, pad, err := c.receive()
		if err != nil {
			if !isOver(err) {
				lines = append(lines, "trouble: "+err.Error())
			}
			return lines
		}
		lines = append(lines, describePacket(int(n), int(pad), "", p)...)
		c.w.Patience = min(c.w.Patience, max(quiet, patience/8))
	}
}

// isOver reports the ends that the wire notes itself.
func isOver(err error) bool {
	type timeout interface{ Timeout() bool }
	var t timeout
	return errors.Is(err, io.EOF) || errors.As(err, &t) && t.Timeout() || strings.Contains(err.Error(), "reset")
}

// say sends a payload and hears what comes of it.
func (c *client) say(label string, payload []byte) error {
	if err := c.send(payload); err != nil {
		return err
	}
	c.hear(label)
	return nil
}

// expect skips to the next message of a type.
func (c *client) expect(kind byte) ([]byte, error) {
	for range 16 {
		p, _, _, err := c.receive()
		if err != nil {
			return nil, fmt.Errorf("instead of message %d: %w", kind, err)
		}
		if p[0] == kind {
			return p, nil
		}
		if p[0] == msgDisconnect {
			return nil, errors.New(strings.Join(describePayload(p), " "))
		}
	}
	return nil, fmt.Errorf("no message %d", kind)
}

// identify exchanges the identification lines.
func (c *client) identify() error {
	if err := c.w.Send([]byte(ident)); err != nil {
		return err
	}
	for {
		if i := bytes.IndexByte(c.buf, '\n'); i >= 0 {
			c.banner = strings.TrimRight(string(c.buf[:i]), "\r")
			c.buf = c.buf[i+1:]
			return nil
		}
		more := make([]byte, 4096)
		n, err := c.w.Read(more)
		c.buf = append(c.buf, more[:n]...)
		if err != nil {
			return err
		}
	}
}

// exchange makes keys, as the client's offer has it, and puts them to use. It
// returns what is worth noting: the type of the host key and whether its
// signature is good.
func (c *client) exchange() (string, error) {
	ours := c.offer.payload()
	if err := c.send(ours); err != nil {
		return "", err
	}
	theirs, err := c.expect(msgKexInit)
	if err != nil {
		return "", err
	}
	c.theirInit = theirs
	note, secret, h, hash, err := c.agree(ours, theirs)
	if err != nil {
		return note, err
	}
	if c.sessionID == nil {
		c.sessionID = h
		c.strict = strings.Contains(c.offer.lists[listKex], "kex-strict-c-v00") && bytes.Contains(theirs, []byte("kex-strict-s-v00"))
	}
	return note, c.changeKeys(secret, h, hash)
}

func (c *client) changeKeys(secret, h []byte, hash crypto.Hash) error {
	pick := func(list int) string { return strings.Split(c.offer.lists[list], ",")[0] }
	seals := make([]seal, 2)
	for direction := range seals { // 0 is from client to server, as the letters are
		derive := func(letter, n int) []byte {
			return deriveKey(hash, secret, h, c.sessionID, byte('A'+letter+direction), n) //nolint:gosec // a letter
		}
		var err error
		if seals[direction], err = newSeal(pick(listCipherIn+direction), pick(listMACIn+direction), derive); err != nil {
			return err
		}
	}
	if err := c.send([]byte{msgNewKeys}); err != nil {
		return err
	}
	c.out = seals[0]
	if c.strict {
		c.outN = 0
	}
	if _, err := c.expect(msgNewKeys); err != nil {
		return err
	}
	c.in = seals[1]
	if c.strict {
		c.inN = 0
	}
	return nil
}

// deriveKey is RFC 4253 section 7.2.
func deriveKey(hash crypto.Hash, secret, h, sessionID []byte, letter byte, n int) []byte {
	var key []byte
	for len(key) < n {
		d := hash.New()
		d.Write(secret)
		d.Write(h)
		if len(key) == 0 {
			d.Write([]byte{letter})
			d.Write(sessionID)
		} else {
			d.Write(key)
		}
		key = d.Sum(key)
	}
	return key[:n]
}

// agree runs the method of the offer and returns the shared secret and the
// exchange hash.
func (c *client) agree(ours, theirs []byte) (note string, secret, h []byte, hash crypto.Hash, err error) {
	name := strings.Split(c.offer.lists[listKex], ",")[0]
	var e *exchange
	var group []byte // of a group exchange, what is hashed
	replyType := byte(msgKexDHReply)
	initType := byte(msgKexDHInit)
	if name == "diffie-hellman-group-exchange-sha256" {
		replyType, initType = msgGexReply, msgGexInit
		e, group, err = c.askGroup()
	} else {
		e, err = newExchange(name)
	}
	if err != nil {
		return "", nil, nil, 0, err
	}
	if err := c.send(message(initType, e.value)); err != nil {
		return "", nil, nil, 0, err
	}
	reply, err := c.expect(replyType)
	if err != nil {
		return "", nil, nil, 0, err
	}
	r := reader{data: reply[1:]}
	hostKey, value, signature := r.text(), r.text(), r.text()
	if secret, err = e.secret([]byte(value)); err != nil {
		return "", nil, nil, 0, err
	}
	d := e.hash.New()
	d.Write(message(0, strings.TrimRight(ident, "\r\n"), c.banner, ours, theirs, hostKey)[1:])
	d.Write(group)
	d.Write(message(0, e.value, value)[1:])
	d.Write(secret)
	h = d.Sum(nil)
	return c.judge(hostKey, signature, h), secret, h, e.hash, nil
}

// judge says which key signed and whether it did.
func (c *client) judge(hostKey, signature string, h []byte) string {
	s := reader{data: []byte(signature)}
	format, blob := s.text(), s.text()
	key, err := xssh.ParsePublicKey([]byte(hostKey))
	if err != nil {
		return "the host key is none"
	}
	verdict := "good"
	if key.Verify(h, &xssh.Signature{Format: format, Blob: []byte(blob)}) != nil {
		verdict = "bad"
	}
	size := ""
	if key.Type() == xssh.KeyAlgoRSA {
		size = fmt.Sprintf(" of %d bits", len(blob)*8)
	}
	return fmt.Sprintf("host key %s%s, a %s signature of type %s", key.Type(), size, verdict, format)
}

// askGroup asks for a group (RFC 4419) and begins an exchange in it.
func (c *client) askGroup() (*exchange, []byte, error) {
	request := message(msgGexRequest, 2048, 3072, 8192)
	if err := c.send(request); err != nil {
		return nil, nil, err
	}
	reply, err := c.expect(msgGexGroup)
	if err != nil {
		return nil, nil, err
	}
	r := reader{data: reply[1:]}
	p, g := []byte(r.text()), []byte(r.text())
	e, err := newFinite(crypto.SHA256, new(big.Int).SetBytes(p), new(big.Int).SetBytes(g))
	return e, slices.Concat(request[1:], message(0, p, g)[1:]), err
}
