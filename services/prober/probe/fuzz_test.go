package probe

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParseHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.0 404\n\n"))
	f.Add([]byte("SSH-2.0-OpenSSH_9.2p1\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := parseHead(b)
		if !ok && (h.line != "" || h.status != 0 || len(h.names) > 0) {
			t.Errorf("have %+v of what is none", h)
		}
		if ok && (h.status < 100 || h.status > 999 || len(h.names) > maxHeaders) {
			t.Errorf("have %+v", h)
		}
	})
}

func FuzzDescribe(f *testing.F) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"a.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add([]byte{0x30, 0x82, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, der []byte) {
		sum, fields := describe(der)
		if len(sum) != 64 || fields["sha256"] != sum {
			t.Errorf("have %s, %v", sum, fields)
		}
		for k, v := range fields {
			if len(v) > 8*maxText || !utf8.ValidString(v) {
				t.Errorf("%s is %q", k, v)
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("220 ready", 5)
	f.Add("\x1b[31m\u2028\xff", 100)
	f.Fuzz(func(t *testing.T, s string, most int) {
		if most < 0 || most > 1<<16 {
			return
		}
		got := clean(s, most)
		if len(got) > 3*most || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q became %q", s, got)
		}
	})
}
