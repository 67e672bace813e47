package correlate

import (
	"hash/maphash"

	"github.com/decnet/decnet/pkg/decnet"
)

// seen knows the events of the last while by the numbers that decoys give them: after a crash the last
// lines of a log may stand in it twice. Events without a number are taken for new.
type seen struct {
	seed  maphash.Seed
	known map[uint64]struct{}
	ring  []uint64
	next  int
}

// remembered is how many events are known; a repetition is not as far away.
const remembered = 1 << 16

func newSeen() seen { return seen{seed: maphash.MakeSeed(), known: map[uint64]struct{}{}} }

// before reports whether the event was there already, and remembers it.
func (s *seen) before(e *decnet.Event) bool {
	boot, seq := e.Fields[decnet.FieldBoot], e.Fields[decnet.FieldSeq]
	if boot == "" || seq == "" {
		return false
	}
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(boot)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(seq)
	sum := h.Sum64()
	if _, ok := s.known[sum]; ok {
		return true
	}
	if len(s.ring) < remembered {
		s.ring = append(s.ring, sum)
	} else {
		delete(s.known, s.ring[s.next])
		s.ring[s.next] = sum
		s.next = (s.next + 1) % remembered
	}
	s.known[sum] = struct{}{}
	return false
}
