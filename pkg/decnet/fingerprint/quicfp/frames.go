package quicfp

import "github.com/decnet/decnet/pkg/decnet/fingerprint/internal/assemble"

// Frames that an Initial packet may have (RFC 9000, 12.4).
const (
	framePadding = 0x00
	framePing    = 0x01
	frameAck     = 0x02
	frameAckECN  = 0x03
	frameCrypto  = 0x06
)

// cryptoFrames puts what the CRYPTO frames of a payload have into into. It reports whether
// it could keep it all. A frame that no Initial packet may have ends the payload, as
// CONNECTION_CLOSE does.
func cryptoFrames(payload []byte, into *assemble.Buffer) bool {
	r := &reader{b: payload}
	for len(r.b) > 0 {
		switch r.u8() {
		case framePadding, framePing:
		case frameAck:
			r.ack()
		case frameAckECN:
			r.ack()
			for range 3 {
				r.varint()
			}
		case frameCrypto:
			offset := r.varint()
			data := r.take(r.varint())
			if !r.short && !into.Put(offset, data) {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// ack skips an ACK frame without its type and counts (RFC 9000, 19.3).
func (r *reader) ack() {
	r.varint() // greatest
	r.varint() // delay
	ranges := r.varint()
	r.varint() // first range
	for ; ranges > 0 && !r.short; ranges-- {
		r.varint()
		r.varint()
	}
}
