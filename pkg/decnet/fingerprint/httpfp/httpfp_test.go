package httpfp_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/httpfp"
)

const curl = "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"

func fingerprint(t *testing.T, head string) string {
	t.Helper()
	r, err := httpfp.ParseRequest([]byte(head))
	if err != nil {
		t.Fatalf("%q: %v", head, err)
	}
	f := r.Fingerprint()
	if !regexp.MustCompile(`^http1_(09|10|11|20|xx)[klo]\d\d\d_[0-9a-f]{12}$`).MatchString(f) {
		t.Errorf("%q is %s", head, f)
	}
	return f
}

// The format is public: its text and one value stay as they are.
func TestFormat(t *testing.T) {
	r, err := httpfp.ParseRequest([]byte("get / HTTP/1.0\nHOST:x\nAccept-Language: de-DE,de;q=0.5\nConnection: close\nCookie: a\nAccept : b\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "10 l lst\nHOST\nAccept-Language: xx-XX,xx;q=0.5\nConnection: close\nAccept\n"; r.Text() != want {
		t.Errorf("the text is %q", r.Text())
	}
	if f := r.Fingerprint(); !strings.HasPrefix(f, "http1_10l042_") {
		t.Errorf("the fingerprint is %s", f)
	}
	if f := fingerprint(t, curl); f != curlFingerprint {
		t.Errorf("curl is %s", f)
	}
}

const curlFingerprint = "http1_11k030_9c664c9acacd"

func TestOneClientHasOneFingerprint(t *testing.T) {
	const browser = "GET /a HTTP/1.1\r\nHost: a\r\nUser-Agent: M\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n\r\n"
	same := []string{
		browser,
		strings.Replace(browser, "GET /a", "POST /b?c", 1),
		strings.Replace(browser, "User-Agent: M", "User-Agent: other", 1),
		strings.Replace(browser, "en-US,en", "fr-CA,fr", 1),
		strings.Replace(browser, "\r\n\r\n", "\r\nCookie: a=b\r\nReferer: http://a/\r\nContent-Length: 3\r\nIf-None-Match: x\r\nSec-Fetch-Site: none\r\n\r\n", 1),
	}
	other := []string{
		strings.Replace(browser, "GET", "get", 1),
		strings.Replace(browser, "GET", "PROPFIND", 1),
		strings.Replace(browser, "HTTP/1.1", "HTTP/1.0", 1),
		strings.Replace(browser, "HTTP/1.1", "HTTP/9.9", 1),
		strings.Replace(browser, " HTTP/1.1", "", 1),
		strings.Replace(browser, "User-Agent", "user-agent", 1),
		strings.Replace(browser, "Host: a\r\nUser-Agent: M", "User-Agent: M\r\nHost: a", 1),
		strings.Replace(browser, "gzip", "gzip, deflate", 1),
		strings.Replace(browser, "keep-alive", "Keep-Alive", 1),
		strings.Replace(browser, "en-US,en;q=0.5", "en-US,en;q=0.9", 1),
		strings.Replace(browser, "en-US,en;q=0.5", "en-US,en;q=0.5,de", 1),
		strings.Replace(browser, "Host: a", "Host:a", 1),
		strings.Replace(browser, "Host: a", "Host : a", 1),
		strings.Replace(browser, "Host: a", "Host: a\r\n b", 1),
		strings.Replace(browser, "Host: a", "Host: a\r\nb", 1),
		strings.ReplaceAll(browser, "\r\n", "\n"),
		browser[:len(browser)-2] + "X-Scanner: 1\r\n\r\n",
	}
	want := fingerprint(t, browser)
	for _, head := range same {
		if f := fingerprint(t, head); f != want {
			t.Errorf("%q is %s, not %s", head, f, want)
		}
	}
	seen := map[string]string{want: browser}
	for _, head := range other {
		f := fingerprint(t, head)
		if twin, ok := seen[f]; ok {
			t.Errorf("%q and %q are both %s", head, twin, f)
		}
		seen[f] = head
	}
}

func TestParseRequestIsBounded(t *testing.T) {
	many := "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 5000)
	r, err := httpfp.ParseRequest([]byte(many))
	if err != nil || len(r.Headers) != httpfp.MaxHeaders {
		t.Errorf("%d headers, %v", len(r.Headers), err)
	}
	for _, head := range []string{
		"", "GET", "GET\r\n", "GET / HTTP/1.1", " / HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "\x16\x03\x01 \r\n", "GET  HTTP/1.1\r\n", strings.Repeat("A", 33) + " / HTTP/1.1\r\n",
		"GET /" + strings.Repeat("a", httpfp.MaxHead) + " HTTP/1.1\r\n\r\n", "GET / HTTP/1.111111111111111111\r\n",
	} {
		if r, err := httpfp.ParseRequest([]byte(head)); !errors.Is(err, httpfp.ErrNotHTTP) {
			t.Errorf("%.40q is %+v, %v", head, r, err)
		}
	}
}

// A frame of HTTP/2.
func frame(kind, flags byte, stream uint32, payload string) string {
	n := len(payload)
	return string([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags, byte(stream >> 24), byte(stream >> 16), byte(stream >> 8), byte(stream)}) + payload
}

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Values that are published for browsers, from frames as they send them.
var (
	chrome = preface + frame(4, 0, 0, "\x00\x01\x00\x01\x00\x00\x00\x02\x00\x00\x00\x00\x00\x04\x00\x60\x00\x00\x00\x06\x00\x04\x00\x00") +
		frame(8, 0, 0, "\x00\xef\x00\x01") + frame(1, 0x25, 1, "\x80\x00\x00\x00\xff\x82\x41\x01a\x87\x84")
	firefox = preface + frame(4, 0, 0, "\x00\x01\x00\x01\x00\x00\x00\x04\x00\x02\x00\x00\x00\x05\x00\x00\x40\x00") +
		frame(8, 0, 0, "\x00\xbf\x00\x01") + frame(2, 0, 3, "\x00\x00\x00\x00\xc8") + frame(2, 0, 5, "\x80\x00\x00\x03\x64") +
		frame(1, 0x04, 15, "\x82\x04\x02/a\x01\x01a\x87\x7a\x01x")
)

func TestHTTP2(t *testing.T) {
	for name, test := range map[string]struct{ bytes, want string }{
		"Chrome":  {chrome, "1:65536;2:0;4:6291456;6:262144|15663105|0|m,a,s,p"},
		"Firefox": {firefox, "1:65536;4:131072;5:16384|12517377|3:0:0:201,5:1:3:101|m,p,a,s"},
		"names written out": {
			preface + frame(4, 0, 0, "") + frame(1, 4, 1, "\x00\x07:method\x03GET\x10\x05:path\x01/\x40\x0a:authority\x01a\x00\x07:scheme\x01h\x00\x01x\x00"), "|00|0|m,p,a,s",
		},
		"names in Huffman's code": {
			preface + frame(4, 0, 0, "") + frame(1, 4, 1, "\x00\x85\xb9\x49\x53\x39\xe4\x03GET\x00\x84\xb9\x58\xd3\x3f\x01/\x00\x88\xb8\x3b\x53\x39\xec\x32\x7d\x7f\x01a\x00\x85\xb8\x82\x4e\x5a\x4b\x01h"), "|00|0|m,p,a,s",
		},
		"padding, a new size of the table, and in two frames": {
			preface + frame(4, 1, 0, "") + frame(4, 0, 0, "\x00\x03\x00\x00\x00\x64") + frame(1, 8, 1, "\x03\x3f\xe1\x1f\x82\x41\x02xxx") + frame(9, 4, 1, "ab\x86\x84"), "3:100|00|0|m,a,s,p",
		},
	} {
		h, err := httpfp.ParseHTTP2([]byte(test.bytes))
		if err != nil || h.String() != test.want {
			t.Errorf("%s: %v, %v, want %s", name, h, err, test.want)
		}
		for i := range len(test.bytes) {
			if h, err := httpfp.ParseHTTP2([]byte(test.bytes[:i])); !errors.Is(err, httpfp.ErrIncomplete) {
				t.Errorf("%s: %d bytes are %v, %v", name, i, h, err)
			}
		}
	}
}

func TestHTTP2Refuses(t *testing.T) {
	for name, b := range map[string]string{
		"HTTP/1":               curl,
		"a large frame":        preface + "\x00\x40\x01\x00\x00\x00\x00\x00\x00",
		"too many frames":      preface + strings.Repeat(frame(6, 0, 0, "pingpong"), 100),
		"padding of more":      preface + frame(1, 8, 1, "\x05abc"),
		"padding of nothing":   preface + frame(1, 8, 1, ""),
		"half a priority":      preface + frame(1, 0x20, 1, "\x00"),
		"a lone continuation":  preface + frame(9, 4, 1, "\x82"),
		"a preface of another": "PRI * HTTP/2.1",
	} {
		if h, err := httpfp.ParseHTTP2([]byte(b)); !errors.Is(err, httpfp.ErrNotHTTP2) {
			t.Errorf("%s: %v, %v", name, h, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{curl, chrome, firefox, "get x\n a\n", preface + frame(1, 4, 1, "\x00\xff\xff\xff\xff\x0f"), fmt.Sprintf("POST / HTTP/1.0\r\nAccept-Language: %s\r\n\r\n", strings.Repeat("de,", 99))} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := httpfp.ParseRequest(b); err == nil && len(r.Fingerprint()) != len(curlFingerprint) {
			t.Errorf("%q is %s", b, r.Fingerprint())
		}
		if h, err := httpfp.ParseHTTP2(b); err == nil && len(h.Pseudo) > 16 {
			t.Errorf("%q has %q", b, h.Pseudo)
		}
	})
}
