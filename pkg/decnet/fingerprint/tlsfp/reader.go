package tlsfp

import "encoding/binary"

// reader takes fields off the front of b. A field that is not there whole is taken
// as none, and short says so from then on.
type reader struct {
	b     []byte
	short bool
}

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.short = nil, true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() int {
	if b := r.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u24() int {
	if b := r.take(3); b != nil {
		return int(b[0])<<16 | int(b[1])<<8 | int(b[2])
	}
	return 0
}

// vector8 returns what follows a length of one byte, vector16 of two.
func (r *reader) vector8() []byte  { return r.take(r.u8()) }
func (r *reader) vector16() []byte { return r.take(int(r.u16())) }

// uint16s are the numbers in b; an odd byte at its end is none.
func uint16s(b []byte) []uint16 {
	out := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		out = append(out, binary.BigEndian.Uint16(b))
	}
	return out
}
