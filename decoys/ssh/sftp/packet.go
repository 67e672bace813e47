package sftp

import (
	"encoding/binary"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// A reader reads a packet of a client, with the attributes that only SFTP has.
type reader struct{ *sshwire.Reader }

func newReader(b []byte) reader { return reader{sshwire.NewReader(b)} }

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
