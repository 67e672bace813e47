package http_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestAFileHasItsHash(t *testing.T) {
	d := start(t, "nginx", decoytest.Options{})
	sum := func(body string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(body))) }
	for i, test := range []struct{ head, body, want string }{
		{"PUT /a.txt HTTP/1.1\r\nContent-Length: 5", "a\nb\nc", sum("a\nb\nc")},
		{"POST /login HTTP/1.1\r\nContent-Type: Multipart/form-data; boundary=x\r\nContent-Length: 3", "--x", sum("--x")},
		{"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked", "3\r\n\x7fEL\r\n1\r\nF\r\n0\r\n\r\n", sum("\x7fELF")},
		{"POST /login HTTP/1.1\r\nContent-Length: 8", "user=a&b", ""},
		{"PUT /a.txt HTTP/1.1\r\nContent-Length: 9", "half", ""},
		{"PUT /a.txt HTTP/1.1\r\nContent-Length: 65537", strings.Repeat("x", 65537), ""}, // more than is captured
	} {
		c := d.Dial()
		if _, err := io.WriteString(c, test.head+"\r\nHost: x\r\nConnection: close\r\n\r\n"+test.body); err != nil {
			t.Fatal(err)
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if have := d.WaitFor(decnet.KindRequest, i+1)[i].Fields["body_sha256"]; have != test.want {
			t.Errorf("%.60q: have %q, want %q", test.head, have, test.want)
		}
	}
}
