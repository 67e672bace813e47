package correlate

import (
	"context"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

const (
	// parts is into how many parts a shard shares out its attackers; it puts off whole parts.
	parts = 32
	// maxLevel bounds how often attackers are put off again. At the last level they stay in memory: it is
	// parts to the power of maxLevel times as large a log that gets there.
	maxLevel = 4
)

// shard has the attackers of one goroutine.
type shard struct {
	*run
	in     chan []line
	memory int // bytes that its profiles may take

	names            map[string]string
	attackers        int
	folded, repeated uint64
}

// fold folds what comes until in is closed, and then what was put off. After an error, which ends the reading, it only takes it
// away.
func (s *shard) fold(ctx context.Context, fail context.CancelCauseFunc) (err error) {
	t := newTable(s, 0)
	defer t.close()
	for lines := range s.in {
		for i := range lines {
			if err != nil {
				break
			}
			if err = t.fold(&lines[i]); err != nil {
				fail(err)
			}
		}
	}
	if err == nil && ctx.Err() == nil {
		if err = t.finish(ctx); err != nil {
			fail(err)
		}
	}
	return err
}

// table has profiles in memory, in parts, until it is full; then whole parts are put off.
type table struct {
	*shard
	level int
	parts [parts]part
	used  int
	seen  seen
}

type part struct {
	profiles map[decnet.AttackerID]*entry
	used     int
	off      *file // where it is put off, nil while it is in memory
}

type entry struct {
	profile decnet.Profile
	size    int
}

func newTable(s *shard, level int) *table {
	t := &table{shard: s, level: level, seen: newSeen()}
	for i := range t.parts {
		t.parts[i].profiles = map[decnet.AttackerID]*entry{}
	}
	return t
}

func (t *table) part(id decnet.AttackerID) *part { return &t.parts[shardOf(id, t.level+1, parts)] }

// fold folds an event, or puts it off.
func (t *table) fold(l *line) error {
	p := t.part(l.event.Attacker)
	if p.off != nil {
		return p.off.line(l)
	}
	if t.seen.before(l.event) {
		t.repeated++
		return nil
	}
	en := p.profiles[l.event.Attacker]
	if en == nil {
		en = &entry{}
		p.profiles[l.event.Attacker] = en
	}
	t.own(l.event)
	l.event.ID = fmt.Sprintf("line %d", l.number)
	l.event.Seq = en.profile.Events + 1
	t.Engine.Fold(&en.profile, l.event)
	en.profile.State.News = decnet.News{} // nobody is to be told
	t.folded++
	if en.profile.Events&7 == 1 { // sizes change slowly
		t.grow(p, en)
	}
	for t.used > t.memory && t.level < maxLevel {
		if done, err := t.putOffLargest(); err != nil || done {
			return err
		}
	}
	return nil
}

// own copies the texts of an event that a profile keeps, so that it does not keep the whole line for each.
func (t *table) own(e *decnet.Event) {
	e.Decky, e.Service, e.Kind, e.Session = t.name(e.Decky), t.name(e.Service), t.name(e.Kind), strings.Clone(e.Session)
}

// maxNames bounds the names that are shared.
const maxNames = 4096

// name is one copy of a name that many events have.
func (t *table) name(s string) string {
	if have, ok := t.names[s]; ok {
		return have
	}
	s = strings.Clone(s)
	if len(t.names) < maxNames {
		t.names[s] = s
	}
	return s
}

func (t *table) grow(p *part, en *entry) {
	size := analysis.Size(&en.profile)
	p.used += size - en.size
	t.used += size - en.size
	en.size = size
}

// putOffLargest puts off the largest part that is in memory; done says that there is none.
func (t *table) putOffLargest() (done bool, err error) {
	var largest *part
	for i := range t.parts {
		if p := &t.parts[i]; p.off == nil && (largest == nil || p.used > largest.used) {
			largest = p
		}
	}
	if largest == nil {
		return true, nil
	}
	if largest.off, err = newFile(t.run); err != nil {
		return false, err
	}
	for _, en := range largest.profiles {
		if err := largest.off.profile(&en.profile); err != nil {
			return false, err
		}
	}
	t.used -= largest.used
	largest.profiles, largest.used = nil, 0
	return false, nil
}

// finish emits what is in memory, forgets it, and then sees to what was put off, part by part.
func (t *table) finish(ctx context.Context) error {
	for i := range t.parts {
		p := &t.parts[i]
		for _, en := range p.profiles {
			if err := t.run.finish(&en.profile); err != nil {
				return err
			}
		}
		t.attackers += len(p.profiles)
		p.profiles = nil
	}
	for i := range t.parts {
		off := t.parts[i].off
		if off == nil {
			continue
		}
		if err := t.again(ctx, off); err != nil {
			return err
		}
		off.close()
		t.parts[i].off = nil
	}
	return nil
}

// again reads what was put off.
func (t *table) again(ctx context.Context, off *file) error {
	next := newTable(t.shard, t.level+1)
	defer next.close()
	err := off.read(ctx, func(p decnet.Profile) {
		analysis.Resume(&p)
		en := &entry{profile: p}
		part := next.part(p.Attacker)
		part.profiles[p.Attacker] = en
		next.grow(part, en)
	}, next.fold)
	if err != nil {
		return err
	}
	return next.finish(ctx)
}

func (t *table) close() {
	for i := range t.parts {
		if off := t.parts[i].off; off != nil {
			off.close()
		}
	}
}
