package ssh

import (
	"encoding/binary"
)

// A wire reads the values of RFC 4251 section 5 from an attacker's packet. What
// is missing or too long is read as empty, and everything after it as well.
type wire struct {
	data []byte
	bad  bool
}

// maxText bounds a string, in bytes; longer ones are cut.
const maxText = 32 << 10

func (w *wire) number() uint32 {
	if w.bad || len(w.data) < 4 {
		w.bad = true
		return 0
	}
	n := binary.BigEndian.Uint32(w.data)
	w.data = w.data[4:]
	return n
}

func (w *wire) text() string {
	n := w.number()
	if w.bad || uint64(n) > uint64(len(w.data)) {
		w.bad = true
		return ""
	}
	s := w.data[:n]
	w.data = w.data[n:]
	return string(s[:min(len(s), maxText)])
}
