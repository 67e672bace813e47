package tlsfp_test

import (
	"encoding/binary"
	"slices"
)

// hello is a ClientHello or ServerHello in the making.
type hello struct {
	kind      byte
	version   uint16
	random    []byte // 32 bytes; nil is zeros
	sessionID []byte
	cookie    []byte // of DTLS; nil is no field
	ciphers   []uint16
	bare      bool // no block of extensions
	exts      []ext
}

type ext struct {
	kind    uint16
	content []byte
}

// message returns the handshake message.
func (h hello) message() []byte {
	random := h.random
	if random == nil {
		random = make([]byte, 32)
	}
	b := slices.Concat(u16(h.version), random, vec(1, h.sessionID))
	if h.cookie != nil {
		b = append(b, vec(1, h.cookie)...)
	}
	if h.kind == 2 {
		b = append(append(b, u16(h.ciphers...)...), 0)
	} else {
		b = slices.Concat(b, vec(2, u16(h.ciphers...)), vec(1, []byte{0}))
	}
	if !h.bare {
		var block []byte
		for _, e := range h.exts {
			block = slices.Concat(block, u16(e.kind), vec(2, e.content))
		}
		b = append(b, vec(2, block)...)
	}
	return append([]byte{h.kind}, vec(3, b)...)
}

func u16(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

// vec puts the length of content in size bytes before it.
func vec(size int, content []byte) []byte {
	b := make([]byte, size, size+len(content))
	for i, n := size-1, len(content); i >= 0; i, n = i-1, n>>8 {
		b[i] = byte(n)
	}
	return append(b, content...)
}

// records puts message into records of up to size bytes each.
func records(size int, message []byte) []byte {
	var out []byte
	for piece := range slices.Chunk(message, size) {
		out = slices.Concat(out, []byte{22, 3, 1}, vec(2, piece))
	}
	return out
}

// empty makes extensions without content, which is all that some tests need.
func empty(kinds ...uint16) []ext {
	out := make([]ext, len(kinds))
	for i, k := range kinds {
		out[i].kind = k
	}
	return out
}

func sni(name string) ext {
	return ext{0, vec(2, append([]byte{0}, vec(2, []byte(name))...))}
}

func alpn(names ...string) ext {
	var list []byte
	for _, n := range names {
		list = append(list, vec(1, []byte(n))...)
	}
	return ext{16, vec(2, list)}
}

func groups(g ...uint16) ext     { return ext{10, vec(2, u16(g...))} }
func points(p ...byte) ext       { return ext{11, vec(1, p)} }
func algorithms(a ...uint16) ext { return ext{13, vec(2, u16(a...))} }
func versions(v ...uint16) ext   { return ext{43, vec(1, u16(v...))} }

// chrome is the example of JA4.md with GREASE wherever Chrome has it: its JA4 is
// t13d1516h2_8daaf6152771_e5627efa2ab1.
var chrome = hello{
	kind: 1, version: 0x0303, sessionID: make([]byte, 32),
	ciphers: []uint16{
		0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
	},
	exts: []ext{
		{kind: 0x2a2a},
		{0x001b, []byte{2, 0, 2}},
		sni("example.com"),
		{0x0033, vec(2, slices.Concat(u16(0x5a5a), vec(2, []byte{0}), u16(29), vec(2, make([]byte, 32))))},
		alpn("h2", "http/1.1"),
		{0x4469, vec(2, vec(1, []byte("h2")))},
		{kind: 0x0017},
		{0x002d, []byte{1, 1}},
		algorithms(0x1a1a, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
		{0x0005, []byte{1, 0, 0, 0, 0}},
		{kind: 0x0023},
		{kind: 0x0012},
		versions(0xbaba, 0x0304, 0x0303),
		{0xff01, []byte{0}},
		points(0),
		groups(0x5a5a, 29, 23, 24),
		{0x0015, make([]byte, 20)},
		{0xfafa, []byte{0}},
	},
}

// firefox has what Firefox 120 and later send: several key shares, delegated
// credentials and an encrypted hello.
var firefox = hello{
	kind: 1, version: 0x0303, sessionID: make([]byte, 32),
	ciphers: []uint16{0x1301, 0x1303, 0x1302, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc00a, 0xc009, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
	exts: []ext{
		sni("www.example.org"),
		{kind: 0x0017},
		{0xff01, []byte{0}},
		groups(29, 23, 24, 25, 256, 257),
		points(0),
		{kind: 0x0023},
		alpn("h2", "http/1.1"),
		{0x0005, []byte{1, 0, 0, 0, 0}},
		{0x0022, vec(2, u16(0x0403, 0x0503, 0x0603, 0x0203))},
		{0x0033, vec(2, slices.Concat(u16(29), vec(2, make([]byte, 32)), u16(23), vec(2, make([]byte, 65))))},
		versions(0x0304, 0x0303),
		algorithms(0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201),
		{0x002d, []byte{1, 1}},
		{0x001c, []byte{0x40, 0x01}},
		{0xfe0d, slices.Concat([]byte{0, 0, 1, 0, 1, 0x33}, vec(2, make([]byte, 32)), vec(2, make([]byte, 239)))},
	},
}
