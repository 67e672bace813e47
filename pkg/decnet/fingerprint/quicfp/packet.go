package quicfp

import "encoding/binary"

// packet is a packet with a long header (RFC 9000, 17.2).
type packet struct {
	version *version
	kind    byte   // bits 4 and 5 of the first byte
	id      []byte // connection id of the destination
	bytes   []byte // all of it
	number  int    // where in bytes its number begins
}

// maxID bounds a connection id.
const maxID = 20

// Types of packets of version 1; those of version 2 are one more, modulo four (RFC
// 9369, 3.2).
const (
	kindInitial = iota
	kind0RTT
	kindHandshake
	kindRetry
)

// firstPacket takes the first packet off a datagram. It reports false if that is none
// with a long header and a length, of a version that is known.
func firstPacket(datagram []byte) (p packet, rest []byte, ok bool) {
	r := &reader{b: datagram}
	first := r.u8()
	p.version = versionOf(r.u32())
	if r.short || first&0x80 == 0 || p.version == nil {
		return packet{}, nil, false
	}
	p.kind = (first>>4 - p.version.initial) & 3
	p.id = r.take(uint64(r.u8()))
	source := r.take(uint64(r.u8()))
	if len(p.id) > maxID || len(source) > maxID || p.kind == kindRetry {
		return packet{}, nil, false
	}
	if p.kind == kindInitial {
		r.take(r.varint()) // token
	}
	size := r.varint()
	p.number = len(datagram) - len(r.b)
	r.take(size)
	if r.short {
		return packet{}, nil, false
	}
	p.bytes = datagram[:len(datagram)-len(r.b)]
	return p, r.b, true
}

// reader takes fields off the front of b. A field that is not there whole is taken
// as none, and short says so from then on.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.short = nil, true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// varint reads a number whose first two bits say how long it is (RFC 9000, 16).
func (r *reader) varint() uint64 {
	if len(r.b) == 0 {
		r.short = true
		return 0
	}
	b := r.take(1 << (r.b[0] >> 6))
	if b == nil {
		return 0
	}
	n := uint64(b[0] & 0x3f)
	for _, c := range b[1:] {
		n = n<<8 | uint64(c)
	}
	return n
}
