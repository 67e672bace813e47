package transport

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// A tape is a peer that has said everything already.
type tape struct {
	net.Conn
	in  *bytes.Reader
	out bytes.Buffer
}

func newTape(said []byte) *tape { return &tape{in: bytes.NewReader(said)} }

func (c *tape) Read(p []byte) (int, error)         { return c.in.Read(p) }
func (c *tape) Write(p []byte) (int, error)        { return c.out.Write(p) }
func (c *tape) SetWriteDeadline(_ time.Time) error { return nil }
func (c *tape) Close() error                       { return nil }

type key ed25519.PrivateKey

func (key) Algorithms() []string { return []string{"ssh-ed25519"} }
func (k key) Public() ([]byte, error) {
	return sshwire.AppendString(sshwire.AppendString(nil, "ssh-ed25519"), k[32:]), nil
}

func (k key) Sign(algorithm string, data []byte) ([]byte, error) {
	return sshwire.AppendString(sshwire.AppendString(nil, algorithm), ed25519.Sign(ed25519.PrivateKey(k), data)), nil
}

func config(t testing.TB, software string) *Config {
	t.Helper()
	r, err := ReleaseOf(software)
	if err != nil {
		t.Fatal(err)
	}
	r.HostKeys = []string{"ssh-ed25519"}
	return &Config{Release: &r, Keys: []HostKey{key(ed25519.NewKeyFromSeed(make([]byte, 32)))}, Banner: "SSH-2.0-" + software}
}

// packets are packets without protection.
func packets(payloads ...[]byte) []byte {
	w := packetWriter{p: plain()}
	var b []byte
	for _, p := range payloads {
		b = w.append(b, p)
	}
	return b
}

// said are the payloads of packets without protection.
func said(t *testing.T, b []byte) (out [][]byte) {
	t.Helper()
	r := packetReader{in: newReader(b), p: plain()}
	for {
		p, _, err := r.read()
		if errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, bytes.Clone(p))
	}
}

func kexInitOf(kex string) []byte {
	b := make([]byte, 17)
	b[0] = msgKexInit
	for _, l := range []string{kex, "ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""} {
		b = sshwire.AppendString(b, l)
	}
	return append(b, 0, 0, 0, 0, 0)
}

func TestWhatIsSaidToWhoBreaksTheProtocol(t *testing.T) {
	const corrupt, debian = "", "OpenSSH_9.2p1 Debian-2+deb12u3" // OpenSSH ends before its message is sent
	tests := []struct {
		name string
		sent []byte
		want string // of the message to the peer; empty is none
	}{
		{"length of zero", make([]byte, 16), corrupt},
		{"enormous length", []byte("GET / HTTP/1.1\r\n\r\n"), corrupt},
		{"not whole blocks", append([]byte{0, 0, 0, 13}, make([]byte, 16)...), corrupt},
		{"little padding", append([]byte{0, 0, 0, 12, 3}, make([]byte, 11)...), ""},
		{"padding beyond the packet", append([]byte{0, 0, 0, 12, 200}, make([]byte, 11)...), ""},
		{"no payload", append([]byte{0, 0, 0, 12, 11}, make([]byte, 11)...), ""},
		{"type 0", packets([]byte{0}), ""},
		{"type 192", packets([]byte{192}), ""},
		{"of a layer above", packets([]byte{50}), ""},
		{"no list", packets(make([]byte, 1), nil), ""},
		{"cut KEXINIT", packets(kexInitOf("x")[:40]), ""},
		{"nothing in common", packets(kexInitOf("x")), ""},
		{"strict, late", packets([]byte{msgIgnore, 0, 0, 0, 0}, kexInitOf("curve25519-sha256,"+kexStrictClient)), "strict KEX violation: KEXINIT was not the first packet"},
		{"strict, ignore", packets(kexInitOf("curve25519-sha256,"+kexStrictClient), []byte{msgIgnore, 0, 0, 0, 0}), "strict KEX violation: unexpected packet type 2 (seqnr 1)"},
		{"disconnect", packets([]byte{msgDisconnect, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0}), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newTape(test.sent)
			if _, err := Accept(c, config(t, debian), "SSH-2.0-x"); err == nil {
				t.Fatal("was accepted")
			}
			all := said(t, c.out.Bytes())
			if all[0][0] != msgKexInit {
				t.Fatalf("began with %q", all[0])
			}
			have := ""
			if last := all[len(all)-1]; last[0] == msgDisconnect {
				r := sshwire.NewReader(last[5:])
				have = r.Text()
			}
			if have != test.want {
				t.Errorf("have %q, want %q", have, test.want)
			}
		})
	}
}

func TestUnexpectedPacketsAreUnimplemented(t *testing.T) {
	c := newTape(packets([]byte{msgNewKeys}, []byte{5, 0, 0, 0, 0}, kexInitOf("x")))
	_, _ = Accept(c, config(t, "OpenSSH_8.2p1 Ubuntu-4ubuntu0.9"), "SSH-2.0-x")
	all := said(t, c.out.Bytes())
	if len(all) != 3 || !bytes.Equal(all[1], []byte{3, 0, 0, 0, 0}) || !bytes.Equal(all[2], []byte{3, 0, 0, 0, 1}) {
		t.Errorf("have %q", all)
	}
}

// The formula leaves nothing to a slip: a prime of this form, with the low bits of the
// group that RFC 2409 prints.
func TestGroupsArePrimes(t *testing.T) {
	for bits := range moduli {
		p := modulus(bits)
		half := new(big.Int).Rsh(p, 1)
		if p.BitLen() != bits || !p.ProbablyPrime(1) || !half.ProbablyPrime(1) {
			t.Errorf("the group of %d bits is no safe prime of %d bits", bits, p.BitLen())
		}
	}
	if have := hex.EncodeToString(modulus(1024).Bytes()); !strings.HasSuffix(have, "ece65381ffffffffffffffff") {
		t.Errorf("have %s", have)
	}
}

func TestEveryReleaseOfTheCatalogueIsKnown(t *testing.T) {
	for _, distro := range catalog.Distros() {
		for _, v := range distro.SSHVersions {
			r, err := ReleaseOf(v)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, k := range r.Kex {
				if _, ok := methods[k]; !ok && k != extInfoServer && k != kexStrictServer {
					t.Errorf("%s: no %s", v, k)
				}
			}
			for _, c := range r.Ciphers {
				if _, ok := ciphers[c]; !ok {
					t.Errorf("%s: no %s", v, c)
				}
			}
			for _, m := range r.MACs {
				if _, ok := macs[m]; !ok {
					t.Errorf("%s: no %s", v, m)
				}
			}
		}
	}
	if _, err := ReleaseOf("dropbear_2022.83"); err == nil {
		t.Error("dropbear is OpenSSH")
	}
}

// FuzzAccept has a client say anything, before and after its key exchange begins.
func FuzzAccept(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	curve := append([]byte{msgKexDHInit}, sshwire.AppendString(nil, append([]byte{9}, make([]byte, 31)...))...)
	f.Add(packets(kexInitOf("curve25519-sha256"), curve, []byte{msgNewKeys}))
	f.Add(packets(kexInitOf("curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com"), curve))
	f.Add(packets(kexInitOf("diffie-hellman-group14-sha256"), append([]byte{msgKexDHInit}, 0, 0, 0, 1, 5)))
	f.Add(packets(kexInitOf("diffie-hellman-group-exchange-sha256"), []byte{34, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 32, 0}, []byte{32, 0, 0, 0, 1, 7}))
	f.Add(packets(kexInitOf(sntrup), append([]byte{30}, sshwire.AppendString(nil, append(make([]byte, 1158), append([]byte{9}, make([]byte, 31)...)...))...)))
	cfg := config(f, "OpenSSH_9.2p1 Debian-2+deb12u3")
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newTape(data)
		conn, err := Accept(c, cfg, "SSH-2.0-x")
		for err == nil {
			_, _, err = conn.Read()
		}
		if d, ok := errors.AsType[*DisconnectError](err); ok && !bytes.Contains(c.out.Bytes(), []byte(d.Text)) && conn.SessionID == nil {
			t.Errorf("the peer was not told %q", d.Text)
		}
	})
}

// FuzzRead has a client say anything after its key exchange.
func FuzzRead(f *testing.F) {
	f.Add(packets([]byte{2, 0, 0, 0, 0}, []byte{90, 1}, kexInitOf("curve25519-sha256")))
	cfg := config(f, "OpenSSH_9.6")
	f.Fuzz(func(_ *testing.T, data []byte) {
		conn := Unprotected(newTape(data), cfg)
		for {
			if _, seq, err := conn.Read(); err != nil || conn.Unimplemented(seq) != nil {
				return
			}
		}
	})
}
