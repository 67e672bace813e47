package telnet

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDecoderTakesCommandsOut(t *testing.T) {
	said := "ro\xff\xfb\x18ot\r\x00\xff\xfa\x18\x00XTERM\xff\xf0\xff\xfa\x1f\x00\x78\x00\x32\xff\xf0pa\xff\xffss\r\n\xff\xfa\x27\x00\x00USER\x01bob\x03X\x01y\xff\xf0\xff\xf1\rx"
	for name, in := range map[string]io.Reader{
		"at once": strings.NewReader(said), "byte by byte": iotest.OneByteReader(strings.NewReader(said)),
	} {
		heard := 0
		d := &decoder{in: in, peer: newPeer(), heard: func() { heard++ }}
		have, err := io.ReadAll(d)
		if err != nil || string(have) != "root\rpa\xffss\r\rx" || heard != 4 {
			t.Errorf("%s: have %q, %d commands, %v", name, have, heard, err)
		}
		if p := d.peer; p.term != "xterm" || p.user != "bob" || p.columns != 120 || p.rows != 50 || strings.Join(p.order, ",") != "WILL 24" {
			t.Errorf("%s: have %+v", name, d.peer)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte("\xff\xfd\x01\xff\xfa\x18\x00xterm\xff\xf0root\r\n"))
	f.Add([]byte("\xff\xfa\x27\x00\x00USER\x01\x02\x02\xff\xf0\xff\xfa\x1f\xff\xff\xff\xff\xff\xf0"))
	f.Add(bytes.Repeat([]byte{0xff, 0xfb, 0x05}, 200))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &decoder{in: bytes.NewReader(data), peer: newPeer(), heard: func() {}}
		have, _ := io.ReadAll(d)
		if len(have) > len(data) || len(d.peer.order) > maxNoted || len(d.subData) > maxSub || d.peer.columns > maxTermWidth {
			t.Errorf("have %d bytes of %d, %+v", len(have), len(data), d.peer)
		}
	})
}
