package ssh

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
)

// A tape is a peer that has said everything already.
type tape struct {
	net.Conn
	in  *bytes.Reader
	out bytes.Buffer
}

func (c *tape) Read(p []byte) (int, error)         { return c.in.Read(p) }
func (c *tape) Write(p []byte) (int, error)        { return c.out.Write(p) }
func (c *tape) SetWriteDeadline(_ time.Time) error { return nil }
func (c *tape) Close() error                       { return nil }

// packets are packets without protection: their length, the length of the padding, a payload
// and zeros.
func packets(payloads ...[]byte) []byte {
	var b []byte
	for _, p := range payloads {
		padding := 16 - (5+len(p))%8
		b = sshwire.AppendUint32(b, uint32(1+len(p)+padding))
		b = append(append(append(b, byte(padding)), p...), make([]byte, padding)...)
	}
	return b
}

func unprotected(t testing.TB, said []byte) (*transport.Conn, *tape) {
	t.Helper()
	r, err := transport.ReleaseOf("OpenSSH_9.2p1 Debian-2+deb12u3")
	if err != nil {
		t.Fatal(err)
	}
	c := &tape{in: bytes.NewReader(said)}
	return transport.Unprotected(c, &transport.Config{Release: &r}), c
}

func text(kind byte, parts ...string) []byte {
	b := []byte{kind}
	for _, p := range parts {
		b = sshwire.AppendString(b, p)
	}
	return b
}

// nobody lets nobody in, unless the password is "yes" or the key is proven.
type nobody struct{ asked int }

func (n *nobody) password(_ string, secret []byte) bool {
	n.asked++
	return string(secret) == "yes"
}

func (n *nobody) publicKey(_ string, _ *offeredKey, proven bool) bool {
	n.asked++
	return proven
}
func (*nobody) admit() bool                { return true }
func (*nobody) delay(string) time.Duration { return 0 }

func password(user, secret string) []byte {
	return sshwire.AppendString(append(text(msgUserauthRequest, user, "ssh-connection", "password"), 0), secret)
}

func TestWhatAuthenticationSays(t *testing.T) {
	service := text(msgServiceRequest, "ssh-userauth")
	none := text(msgUserauthRequest, "root", "ssh-connection", "none")
	tests := []struct {
		name  string
		sent  [][]byte
		want  string // in what is said
		asked int
	}{
		{"another service", [][]byte{text(msgServiceRequest, "ssh-connection")}, "bad service request ssh-connection", 0},
		{"too early", [][]byte{none}, "\x03\x00\x00\x00\x00", 0},
		{"none", [][]byte{service, none}, "publickey,password", 0},
		{"right", [][]byte{service, password("root", "yes")}, "\x34", 1},
		{"another name", [][]byte{service, none, password("admin", "x")}, "Change of username or service not allowed: (root,ssh-connection) -> (admin,ssh-connection)", 0},
		{"six", [][]byte{service, none, password("root", "1"), password("root", "2"), password("root", "3"), password("root", "4"), password("root", "5"), password("root", "6")}, "Too many authentication failures", 6},
		{"a method there is not", [][]byte{service, text(msgUserauthRequest, "root", "ssh-connection", "hostbased")}, "publickey,password", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn, c := unprotected(t, packets(test.sent...))
			decide := &nobody{}
			r, _ := transport.ReleaseOf("OpenSSH_9.2p1 Debian-2+deb12u3")
			a := &authentication{ctx: t.Context(), t: conn, release: &r, decide: decide}
			err := a.run()
			if (err == nil) != (test.name == "right") || !bytes.Contains(c.out.Bytes(), []byte(test.want)) || decide.asked != test.asked {
				t.Errorf("have %q, asked %d times, %v", c.out.Bytes(), decide.asked, err)
			}
		})
	}
}

func FuzzAuthentication(f *testing.F) {
	service := text(msgServiceRequest, "ssh-userauth")
	f.Add(packets(service, password("root", "x")))
	f.Add(packets(service, append(text(msgUserauthRequest, "root:a", "ssh-connection", "publickey"), append([]byte{1}, text(0, "ssh-ed25519", "blob", "sig")[1:]...)...)))
	f.Fuzz(func(t *testing.T, data []byte) {
		conn, c := unprotected(t, data)
		r, _ := transport.ReleaseOf("OpenSSH_9.2p1 Debian-2+deb12u3")
		a := &authentication{ctx: t.Context(), t: conn, release: &r, decide: &nobody{}}
		if a.run() == nil && !bytes.Contains(data, []byte("yes")) && !bytes.Contains(data, []byte("publickey")) {
			t.Errorf("let in for %q, said %q", data, c.out.Bytes())
		}
	})
}

// echo is a peer whose sessions answer what they are told.
type echo struct{}

func (echo) open(kind string, _ []byte) (func(channel, <-chan request), openRefusal) {
	if kind != "session" && kind != "direct-tcpip" {
		return nil, openRefusal{openConnectFailed, "open failed"}
	}
	return func(c channel, requests <-chan request) {
		for r := range requests {
			r.answer(r.kind != "no")
			if r.kind == "exec" {
				_, _ = c.Write(r.payload)
				_, _ = c.stderr().Write(r.payload)
				c.exit(3)
				return
			}
		}
	}, openRefusal{}
}
func (echo) global(string, []byte) (bool, []byte) { return false, nil }

func opening(kind string, remote, window, most uint32) []byte {
	b := sshwire.AppendUint32(text(msgChannelOpen, kind), remote)
	return sshwire.AppendUint32(sshwire.AppendUint32(b, window), most)
}

func ofChannel(kind byte, id uint32, rest ...byte) []byte {
	return append(sshwire.AppendUint32([]byte{kind}, id), rest...)
}

func asking(id uint32, kind string, payload ...byte) []byte {
	b := sshwire.AppendString(ofChannel(msgChannelRequest, id), kind)
	return append(append(b, 1), payload...)
}

func TestWhatTheMuxSays(t *testing.T) {
	session := opening("session", 7, 1<<20, 1<<15)
	tests := []struct {
		name string
		sent [][]byte
		want string
	}{
		{"no channel", [][]byte{ofChannel(msgChannelData, 5, 0, 0, 0, 0)}, "data packet referred to nonexistent channel 5"},
		{"no channel, eof", [][]byte{ofChannel(msgChannelEOF, 5)}, "ieof packet referred to nonexistent channel 5"},
		{"no channel, close", [][]byte{ofChannel(msgChannelClose, 5)}, "oclose packet referred to nonexistent channel 5"},
		{"no channel, request", [][]byte{asking(5, "exec")}, "server_input_channel_req: unknown channel 5"},
		{"confirmation", [][]byte{session, ofChannel(msgOpenConfirm, 0)}, "Received open confirmation for non-opening channel 0."},
		{"no more sessions", [][]byte{append(text(msgGlobalRequest, "no-more-sessions@openssh.com"), 1), session}, "Possible attack: attempt to open a session after additional sessions disabled"},
		{"unknown kind", [][]byte{opening("x", 3, 1, 1)}, "open failed"},
		{"unknown request", [][]byte{append(text(msgGlobalRequest, "keepalive@openssh.com"), 1)}, string(rune(msgRequestFailure))},
		{"unknown packet", [][]byte{{79}}, "\x03\x00\x00\x00\x00"},
		{"a session", [][]byte{session, asking(0, "exec", []byte("input")...)}, "exit-status"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn, c := unprotected(t, packets(test.sent...))
			m := &mux{t: conn, peer: echo{}, run: func(f func()) { go f() }}
			m.serve()
			if !bytes.Contains(c.out.Bytes(), []byte(test.want)) && test.name != "a session" {
				t.Errorf("have %q", c.out.Bytes())
			}
		})
	}
}

func FuzzMux(f *testing.F) {
	f.Add(packets(opening("session", 1, 1<<20, 1<<15), asking(0, "exec", []byte("data")...), ofChannel(msgChannelData, 0, 0, 0, 0, 1, 'x'), ofChannel(msgChannelEOF, 0), ofChannel(msgChannelClose, 0)))
	f.Add(packets(opening("direct-tcpip", 1, 0, 0), ofChannel(msgWindowAdjust, 0, 0, 0, 1, 0), ofChannel(msgChannelClose, 0), opening("session", 1, 1, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		conn, _ := unprotected(t, data)
		m := &mux{t: conn, peer: echo{}, run: func(f func()) { go f() }}
		m.serve() // comes to its end, and so do its goroutines
	})
}

// Nothing of what a program did not read stays behind, however its channel ends.
func TestUnreadInputIsForgotten(t *testing.T) {
	data := sshwire.AppendString(ofChannel(msgChannelData, 0), make([]byte, 4096))
	target := sshwire.AppendUint32(text(0, "host")[1:], 80)
	target = sshwire.AppendUint32(sshwire.AppendString(target, "origin"), 1)
	for name, end := range map[string][]byte{"close": ofChannel(msgChannelClose, 0), "end of the connection": {79}} {
		before := unread.Load()
		conn, _ := unprotected(t, packets(append(opening("direct-tcpip", 7, 1<<20, 1<<15), target...), data, asking(0, "x", make([]byte, 2000)...), data, asking(0, "y"), end))
		m := &mux{t: conn, peer: echo{}, run: func(f func()) { go f() }}
		m.serve()
		if after := unread.Load(); after != before {
			t.Errorf("%s: %d bytes before, %d after", name, before, after)
		}
	}
}
