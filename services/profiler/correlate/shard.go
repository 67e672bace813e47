package correlate

import (
	"bufio"
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"io"
	"os"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

// shard has the attackers of one goroutine.
type shard struct {
	in     chan []decnet.Event
	engine *analysis.Engine
	memory int // bytes that profiles may take
	dir    string

	profiles map[decnet.AttackerID]*list.Element // of *entry
	order    list.List                           // the latest used in front
	used     int
	spilled  map[decnet.AttackerID]place
	file     *os.File
	end      int64

	seen     seen
	folded   uint64
	repeated uint64
}

type entry struct {
	profile decnet.Profile
	size    int
}

// place is where a spilled profile is in the file.
type place struct {
	at   int64
	size int32
}

func newShard(engine *analysis.Engine, memory int, dir string) *shard {
	return &shard{
		in: make(chan []decnet.Event, 4), engine: engine, memory: memory, dir: dir,
		profiles: map[decnet.AttackerID]*list.Element{}, spilled: map[decnet.AttackerID]place{},
		seen: seen{seed: maphash.MakeSeed(), known: map[uint64]struct{}{}},
	}
}

// run folds what comes until in is closed; after an error, which ends the reading, it only takes it away.
func (s *shard) run(fail context.CancelCauseFunc) (err error) {
	for events := range s.in {
		for i := range events {
			if err != nil {
				break
			}
			if err = s.fold(&events[i]); err != nil {
				fail(err)
			}
		}
	}
	return err
}

func (s *shard) fold(e *decnet.Event) error {
	if s.seen.before(e) {
		s.repeated++
		return nil
	}
	el := s.profiles[e.Attacker]
	if el == nil {
		p, err := s.load(e.Attacker)
		if err != nil {
			return err
		}
		el = s.order.PushFront(&entry{profile: p})
		s.profiles[e.Attacker] = el
	} else {
		s.order.MoveToFront(el)
	}
	en := el.Value.(*entry) //nolint:forcetypeassert // nothing else is in it
	e.Seq = en.profile.Events + 1
	s.engine.Fold(&en.profile, e)
	en.profile.State.News = decnet.News{} // nobody is to be told
	s.folded++
	if en.profile.Events&7 == 1 { // sizes change slowly
		size := analysis.Size(&en.profile)
		s.used += size - en.size
		en.size = size
	}
	for s.used > s.memory && s.order.Len() > 1 {
		if err := s.spill(s.order.Back()); err != nil {
			return err
		}
	}
	return nil
}

// spill writes a profile to the file and forgets it.
func (s *shard) spill(el *list.Element) error {
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "decnet-correlate-*")
		if err != nil {
			return fmt.Errorf("keep profiles that do not fit the memory: %w", err)
		}
		s.file = f
		_ = os.Remove(f.Name()) // it is gone with this process, whatever becomes of that
	}
	en := s.order.Remove(el).(*entry) //nolint:forcetypeassert // nothing else is in it
	data, err := json.Marshal(&en.profile)
	if err != nil {
		return err
	}
	if _, err := s.file.WriteAt(data, s.end); err != nil {
		return fmt.Errorf("keep profiles that do not fit the memory: %w", err)
	}
	id := en.profile.Attacker
	s.spilled[id] = place{s.end, int32(len(data))} //nolint:gosec // a profile is bounded
	s.end += int64(len(data))
	s.used -= en.size
	delete(s.profiles, id)
	return nil
}

// load reads a profile back, or begins one.
func (s *shard) load(id decnet.AttackerID) (p decnet.Profile, err error) {
	at, ok := s.spilled[id]
	if !ok {
		return p, nil
	}
	delete(s.spilled, id)
	data := make([]byte, at.size)
	if _, err := s.file.ReadAt(data, at.at); err != nil {
		return p, fmt.Errorf("read a profile back: %w", err)
	}
	err = json.Unmarshal(data, &p)
	analysis.Resume(&p)
	return p, err
}

func (s *shard) count() int { return len(s.profiles) + len(s.spilled) }

// each calls f with all profiles, concluded.
func (s *shard) each(f func(*decnet.Profile) error) error {
	for el := s.order.Front(); el != nil; el = el.Next() {
		p := el.Value.(*entry).profile //nolint:forcetypeassert // nothing else is in it
		s.engine.Conclude(&p)
		p.State = nil
		if err := f(&p); err != nil {
			return err
		}
	}
	for id, at := range s.spilled {
		data := bufio.NewReader(io.NewSectionReader(s.file, at.at, int64(at.size)))
		var p decnet.Profile
		if err := json.NewDecoder(data).Decode(&p); err != nil {
			return fmt.Errorf("read the profile of %s back: %w", id.Addr(), err)
		}
		analysis.Resume(&p)
		s.engine.Conclude(&p)
		p.State = nil
		if err := f(&p); err != nil {
			return err
		}
	}
	return nil
}

func (s *shard) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

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
