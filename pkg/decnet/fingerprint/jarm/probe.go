package jarm

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
)

// maxHost bounds the server name in a probe. No name in DNS is longer.
const maxHost = 255

// shape is in what one probe is different from another.
type shape struct {
	version   uint16 // of the hello; 0x0304 means that it is offered by extension
	order     func([]uint16) []uint16
	older     bool // no ciphers of TLS 1.3
	grease    bool
	rare      bool // no protocols that servers are likely to have
	versions  int  // how many are in the extension supported_versions, from TLS 1.0 on; 0 is without it
	backwards bool // protocols and versions from the newest to the oldest
}

// shapes are the ten probes in their order.
var shapes = [10]shape{
	{version: tls12, order: forward, versions: 3, backwards: true},
	{version: tls12, order: reverse, versions: 3},
	{version: tls12, order: topHalf},
	{version: tls12, order: bottomHalf, rare: true},
	{version: tls12, order: middleOut, grease: true, rare: true, backwards: true},
	{version: tls11, order: forward},
	{version: tls13, order: forward, versions: 4, backwards: true},
	{version: tls13, order: reverse, versions: 4},
	{version: tls13, order: forward, older: true, versions: 4},
	{version: tls13, order: middleOut, grease: true, versions: 4, backwards: true},
}

const (
	tls10 = 0x0301
	tls11 = 0x0302
	tls12 = 0x0303
	tls13 = 0x0304
)

// Probes returns the ten hellos to send, each in a connection of its own, as records.
// Host is the name or the address that is connected to, which is in them as the server's
// name; only its first 255 bytes are.
func Probes(host string) [10][]byte {
	return probes(host, func(b []byte) { _, _ = rand.Read(b) }) // it never fails
}

// probes has random fill what is random in them.
func probes(host string, random func([]byte)) (out [10][]byte) {
	host = host[:min(len(host), maxHost)]
	for i := range shapes {
		b := &builder{shape: &shapes[i], random: random}
		out[i] = b.record(host)
	}
	return out
}

// builder appends one probe.
type builder struct {
	*shape
	random func([]byte)
	b      []byte
}

func (b *builder) u8(v byte)     { b.b = append(b.b, v) }
func (b *builder) u16(v uint16)  { b.b = binary.BigEndian.AppendUint16(b.b, v) }
func (b *builder) text(s string) { b.b = append(b.b, s...) }

func (b *builder) u16s(values []uint16) {
	for _, v := range values {
		b.u16(v)
	}
}

func (b *builder) noise(n int) {
	b.b = append(b.b, make([]byte, n)...)
	b.random(b.b[len(b.b)-n:])
}

// greaseValue appends one of the sixteen values of RFC 8701.
func (b *builder) greaseValue() {
	b.noise(1)
	v := b.b[len(b.b)-1]&0xf0 | 0x0a
	b.b = append(b.b[:len(b.b)-1], v, v)
}

// sized appends what fill does, after its length in size bytes.
func (b *builder) sized(size int, fill func()) {
	start := len(b.b)
	b.b = append(b.b, make([]byte, size)...)
	fill()
	n := len(b.b) - start - size
	for i := range size {
		b.b[start+i] = byte(n >> (8 * (size - 1 - i))) //nolint:gosec // this byte of it
	}
}

func (b *builder) extension(kind uint16, fill func()) {
	b.u16(kind)
	b.sized(2, fill)
}

func (b *builder) record(host string) []byte {
	inRecord, inHello := b.version, b.version
	if b.version == tls13 {
		inRecord, inHello = tls10, tls12
	}
	b.u8(22)
	b.u16(inRecord)
	b.sized(2, func() {
		b.u8(1)
		b.sized(3, func() {
			b.u16(inHello)
			b.noise(32) // random
			b.sized(1, func() { b.noise(32) })
			b.sized(2, b.ciphers)
			b.sized(1, func() { b.u8(0) }) // no compression
			b.sized(2, func() { b.extensions(host) })
		})
	})
	return b.b
}

func (b *builder) ciphers() {
	if b.grease {
		b.greaseValue()
	}
	list := ciphers[:]
	if b.older {
		list = slices.DeleteFunc(slices.Clone(list), func(c uint16) bool { return c>>8 == 0x13 })
	}
	b.u16s(b.order(list))
}
