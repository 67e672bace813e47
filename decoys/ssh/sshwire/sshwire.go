// Package sshwire reads and writes the data types of the SSH protocol (RFC 4251
// section 5). In come bytes of an attacker's packet, out go values, or the
// knowledge that there is one missing.
package sshwire

import (
	"bytes"
	"encoding/binary"
	"math/big"
)

// A Reader reads values one after the other. After the first that is missing or
// longer than what is there, all are empty and OK is false.
type Reader struct {
	data []byte
	bad  bool
}

// NewReader reads from data, which it does not copy: byte strings that it
// returns are part of it.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// OK reports whether all values so far were there.
func (r *Reader) OK() bool { return !r.bad }

// Done reports whether all values were there and nothing is left.
func (r *Reader) Done() bool { return !r.bad && len(r.data) == 0 }

// Fail makes it as if a value had been missing.
func (r *Reader) Fail() { r.bad = true }

// Rest returns what has not been read.
func (r *Reader) Rest() []byte { return r.data }

func (r *Reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.data)) {
		r.bad = true
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Bool reads a boolean: any byte but zero is true.
func (r *Reader) Bool() bool { return r.Byte() != 0 }

// Uint32 reads a number.
func (r *Reader) Uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads a number.
func (r *Reader) Uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Bytes reads a string.
func (r *Reader) Bytes() []byte {
	n := r.Uint32()
	if r.bad {
		return nil
	}
	return r.take(uint64(n))
}

// Text reads a string that OpenSSH takes for text: one with a NUL in it is bad,
// unless that is its end.
func (r *Reader) Text() string {
	b := r.Bytes()
	if i := bytes.IndexByte(b, 0); i >= 0 && i < len(b)-1 {
		r.bad = true
		return ""
	}
	return string(bytes.TrimSuffix(b, []byte{0}))
}

// maxMpint is the most that OpenSSH accepts of a number, in bytes: 16384 bits.
const maxMpint = 16384 / 8

// Mpint reads a number that is not negative and not longer than OpenSSH takes.
func (r *Reader) Mpint() *big.Int {
	b := r.Bytes()
	if len(b) > 0 && b[0]&0x80 != 0 || len(b) > maxMpint+1 {
		r.bad = true
	}
	if r.bad {
		return new(big.Int)
	}
	return new(big.Int).SetBytes(b)
}

// AppendUint32 adds a number.
func AppendUint32(dst []byte, n uint32) []byte { return binary.BigEndian.AppendUint32(dst, n) }

// AppendBool adds a boolean.
func AppendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

// AppendString adds a string of bytes or text.
func AppendString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(s))) //nolint:gosec // nobody sends 4 GiB
	return append(dst, s...)
}

// AppendMpint adds the number whose big-endian bytes are given.
func AppendMpint(dst, magnitude []byte) []byte {
	magnitude = bytes.TrimLeft(magnitude, "\x00")
	if len(magnitude) > 0 && magnitude[0]&0x80 != 0 {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(magnitude)+1)) //nolint:gosec // bounded by the caller's numbers
		return append(append(dst, 0), magnitude...)
	}
	return AppendString(dst, magnitude)
}
