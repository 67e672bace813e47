package tlsfp_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

func hash12(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:12]
}

func hexes(values []uint16) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprintf("%04x", v)
	}
	return out
}

func TestParseClientHello(t *testing.T) {
	got := parse(t, hello{
		kind: 1, version: 0x0303, sessionID: make([]byte, 32), ciphers: []uint16{0x1301, 0x0a0a},
		exts: []ext{sni("a.test"), groups(29, 0x1a1a), points(0, 1), algorithms(0x0403), alpn("h2", "h3"), versions(0x0304)},
	})
	want := &tlsfp.ClientHello{
		Version: 0x0303, SessionIDLength: 32, Ciphers: []uint16{0x1301, 0x0a0a}, Compressions: []byte{0},
		Extensions: []uint16{0, 10, 11, 13, 16, 43}, Groups: []uint16{29, 0x1a1a}, PointFormats: []byte{0, 1},
		SignatureAlgorithms: []uint16{0x0403}, SupportedVersions: []uint16{0x0304}, ALPN: []string{"h2", "h3"}, SNI: "a.test",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("have %+v\nwant %+v", got, want)
	}
}

func TestParseIsTolerant(t *testing.T) {
	base := hello{kind: 1, version: 0x0303, ciphers: []uint16{0x002f}, exts: []ext{sni("a.test")}}
	bare, none := base, base
	bare.bare, none.exts = true, nil
	inside := base.message()
	inside = append(inside, "more"...)
	inside[3] += 4 // the body ends after them
	tests := []struct {
		name string
		msg  []byte
		ja3  string
	}{
		{"no extensions", bare.message(), "771,47,,,"},
		{"an empty block", none.message(), "771,47,,,"},
		{"bytes after the message", append(base.message(), "more"...), "771,47,0,,"},
		{"bytes after the extensions", inside, "771,47,0,,"},
		{"empty extensions", hello{kind: 1, version: 0x0303, exts: empty(0, 10, 11, 13, 16, 35, 43)}.message(), "771,,0-10-11-13-16-35-43,,"},
		{"lists that are too long", hello{kind: 1, version: 0x0303, exts: []ext{{10, []byte{0, 9, 0, 29, 0}}, {11, []byte{9, 1}}}}.message(), "771,,10-11,29,1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, err := tlsfp.ParseClientHello(test.msg)
			if err != nil {
				t.Fatal(err)
			}
			if _, text := h.JA3(); text != test.ja3 {
				t.Errorf("have %s, want %s", text, test.ja3)
			}
		})
	}
}

func TestParseNames(t *testing.T) {
	tests := []struct {
		name string
		exts []ext
		sni  string
		alpn []string
	}{
		{"the first of the type counts", []ext{{0, vec(2, slices.Concat([]byte{7}, vec(2, []byte("no")), []byte{0}, vec(2, []byte("yes")), []byte{0}, vec(2, []byte("later"))))}}, "yes", nil},
		{"a cut name", []ext{{0, []byte{0, 9, 0, 0, 9, 'a'}}}, "", nil},
		{"a cut protocol", []ext{{16, []byte{0, 9, 2, 'h', '2', 5, 'h'}}}, "", []string{"h2"}},
		{"hostile bytes", []ext{sni("\x1b[2J\x00\xff"), alpn("\n")}, "\x1b[2J\x00\xff", []string{"\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := parse(t, hello{kind: 1, version: 0x0303, exts: test.exts})
			if h.SNI != test.sni || !slices.Equal(h.ALPN, test.alpn) {
				t.Errorf("have %q and %q", h.SNI, h.ALPN)
			}
		})
	}
}

func TestResumption(t *testing.T) {
	id := make([]byte, 32)
	tests := []struct {
		name  string
		hello hello
		want  tlsfp.Resumption
	}{
		{"none", hello{exts: empty(35)}, tlsfp.ResumeNone},
		{"session id", hello{sessionID: id, exts: empty(35)}, tlsfp.ResumeSessionID},
		{"a random session id of TLS 1.3", hello{sessionID: id, exts: []ext{versions(0x0304)}}, tlsfp.ResumeNone},
		{"ticket", hello{sessionID: id, exts: []ext{{35, []byte("ticket")}}}, tlsfp.ResumeTicket},
		{"key", hello{sessionID: id, exts: append(empty(41), versions(0x0304))}, tlsfp.ResumePSK},
	}
	for _, test := range tests {
		test.hello.kind, test.hello.version = 1, 0x0303
		if got := parse(t, test.hello).Resumption; got != test.want {
			t.Errorf("%s: have %q, want %q", test.name, got, test.want)
		}
	}
}

func TestParseServerHello(t *testing.T) {
	retry := sha256.Sum256([]byte("HelloRetryRequest"))
	tests := []struct {
		name  string
		hello hello
		want  tlsfp.ServerHello
	}{
		{
			"TLS 1.2",
			hello{version: 0x0303, sessionID: []byte("id"), ciphers: []uint16{0xc02f}, exts: []ext{{0xff01, []byte{0}}, alpn("h2")}},
			tlsfp.ServerHello{Version: 0x0303, SelectedVersion: 0x0303, SessionIDLength: 2, Cipher: 0xc02f, Extensions: []uint16{0xff01, 16}, ALPN: "h2"},
		},
		{
			"TLS 1.3",
			hello{version: 0x0303, ciphers: []uint16{0x1301}, exts: []ext{{43, u16(0x0304)}, {41, u16(0)}}},
			tlsfp.ServerHello{Version: 0x0303, SelectedVersion: 0x0304, Cipher: 0x1301, Extensions: []uint16{43, 41}, PSK: true},
		},
		{
			"another hello wanted",
			hello{version: 0x0303, random: retry[:], ciphers: []uint16{0x1301}, exts: []ext{{43, u16(0x0304)}}},
			tlsfp.ServerHello{Version: 0x0303, SelectedVersion: 0x0304, Cipher: 0x1301, Extensions: []uint16{43}, Retry: true},
		},
		{"no extensions", hello{version: 0x0300, ciphers: []uint16{5}, bare: true}, tlsfp.ServerHello{Version: 0x0300, SelectedVersion: 0x0300, Cipher: 5}},
		{"malformed ones", hello{version: 0x0303, exts: empty(16, 43)}, tlsfp.ServerHello{Version: 0x0303, SelectedVersion: 0x0303, Extensions: []uint16{16, 43}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.hello.kind = 2
			if test.hello.ciphers == nil {
				test.hello.ciphers = []uint16{0}
			}
			got, err := tlsfp.ParseServerHello(test.hello.message())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("have %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestErrorsSayWhy(t *testing.T) {
	client := chrome.message()
	server := hello{kind: 2, version: 0x0303, ciphers: []uint16{1}, exts: []ext{{43, u16(0x0304)}}}.message()
	short := func(msg []byte, n int) []byte { return append([]byte{msg[0]}, vec(3, msg[4:4+n])...) }
	parseClient := func(b []byte) error { _, err := tlsfp.ParseClientHello(b); return err }
	parseServer := func(b []byte) error { _, err := tlsfp.ParseServerHello(b); return err }
	leaf := func(b []byte) error { _, err := tlsfp.Leaf(b); return err }
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"nothing", parseClient(nil), "read a TLS ClientHello: the header is cut off"},
		{"another message", parseClient(server), "the message is of type 2, not 1"},
		{"a cut message", parseClient(client[:40]), "bytes of"},
		{"too much", parseClient([]byte{1, 1, 0, 0}), "65536 bytes are more than the 65532"},
		{"a cut body", parseClient(short(client, 34)), "before its extensions"},
		{"cut extensions", parseClient(short(client, len(client)-10)), "its extensions are cut off"},
		{"cut server's extensions", parseServer(short(server, len(server)-5)), "its extensions are cut off"},
		{"a cut server's body", parseServer(short(server, 34)), "before its extensions"},
		{"no list of certificates", leaf([]byte{11, 0, 0, 0}), "the list is cut off"},
		{"a cut certificate", leaf([]byte{11, 0, 0, 7, 0, 0, 4, 0, 0, 9, 1}), "the first certificate is cut off"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, ok := errors.AsType[*tlsfp.SyntaxError](test.err); !ok || !strings.Contains(test.err.Error(), test.want) {
				t.Errorf("have %v, want %q", test.err, test.want)
			}
		})
	}
}

func TestNoCertificate(t *testing.T) {
	if leaf, err := tlsfp.Leaf([]byte{11, 0, 0, 3, 0, 0, 0}); leaf != nil || err != nil {
		t.Errorf("have %x and %v", leaf, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, h := range []hello{
		chrome, firefox,
		{kind: 1, version: 0xfefd, cookie: []byte("cookie"), ciphers: []uint16{0x002f}},
		{kind: 2, version: 0x0303, ciphers: []uint16{0x1301}, exts: []ext{{43, u16(0x0304)}, alpn("h2")}},
	} {
		f.Add(h.message())
	}
	f.Add([]byte{11, 0, 0, 8, 0, 0, 5, 0, 0, 2, 0x30, 0})
	f.Fuzz(func(t *testing.T, msg []byte) {
		if h, err := tlsfp.ParseClientHello(msg); err == nil {
			ja4, raw := h.JA4(tlsfp.TCP), h.JA4Raw(tlsfp.TCP)
			if len(ja4) != 36 || !strings.HasPrefix(raw, ja4[:11]) {
				t.Errorf("%s of %s", ja4, raw)
			}
			if hash, text := h.JA3(); len(hash) != 32 || strings.Count(text, ",") != 4 {
				t.Errorf("%s of %s", hash, text)
			}
			checkStream(t, msg)
		}
		if h, err := tlsfp.ParseServerHello(msg); err == nil {
			if hash, text := h.JA3S(); len(hash) != 32 || strings.Count(text, ",") != 2 {
				t.Errorf("%s of %s", hash, text)
			}
			checkStream(t, msg)
		}
		if leaf, err := tlsfp.Leaf(msg); err == nil && len(leaf) > len(msg) {
			t.Errorf("a certificate of %d bytes in %d", len(leaf), len(msg))
		}
	})
}

// checkStream checks that a message comes out of records as it went in.
func checkStream(t *testing.T, msg []byte) {
	t.Helper()
	msg = msg[:4+int(msg[1])<<16+int(msg[2])<<8+int(msg[3])]
	wire := records(1000, msg)
	var s tlsfp.Stream
	if got, state := s.Add(wire); len(wire) <= tlsfp.MaxStream && (state != tlsfp.Message || string(got) != string(msg)) {
		t.Errorf("state %d, have %x\nwant %x", state, got, msg)
	}
}
