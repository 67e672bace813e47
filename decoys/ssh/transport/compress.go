package transport

import (
	"bytes"
	"compress/zlib"
)

// A deflater compresses the payloads of one direction (RFC 4253 section 6.2). Each is
// flushed, so that the peer has all of it.
type deflater struct {
	out bytes.Buffer
	w   *zlib.Writer
}

func newDeflater() *deflater {
	d := &deflater{}
	d.w = zlib.NewWriter(&d.out)
	return d
}

func (d *deflater) deflate(payload []byte) []byte {
	d.out.Reset()
	_, _ = d.w.Write(payload) // to memory
	_ = d.w.Flush()
	return d.out.Bytes()
}
