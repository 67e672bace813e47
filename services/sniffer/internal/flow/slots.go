package flow

import "hash/maphash"

// ways is among how many slots one is found and the oldest replaced.
const ways = 4

// maxHeaders is how many bytes of a SYN are kept: the largest headers of TCP and
// of IPv6 without extensions.
const maxHeaders = 100

// What a slot knows of a connection.
type state uint8

const (
	empty    state = iota
	opening        // a SYN was seen
	answered       // and the SYN-ACK to it
	failed         // the other end refused, or the client took it back
	stray          // something that opens nothing
	alive          // a stray connection that carries data or is answered
)

// slot is a connection that is no Flow (yet).
type slot struct {
	hash               uint64
	seen               int64 // when it was last touched, in nanoseconds
	syn, synAck        int64 // when
	clientSeq, peerSeq uint32
	state              state
	// clientFirst says that the client, or who sent the first stray packet, is the
	// first end of the key.
	clientFirst bool
	headers     uint8
	header      [maxHeaders]byte // the SYN from its IP header on
}

// slots is a table of fixed size.
type slots struct {
	seed maphash.Seed
	all  []slot
	mask uint64
}

// newSlots has room for at least n, rounded up to a power of two.
func newSlots(n int) slots {
	sets := 1
	for sets*ways < n {
		sets *= 2
	}
	return slots{seed: maphash.MakeSeed(), all: make([]slot, sets*ways), mask: uint64(sets - 1)} //nolint:gosec // positive
}

// find returns the slot of a connection, or nil.
func (s *slots) find(h uint64) *slot {
	set := s.set(h)
	for i := range set {
		if set[i].hash == h && set[i].state != empty {
			return &set[i]
		}
	}
	return nil
}

// take returns a slot for a connection that has none, whose content it has to set.
func (s *slots) take(h uint64, now int64) *slot {
	set := s.set(h)
	oldest := &set[0]
	for i := range set {
		if set[i].state == empty {
			oldest = &set[i]
			break
		}
		if set[i].seen < oldest.seen {
			oldest = &set[i]
		}
	}
	*oldest = slot{hash: h, seen: now}
	return oldest
}

func (s *slots) set(h uint64) []slot {
	i := (h & s.mask) * ways
	return s.all[i : i+ways]
}
