package transport

import (
	"bufio"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxPacket is the longest packet that OpenSSH reads, in bytes without the
// length itself.
const maxPacket = 256 << 10

// keptBuffer is how much room a connection keeps from one packet to the next.
const keptBuffer = 16 << 10

// errSilent ends a connection of which OpenSSH says nothing to the peer.
var errSilent = errors.New("the peer broke the protocol")

// A DisconnectError ends a connection with a message to the peer (RFC 4253
// section 11.1).
type DisconnectError struct {
	Reason uint32
	Text   string
}

func (e *DisconnectError) Error() string { return "disconnect: " + e.Text }

// ReasonProtocolError is the reason of nearly every DisconnectError that OpenSSH gives.
const ReasonProtocolError = 2

// protocolError is a DisconnectError as OpenSSH words most of them.
func protocolError(format string, args ...any) error {
	return &DisconnectError{ReasonProtocolError, fmt.Sprintf(format, args...)}
}

// silently is the end of a connection for a reason that OpenSSH writes down for the peer, and then
// ends without sending it.
func silently(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errSilent}, args...)...)
}

var errCorrupt = silently("packet corrupt")

// A packetReader reads the packets of one direction (RFC 4253 section 6).
type packetReader struct {
	in  *bufio.Reader
	p   *protection
	seq uint32
	buf []byte
	inf *inflater // nil without compression
}

// read returns the payload of the next packet, which is valid until the next
// call, and its number. Errors are a *DisconnectError, errSilent or those of the
// connection.
func (r *packetReader) read() (payload []byte, seq uint32, err error) {
	if cap(r.buf) > keptBuffer {
		r.buf = nil
	}
	packet, err := r.open()
	if err != nil {
		return nil, 0, err
	}
	seq = r.seq
	r.seq++
	padding := int(packet[0])
	if padding < 4 {
		return nil, 0, protocolError("Corrupted padlen %d on input.", padding)
	}
	if padding > len(packet)-1 {
		return nil, 0, errSilent
	}
	payload = packet[1 : len(packet)-padding]
	if r.inf != nil {
		if payload, err = r.inf.inflate(payload); err != nil {
			return nil, 0, err
		}
	}
	if len(payload) == 0 {
		return nil, 0, errSilent
	}
	if payload[0] < 1 || payload[0] >= 192 { // local extensions are never sent
		return nil, 0, protocolError("Invalid ssh2 packet type: %d", payload[0])
	}
	return payload, seq, nil
}

// fill reads until buf has n bytes.
func (r *packetReader) fill(n int) error {
	have := len(r.buf)
	if cap(r.buf) < n {
		grown := make([]byte, n, max(n, 1024))
		copy(grown, r.buf)
		r.buf = grown
	}
	r.buf = r.buf[:n]
	if _, err := io.ReadFull(r.in, r.buf[have:]); err != nil {
		return fmt.Errorf("read a packet: %w", err)
	}
	return nil
}

// open reads and decrypts a packet; what it returns begins with the length of the
// padding.
func (r *packetReader) open() ([]byte, error) {
	r.buf = r.buf[:0]
	if r.p.readableLength() {
		return r.openReadable()
	}
	// The length is in the first block.
	block := r.p.block
	if err := r.fill(block); err != nil {
		return nil, err
	}
	if r.p.crypt != nil {
		r.p.crypt(r.buf)
	}
	length := int64(binary.BigEndian.Uint32(r.buf))
	if length < 5 || length > maxPacket {
		return nil, r.corrupt(maxPacket)
	}
	whole := 4 + int(length)
	if (whole-block)%block != 0 || whole < block {
		return nil, r.corrupt(maxPacket - block)
	}
	if err := r.fill(whole + r.p.tagLen()); err != nil {
		return nil, err
	}
	if r.p.crypt != nil {
		r.p.crypt(r.buf[block:whole])
	}
	if r.p.mac != nil && !r.p.mac.verify(r.seq, r.buf[:whole], r.buf[whole:]) {
		return nil, r.corrupt(maxPacket - whole)
	}
	return r.buf[4:whole], nil
}

// corrupt is the end of a connection whose packet makes no sense. With a cipher
// in CBC mode OpenSSH reads on first, up to as many bytes as the packet could have had, so
// that nobody learns which it was (CVE-2008-5161).
func (r *packetReader) corrupt(rest int) error {
	if !r.p.isCBC {
		return errCorrupt
	}
	_, _ = io.CopyN(io.Discard, r.in, int64(rest))
	return errSilent
}

// openReadable is open for packets whose length can be read before anything is
// decrypted.
func (r *packetReader) openReadable() ([]byte, error) {
	if err := r.fill(4); err != nil {
		return nil, err
	}
	field := [4]byte(r.buf)
	if r.p.chacha != nil {
		chachaStream(&r.p.chacha[1], r.seq, 0).XORKeyStream(field[:], field[:])
	}
	length := int64(binary.BigEndian.Uint32(field[:]))
	if length < 5 || length > maxPacket || length%int64(r.p.block) != 0 {
		return nil, errCorrupt
	}
	whole := 4 + int(length)
	if err := r.fill(whole + r.p.tagLen()); err != nil {
		return nil, err
	}
	switch {
	case r.p.gcm != nil:
		_, err := r.p.gcm.Open(r.buf[4:4], r.p.nonce[:], r.buf[4:], r.buf[:4])
		r.p.nextNonce()
		if err != nil {
			return nil, errSilent
		}
	case r.p.chacha != nil:
		tag := chachaTag(&r.p.chacha[0], r.seq, r.buf[:whole])
		if subtle.ConstantTimeCompare(tag[:], r.buf[whole:]) != 1 {
			return nil, errSilent
		}
		chachaStream(&r.p.chacha[0], r.seq, 1).XORKeyStream(r.buf[4:whole], r.buf[4:whole])
	default:
		if !r.p.mac.verify(r.seq, r.buf[:whole], r.buf[whole:]) {
			return nil, errSilent
		}
		r.p.crypt(r.buf[4:whole])
	}
	return r.buf[4:whole], nil
}

// A packetWriter makes the packets of one direction.
type packetWriter struct {
	p   *protection
	seq uint32
	def *deflater // nil without compression
}

// append adds the packet of payload to dst.
func (w *packetWriter) append(dst, payload []byte) []byte {
	if w.def != nil {
		payload = w.def.deflate(payload)
	}
	start := len(dst)
	aligned := 1 + len(payload)
	if !w.p.readableLength() {
		aligned += 4
	}
	padding := w.p.block - aligned%w.p.block
	if padding < 4 {
		padding += w.p.block
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(1+len(payload)+padding)) //nolint:gosec // our own packets are short
	dst = append(append(dst, byte(padding)), payload...)                     //nolint:gosec // at most 4 and a block
	end := len(dst) + padding
	dst = append(dst, make([]byte, padding)...)
	if w.p.crypt != nil || w.p.gcm != nil || w.p.chacha != nil { // OpenSSH pads with zeros before
		_, _ = rand.Read(dst[end-padding:]) // never fails
	}
	dst = w.seal(dst, start)
	w.seq++
	return dst
}

// seal encrypts the packet that begins at start and adds its tag.
func (w *packetWriter) seal(dst []byte, start int) []byte {
	packet := dst[start:]
	switch {
	case w.p.gcm != nil:
		dst = w.p.gcm.Seal(dst[:start+4], w.p.nonce[:], packet[4:], packet[:4])
		w.p.nextNonce()
	case w.p.chacha != nil:
		chachaStream(&w.p.chacha[1], w.seq, 0).XORKeyStream(packet[:4], packet[:4])
		chachaStream(&w.p.chacha[0], w.seq, 1).XORKeyStream(packet[4:], packet[4:])
		tag := chachaTag(&w.p.chacha[0], w.seq, packet)
		dst = append(dst, tag[:]...)
	case w.p.mac != nil && w.p.mac.etm:
		w.p.crypt(packet[4:])
		dst = w.p.mac.sum(dst, w.seq, packet)
	case w.p.mac != nil:
		dst = w.p.mac.sum(dst, w.seq, packet)
		w.p.crypt(dst[start : start+len(packet)])
	}
	return dst
}
