package scan

import (
	"hash/maphash"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/recency"
)

// Source is an address with more than one contact, or one that somebody asked for.
type Source struct {
	Address netip.Addr // unspecified if it had none yet
	MAC     capture.MAC
	// User is what the caller keeps with it.
	User any

	key    netip.Addr
	seen   time.Time
	tracks [types]*track
	scans  int
	listed bool // in Detector.changed
	links  recency.Links[Source]
}

// keyOf tells sources apart. Without an address it is by MAC, in the network that
// is for addresses nobody has (RFC 6666).
func keyOf(a netip.Addr, mac capture.MAC) netip.Addr {
	if !a.IsUnspecified() {
		return a
	}
	k := [16]byte{0x01, 0x00}
	copy(k[10:], mac[:])
	return netip.AddrFrom16(k)
}

// sources are ordered by when they were last heard of.
type sources struct {
	all   map[netip.Addr]*Source
	order recency.List[Source]
}

func newSources() sources {
	return sources{all: make(map[netip.Addr]*Source), order: recency.New(func(x *Source) *recency.Links[Source] { return &x.links })}
}

func (s *sources) touch(x *Source, now time.Time) {
	x.seen = now
	s.order.Touch(x)
}

// idlest is whom a newcomer replaces: one without a scan, if there is one among
// those that were silent longest.
func (s *sources) idlest() *Source {
	x := s.order.Oldest()
	for range 16 {
		if x == nil {
			break
		}
		if x.scans == 0 {
			return x
		}
		x = s.order.Newer(x)
	}
	return s.order.Oldest()
}

// ways is among how many slots one is found and the oldest replaced.
const ways = 4

// first is the one contact of a source that has no Source.
type first struct {
	hash    uint64
	seen    int64
	contact Contact
	outcome Outcome
}

// firsts is a table of fixed size.
type firsts struct {
	seed  maphash.Seed
	all   []first
	mask  uint64
	flood uint // contacts that came when there was no room
}

// In a flood few newcomers are let in, so that those who are in stay long enough to
// be seen a second time. Who scans comes again and again and is let in at some time.
const (
	young   = time.Second // what is in a full set is younger than that
	letIn   = 16          // one of so many
	noClaim = 0           // the hash of a free slot
)

// put keeps the first contact of a source in its slot, if that may be had.
func (f *firsts) put(s *first, h uint64, c *Contact) {
	now := c.Time.UnixNano()
	if s.hash != noClaim && now-s.seen < int64(young) {
		if f.flood++; f.flood%letIn != 0 {
			return
		}
	}
	*s = first{hash: h, seen: now, contact: *c}
}

func newFirsts(n int) firsts {
	sets := 1
	for sets*ways < n {
		sets *= 2
	}
	return firsts{seed: maphash.MakeSeed(), all: make([]first, sets*ways), mask: uint64(sets - 1)} //nolint:gosec // positive
}

// of returns the slot of a source, or the one it may have, and whether it is its.
func (f *firsts) of(key netip.Addr) (s *first, h uint64, is bool) {
	b := key.As16()
	h = maphash.Bytes(f.seed, b[:]) | 1 // so that no free slot has it
	i := (h >> 1 & f.mask) * ways
	set := f.all[i : i+ways]
	s = &set[0]
	for i := range set {
		if set[i].hash == h {
			return &set[i], h, true
		}
		if set[i].seen < s.seen {
			s = &set[i]
		}
	}
	return s, h, false
}
