package sftp

import (
	"bytes"
	"io"
	"testing"
)

// Whatever a client sends, the server ends, and every answer is a packet that can be
// read.
func FuzzServe(f *testing.F) {
	var all []byte
	for i, q := range dialogue("/tmp") {
		all = append(all, q.bytesOf(uint32(i))...)
	}
	f.Add(all, true)
	f.Add([]byte("\x00\x00\x00\x05\x03\x00\x00\x00\x01"), true)
	f.Add([]byte("\x00\x00\x00\x00"), false)
	f.Fuzz(func(t *testing.T, input []byte, hello bool) {
		if hello {
			input = append((&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0), input...)
		}
		var out bytes.Buffer
		Serve(t.Context(), struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(input), &out}, Config{Files: newFiles(t), Release: 902, Disk: Disk{Blocks: 10 << 20}})
		for out.Len() > 0 {
			b, err := reply(&out)
			if err != nil || len(b) == 0 || len(b) > maxPacket+1024 {
				t.Fatalf("an answer of %d bytes: %v", len(b), err)
			}
			show(b)
		}
	})
}
