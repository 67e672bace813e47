package wire

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"time"
)

// ways is among how many slots one is found and the oldest replaced.
const ways = 4

// pairLife is how long two ends that exchange datagrams are remembered.
const pairLife = 2 * time.Minute

// pair is two ends that exchange datagrams.
type pair struct {
	hash     uint64
	seen     int64
	first    bool // the lower end sent the first one
	answered bool
}

// pairs is a table of fixed size.
type pairs struct {
	seed maphash.Seed
	all  []pair
	mask uint64
}

func newPairs(n int) pairs {
	return pairs{seed: maphash.MakeSeed(), all: make([]pair, n), mask: uint64(n/ways - 1)} //nolint:gosec // a power of two
}

// What a datagram is to what went before.
type meeting uint8

const (
	again    meeting = iota // one more
	begins                  // the first
	responds                // the first in the other direction
)

// meet takes a datagram from a to b.
func (t *pairs) meet(a, b netip.AddrPort, now time.Time) meeting {
	x, y := a.Addr().As16(), b.Addr().As16()
	first := a.Port() < b.Port() || a.Port() == b.Port() && string(x[:]) <= string(y[:])
	if !first {
		a, b, x, y = b, a, y, x
	}
	var k [36]byte
	copy(k[:], x[:])
	copy(k[16:], y[:])
	binary.BigEndian.PutUint16(k[32:], a.Port())
	binary.BigEndian.PutUint16(k[34:], b.Port())
	h := maphash.Bytes(t.seed, k[:]) | 1 // so that no free slot has it
	i := (h >> 1 & t.mask) * ways
	set := t.all[i : i+ways]
	oldest, n := &set[0], now.UnixNano()
	for i := range set {
		p := &set[i]
		if p.hash == h && n-p.seen < int64(pairLife) {
			p.seen = n
			if p.first != first && !p.answered {
				p.answered = true
				return responds
			}
			return again
		}
		if p.seen < oldest.seen || p.hash == h {
			oldest = p
		}
	}
	*oldest = pair{hash: h, seen: n, first: first}
	return begins
}
