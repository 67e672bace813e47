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

// newPairs has room for at least n, rounded up to a power of two.
func newPairs(n int) pairs {
	sets := 1
	for sets*ways < n {
		sets *= 2
	}
	return pairs{seed: maphash.MakeSeed(), all: make([]pair, sets*ways), mask: uint64(sets - 1)} //nolint:gosec // positive
}

// What a datagram is to what went before.
type meeting uint8

const (
	again    meeting = iota // one more
	begins                  // the first
	responds                // the first in the other direction
)

// anybody is the other end of what is sent to a group.
var anybody = netip.AddrPortFrom(netip.IPv6Unspecified(), 0)

// asks notes that a has sent something to a group.
func (t *pairs) asks(a netip.AddrPort, now time.Time) { t.meet(a, anybody, now) }

// asked reports whether a has sent something to a group of late, so that anybody
// may answer.
func (t *pairs) asked(a netip.AddrPort, now time.Time) bool {
	h, _ := t.hash(a, anybody)
	for _, p := range t.set(h) {
		if p.hash == h {
			return now.UnixNano()-p.seen < int64(pairLife)
		}
	}
	return false
}

// meet takes a datagram from a to b.
func (t *pairs) meet(a, b netip.AddrPort, now time.Time) meeting {
	h, first := t.hash(a, b)
	set := t.set(h)
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
		if p.hash == h || p.seen < oldest.seen {
			oldest = p
		}
		if p.hash == h {
			break
		}
	}
	*oldest = pair{hash: h, seen: n, first: first}
	return begins
}

// hash is that of two ends, whichever is first, and whether a is the lower one. No
// free slot has it.
func (t *pairs) hash(a, b netip.AddrPort) (h uint64, first bool) {
	x, y := a.Addr().As16(), b.Addr().As16()
	first = a.Port() < b.Port() || a.Port() == b.Port() && string(x[:]) <= string(y[:])
	if !first {
		a, b, x, y = b, a, y, x
	}
	var k [36]byte
	copy(k[:], x[:])
	copy(k[16:], y[:])
	binary.BigEndian.PutUint16(k[32:], a.Port())
	binary.BigEndian.PutUint16(k[34:], b.Port())
	return maphash.Bytes(t.seed, k[:]) | 1, first
}

func (t *pairs) set(h uint64) []pair {
	i := (h >> 1 & t.mask) * ways
	return t.all[i : i+ways]
}
