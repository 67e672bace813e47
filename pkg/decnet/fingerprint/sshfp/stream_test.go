package sshfp_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/sshfp"
)

func TestStream(t *testing.T) {
	kex := packet(payload(&cyberduck))
	ignore := packet([]byte{2, 0, 0, 0, 0})
	join := func(parts ...any) (b []byte) {
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				b = append(b, p...)
			case []byte:
				b = append(b, p...)
			}
		}
		return b
	}
	tests := []struct {
		name   string
		server bool
		bytes  []byte
		state  sshfp.State
		line   string
		offer  bool
	}{
		{"a client", false, join("SSH-2.0-x y\r\n", kex, "more"), sshfp.Done, "SSH-2.0-x y", true},
		{"ignored packets", false, join("SSH-2.0-x\n", ignore, ignore, kex), sshfp.Done, "SSH-2.0-x", true},
		{"too many of them", false, join("SSH-2.0-x\n", bytes.Repeat(ignore, 9), kex), sshfp.Done, "SSH-2.0-x", false},
		{"a line and no more", false, join("SSH-2.0-x\r\n"), sshfp.WantsKexInit, "SSH-2.0-x", false},
		{"half a packet", false, join("SSH-2.0-x\r\n", kex[:99]), sshfp.WantsKexInit, "SSH-2.0-x", false},
		{"half a line", false, join("SSH-2.0-x"), sshfp.WantsLine, "", false},
		{"another message", false, join("SSH-2.0-x\r\n", packet([]byte{1, 0, 0, 0, 2})), sshfp.Done, "SSH-2.0-x", false},
		{"a password in clear", false, join("SSH-2.0-x\r\nroot\r\n"), sshfp.Done, "SSH-2.0-x", false},
		{"version 1", false, join("SSH-1.5-x\r\n", kex), sshfp.Done, "SSH-1.5-x", false},
		{"one letter of HTTP", false, join("G"), sshfp.NotSSH, "", false},
		{"TLS", false, []byte{0x16, 3, 1, 0}, sshfp.NotSSH, "", false},
		{"an odd version", false, join("SSH-2-x\r\n"), sshfp.NotSSH, "", false},
		{"no end", false, bytes.Repeat([]byte("SSH-2.0-"), 2000), sshfp.NotSSH, "", false},
		{"a server that talks first", true, join("Welcome\r\nto here\n", "SSH-2.0-y\r\n", kex), sshfp.Done, "SSH-2.0-y", true},
		{"a server that does not stop", true, []byte(strings.Repeat("hello\n", 40)), sshfp.NotSSH, "", false},
		{"a server of something else", true, []byte{0xff, 0xfd, 0x1f, 0}, sshfp.NotSSH, "", false},
	}
	for _, test := range tests {
		for _, size := range []int{1, 7, 1 << 20} { // segments do not matter
			s := sshfp.Stream{Server: test.server}
			for piece := range slices.Chunk(test.bytes, size) {
				s.Add(piece)
			}
			if s.State() != test.state || s.Line() != test.line || (s.KexInit() != nil) != test.offer {
				t.Errorf("%s in pieces of %d: state %d, line %q, offer %v", test.name, size, s.State(), s.Line(), s.KexInit())
			}
			if test.offer {
				if hash, _ := s.KexInit().HASSH(); hash != cyberduckHASSH {
					t.Errorf("%s: %s", test.name, hash)
				}
			}
		}
	}
}

func FuzzStream(f *testing.F) {
	whole := append([]byte("SSH-2.0-x y\r\n"), packet(payload(&cyberduck))...)
	f.Add(whole, false, 3)
	f.Add(append([]byte("hi\r\n"), whole...), true, 100)
	f.Add([]byte("SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x14"), false, 1)
	f.Add([]byte("SSH-1.5-x\n"), false, 2)
	f.Fuzz(func(t *testing.T, b []byte, server bool, size int) {
		at := sshfp.Stream{Server: server}
		at.Add(b)
		pieces := sshfp.Stream{Server: server}
		for piece := range slices.Chunk(b, max(1, size&0xff)) {
			pieces.Add(piece)
		}
		if at.State() != pieces.State() || at.Line() != pieces.Line() || (at.KexInit() == nil) != (pieces.KexInit() == nil) {
			t.Errorf("whole: %d %q, in pieces: %d %q", at.State(), at.Line(), pieces.State(), pieces.Line())
		}
		sshfp.Client(at.Line())
	})
}

func FuzzParseKexInit(f *testing.F) {
	f.Add(payload(&cyberduck))
	f.Add(payload(&sshfp.KexInit{Kex: "a", LanguagesToClient: "de", FirstKexFollows: true}))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := sshfp.ParseKexInit(b)
		if err != nil {
			return
		}
		again := payload(k)
		if !bytes.Equal(again[:len(again)-5], b[:len(b)-5]) { // the flag may be any byte, what is reserved too
			t.Errorf("%x comes back as %x", b, again)
		}
	})
}
