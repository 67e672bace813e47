package flow

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
)

// key is a connection without a direction: both ends, the lower one first.
type key [36]byte

// keyOf returns the key of a connection between a and b, and whether a is the
// end that is first in it.
func keyOf(a, b netip.AddrPort) (k key, first bool) {
	x, y := a.Addr().As16(), b.Addr().As16()
	first = a.Port() < b.Port() || a.Port() == b.Port() && string(x[:]) <= string(y[:])
	if !first {
		a, b, x, y = b, a, y, x
	}
	copy(k[:], x[:])
	copy(k[16:], y[:])
	binary.BigEndian.PutUint16(k[32:], a.Port())
	binary.BigEndian.PutUint16(k[34:], b.Port())
	return k, first
}

func (k *key) hash(seed maphash.Seed) uint64 { return maphash.Bytes(seed, k[:]) }
