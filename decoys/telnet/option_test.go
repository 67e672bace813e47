package telnet

import (
	"strings"
	"testing"
)

// heard decodes what was said in pieces of n bytes.
func heard(d decoder, said string, n int) (data, replies string) {
	for len(said) > 0 {
		k := min(n, len(said))
		d.decode([]byte(said[:k]), func(b byte) { data += string([]byte{b}) }, func(s string) { replies += s })
		said = said[k:]
	}
	return data, replies
}

func TestNegotiatorTakesCommandsOut(t *testing.T) {
	said := "ro\xff\xfb\x18ot\r\x00\xff\xfa\x18\x00XTERM\xff\xf0\xff\xfb\x1f\xff\xfa\x1f\x00\x78\x00\x32\xff\xf0pa\xff\xffss\r\n\xff\xfb\x27\xff\xfa\x27\x00\x00USER\x01bob\x03X\x01y\xff\xf0\xff\xf1\rx"
	for _, n := range []int{1, 2, 3, 7, 1000} {
		p := newPeer()
		data, replies := heard(newNegotiator(inetutils, p), said, n)
		if data != "root\rpa\xffss\r\rx" || replies != "\xff\xfd\x18\xff\xfd\x1f\xff\xfd\x27" {
			t.Errorf("%d bytes: have %q, %q", n, data, replies)
		}
		if p.term != "xterm" || p.user != "bob" || p.columns != 120 || p.rows != 50 || strings.Join(p.order, ",") != "WILL 24,WILL 31,WILL 39" {
			t.Errorf("%d bytes: have %+v", n, p)
		}
	}
}

func TestSkipperTakesCommandsOut(t *testing.T) {
	p := newPeer()
	data, replies := heard(&skipper{peer: p}, "root\r\n\xff\xfb\x1f\xff\xfa\x1f\x00\x78\x00\x32\xff\xf0\xff\xf6\xff\xffx", 1000)
	if data != "root\r\xffx" || replies != "\xff\xff\xf1" || p.columns != 120 || p.rows != 50 || strings.Join(p.order, ",") != "WILL 31" {
		t.Errorf("have %q, %q, %+v", data, replies, p)
	}
}

func TestTTYShowsWhatLinuxShows(t *testing.T) {
	tests := []struct{ typed, shown, lines string }{
		{"abc\r", "abc\r\n", "abc\n"},
		{"gx\x7fu\n", "gx\b \bu\r\n", "gu\n"},
		{"a\x01\x7fb\r", "a^A\b \b\b \bb\r\n", "ab\n"},
		{"one two \x17x\r", "one two \b \b\b \b\b \b\b \bx\r\n", "one x\n"},
		{"ab\x15c\r", "ab\b \b\b \bc\r\n", "c\n"},
		{"\x16\x03\r", "^\b^C\r\n", "\x03\n"},
		{"ab\x12\r", "ab^R\r\nab\r\n", "ab\n"},
		{"ab\x04", "ab", "ab"},
		{"\x7f\x15\x17\r", "\r\n", "\n"},
		{"\x13\x11a\r", "a\r\n", "a\n"},
	}
	for _, test := range tests {
		shown := ""
		tty := &tty{show: func(s string) { shown += s }, echo: true, signal: func(byte) {}}
		for _, b := range []byte(test.typed) {
			tty.typed(b)
		}
		if have := strings.Join(tty.lines, "|"); shown != test.shown || have != test.lines {
			t.Errorf("%q: have %q and %q, want %q and %q", test.typed, shown, have, test.shown, test.lines)
		}
	}
}

func FuzzNegotiation(f *testing.F) {
	f.Add([]byte("\xff\xfd\x01\xff\xfa\x18\x00xterm\xff\xf0root\r\n"), 3)
	f.Add([]byte("\xff\xfa\x27\x00\x00USER\x01\x02\x02\xff\xf0\xff\xfa\x1f\xff\xff\xff\xff\xff\xf0"), 1)
	f.Add([]byte(strings.Repeat("\xff\xfb\x05\xff\xfd\x12", 200)), 7)
	f.Add([]byte("\xff\xfb\x22\xff\xfa\x22\x01\x03\xff\xf0\xff\xfa\x25\x00\x02\x02\x00\xff\xf0\xff\xfc\x06\xff\xfb\x06\xff\xfd\x05\xff\xfa\x05\x01\xff\xf0\x16\x03\x12\x17"), 100)
	f.Fuzz(func(t *testing.T, said []byte, n int) {
		p := newPeer()
		for _, d := range []decoder{newNegotiator(inetutils, p), newNegotiator(netkit, p), &skipper{peer: p}} {
			shown := 0
			tty := &tty{show: func(s string) { shown += len(s) }, echo: true, tabs: true, signal: func(byte) {}}
			data, replies := heard(d, string(said), max(1, n))
			for i := range len(data) {
				tty.typed(data[i])
			}
			// A command of two bytes is answered with at most 55, one that asks for the
			// status of all options with at most two bytes for each of 256 and each side.
			if len(data) > len(said) || len(replies) > (2*2*256+64)*(1+len(said)/6)+64*len(said) || len(p.order) > maxNoted || p.columns > maxTermWidth ||
				len(tty.lines) > maxLines || len(tty.line) > maxLine || len(p.term) > maxTermName {
				t.Errorf("have %d bytes of %d, %d of replies, %+v", len(data), len(said), len(replies), p)
			}
		}
	})
}
