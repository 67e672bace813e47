package sftp

import (
	"bytes"
	"encoding/binary"
)

// A reader reads the values of a packet. After one that is not there, bad is set and
// everything is empty: sftp-server ends itself then.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n > len(r.data) {
		r.bad = true
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// bytes is a string of any bytes, within the packet.
func (r *reader) bytes() []byte {
	n := r.uint32()
	if r.bad || uint64(n) > uint64(len(r.data)) {
		r.bad = true
		return nil
	}
	return r.take(int(n))
}

// text is a string of C: it has no NUL but one at its end, which is none of it.
func (r *reader) text() string {
	b := bytes.TrimSuffix(r.bytes(), []byte{0})
	if bytes.IndexByte(b, 0) >= 0 {
		r.bad = true
		return ""
	}
	return string(b)
}

// A writer makes a packet.
type writer struct{ data []byte }

// begin begins a packet; its length is filled in when it is sent.
func begin(kind byte) *writer { return &writer{data: []byte{0, 0, 0, 0, kind}} }

func (w *writer) uint32(n uint32) *writer {
	w.data = binary.BigEndian.AppendUint32(w.data, n)
	return w
}

func (w *writer) uint64(n uint64) *writer {
	w.data = binary.BigEndian.AppendUint64(w.data, n)
	return w
}

func (w *writer) string(s string) *writer {
	w.uint32(uint32(len(s))) //nolint:gosec // bounded by what is asked for
	w.data = append(w.data, s...)
	return w
}
