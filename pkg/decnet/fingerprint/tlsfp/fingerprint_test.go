package tlsfp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

func parse(t testing.TB, h hello) *tlsfp.ClientHello {
	t.Helper()
	got, err := tlsfp.ParseClientHello(h.message())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The examples of JA3's README.
func TestJA3(t *testing.T) {
	tests := []struct {
		name       string
		hello      hello
		text, hash string
	}{
		{
			"with extensions",
			hello{
				kind: 1, version: 0x0301, ciphers: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
				exts: []ext{sni("example.com"), groups(23, 24, 25), points(0)},
			},
			"769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5",
		},
		{
			"without extensions",
			hello{kind: 1, version: 0x0301, bare: true, ciphers: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}},
			"769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6",
		},
		{
			"with GREASE",
			hello{
				kind: 1, version: 0x0301, ciphers: []uint16{0xfafa, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
				exts: []ext{{kind: 0x0a0a}, sni("example.com"), groups(0x3a3a, 23, 24, 25), points(0), {kind: 0xaaaa}},
			},
			"769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hash, text := parse(t, test.hello).JA3()
			if hash != test.hash || text != test.text {
				t.Errorf("have %s of %s\nwant %s of %s", hash, text, test.hash, test.text)
			}
		})
	}
}

// A published example of JA3S.
func TestJA3S(t *testing.T) {
	h := hello{kind: 2, version: 0x0301, ciphers: []uint16{47}, exts: empty(65281, 0, 11, 35, 5, 16)}
	got, err := tlsfp.ParseServerHello(h.message())
	if err != nil {
		t.Fatal(err)
	}
	if hash, text := got.JA3S(); text != "769,47,65281-0-11-35-5-16" || hash != "836ce314215654b5b1f85f97c73e506f" {
		t.Errorf("have %s of %s", hash, text)
	}
}

// The examples of JA4.md.
func TestJA4(t *testing.T) {
	without := func(kinds ...uint16) hello {
		h := chrome
		h.exts = slices.DeleteFunc(slices.Clone(h.exts), func(e ext) bool { return slices.Contains(kinds, e.kind) })
		return h
	}
	noCiphers := chrome
	noCiphers.ciphers = []uint16{0x0a0a}
	many := hello{kind: 1, version: 0x0303, exts: []ext{sni("a"), alpn("h2")}}
	for i := range uint16(120) {
		many.ciphers = append(many.ciphers, i)
	}
	old := hello{kind: 1, version: 0x0002, ciphers: []uint16{0x0005}, bare: true}
	const raw = "002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601"
	tests := []struct {
		name     string
		hello    hello
		over     tlsfp.Transport
		ja4, raw string // raw may be empty
	}{
		{"Chrome", chrome, tlsfp.TCP, "t13d1516h2_8daaf6152771_e5627efa2ab1", "t13d1516h2_" + raw},
		{"Firefox", firefox, tlsfp.TCP, "t13d1715h2_5b57614c22b0_5c2c66f702b0", ""}, // published as that of releases since 120
		{"over QUIC", chrome, tlsfp.QUIC, "q13d1516h2_8daaf6152771_e5627efa2ab1", "q13d1516h2_" + raw},
		{"no signature algorithms", without(13), tlsfp.TCP, "t13d1515h2_8daaf6152771_" + hash12("0005,000a,000b,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01"), ""},
		{"to an address", without(0), tlsfp.TCP, "t13i1515h2_8daaf6152771_e5627efa2ab1", ""},
		{"no protocols", without(16), tlsfp.TCP, "t13d151500_8daaf6152771_e5627efa2ab1", ""},
		{"no ciphers", noCiphers, tlsfp.TCP, "t13d0016h2_000000000000_e5627efa2ab1", ""},
		{"more than 99", many, tlsfp.TCP, "t12d9902h2_" + hash12(strings.Join(hexes(many.ciphers), ",")) + "_000000000000", ""},
		{"SSL 2.0", old, tlsfp.TCP, "ts2i010000_" + hash12("0005") + "_000000000000", "ts2i010000_0005_"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := parse(t, test.hello)
			if got := h.JA4(test.over); got != test.ja4 {
				t.Errorf("have %s\nwant %s", got, test.ja4)
			}
			if got := h.JA4Raw(test.over); test.raw != "" && got != test.raw {
				t.Errorf("have %s\nwant %s", got, test.raw)
			}
		})
	}
}

// JA4.md has this one with the signature algorithms taken away from the hash alone.
func TestJA4WithoutAlgorithmsInTheirExtension(t *testing.T) {
	h := chrome
	h.exts = slices.Clone(h.exts)
	h.exts[slices.IndexFunc(h.exts, func(e ext) bool { return e.kind == 13 })].content = nil
	if got, want := parse(t, h).JA4(tlsfp.TCP), "t13d1516h2_8daaf6152771_6d807ffa2a79"; got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
}

func TestJA4Protocol(t *testing.T) {
	tests := []struct {
		names []string
		want  string
	}{
		{nil, "00"},
		{[]string{""}, "00"},
		{[]string{"h2", "x"}, "h2"},
		{[]string{"http/1.1"}, "h1"},
		{[]string{"x"}, "xx"},
		// The examples of JA4.md.
		{[]string{"\xab"}, "ab"},
		{[]string{"\xab\xcd"}, "ad"},
		{[]string{"0\xab"}, "3b"},
		{[]string{"01\xab\xcd"}, "3d"},
		{[]string{"0\xab\xcd1"}, "01"},
		{[]string{"\x0a\x0a"}, "0a"}, // GREASE
	}
	for _, test := range tests {
		h := hello{kind: 1, version: 0x0303, exts: []ext{alpn(test.names...)}}
		if got := parse(t, h).JA4(tlsfp.TCP); got[8:10] != test.want {
			t.Errorf("%q: have %s, want %s", test.names, got, test.want)
		}
	}
}

func TestJA4Version(t *testing.T) {
	tests := []struct {
		legacy    uint16
		supported []uint16 // nil is without the extension
		want      string
	}{
		{0x0304, nil, "13"},
		{0x0303, nil, "12"},
		{0x0302, nil, "11"},
		{0x0301, nil, "10"},
		{0x0300, nil, "s3"},
		{0xfeff, nil, "d1"},
		{0xfefd, nil, "d2"},
		{0x4711, nil, "00"},
		{0x0303, []uint16{0x7a7a, 0x0303, 0x0304, 0x0301}, "13"},
		{0x0303, []uint16{0x0302}, "11"},
		{0x0303, []uint16{0x0a0a}, "00"},
		{0xfefd, []uint16{0xfefc}, "d3"},
		{0xfefd, []uint16{0xfefc, 0xfefd}, "d2"},
	}
	for _, test := range tests {
		h := hello{kind: 1, version: test.legacy}
		if test.legacy>>8 == 0xfe {
			h.cookie = []byte{}
		}
		if test.supported != nil {
			h.exts = []ext{versions(test.supported...)}
		}
		if got := parse(t, h).JA4(tlsfp.DTLS); got[1:3] != test.want {
			t.Errorf("%04x with %04x: have %s, want %s", test.legacy, test.supported, got, test.want)
		}
	}
}

func BenchmarkJA4(b *testing.B) {
	msg := chrome.message()
	for b.Loop() {
		h, err := tlsfp.ParseClientHello(msg)
		if err != nil {
			b.Fatal(err)
		}
		if got := h.JA4(tlsfp.TCP); got != "t13d1516h2_8daaf6152771_e5627efa2ab1" {
			b.Fatal(got)
		}
	}
}
