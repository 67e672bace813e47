package collector

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

const (
	// maxWriters is how many decoy processes are remembered: there is one at a time
	// and one before it, so this is many lives.
	maxWriters = 32
	// maxGaps is how many gaps of one process are waited for at once.
	maxGaps = 16
	// patience is how long a missing number may still come: a process that changes
	// to a new segment is read from both for a moment.
	patience = 5 * time.Second
)

// gaps finds events that a decoy process has numbered and that cannot be read.
type gaps struct {
	writers []*numbers // the one that was read last is the last
	now     func() time.Time
}

// numbers are those of the events of one process.
type numbers struct {
	Boot string `json:"boot"`
	// Next is one more than the largest that was read.
	Next    uint64 `json:"next"`
	Missing []gap  `json:"missing,omitempty"`
}

// gap are numbers below Next that were not read.
type gap struct {
	From  uint64    `json:"from"`
	To    uint64    `json:"to"`
	Since time.Time `json:"since"`
	// Decky and Service are those of the event after it.
	Decky   string `json:"decky"`
	Service string `json:"service"`
}

// note reads the number of a line. With midway the first one of a process may be any:
// those before it may have been read by a collector that has left no trace.
func (g *gaps) note(l *line, midway bool) {
	boot, seq, lost := numbersOf(l.text)
	if boot == "" || seq == 0 {
		return // not by a decoy process
	}
	n := g.writer(boot)
	if n.Next == 1 && midway {
		n.Next = seq
	}
	switch {
	case seq >= n.Next:
		// Of those before it, the writer itself has told of the last ones.
		if from, to := n.Next, seq-min(lost, seq); from < to {
			decky, service := l.names()
			n.Missing = append(n.Missing, gap{from, to - 1, g.now().UTC(), decky, service})
		}
		n.Next = seq + 1
	default:
		n.found(seq)
	}
}

// numbersOf are the parameters of a line that number it.
func numbersOf(text []byte) (boot string, seq, lost uint64) {
	eventlog.Params(text, func(name, value []byte) bool {
		switch string(name) {
		case decnet.FieldBoot:
			if len(value) <= 32 {
				boot = string(value)
			}
		case decnet.FieldSeq:
			seq, _ = strconv.ParseUint(string(value), 10, 64)
		case decnet.FieldLost:
			lost, _ = strconv.ParseUint(string(value), 10, 64)
		}
		return true
	})
	return boot, min(seq, 1<<62), lost
}

// writer is the process with an id, which becomes the one that was read last.
func (g *gaps) writer(boot string) *numbers {
	i := slices.IndexFunc(g.writers, func(n *numbers) bool { return n.Boot == boot })
	if i == len(g.writers)-1 && i >= 0 {
		return g.writers[i]
	}
	n := &numbers{Boot: boot, Next: 1}
	if i >= 0 {
		n = g.writers[i]
		g.writers = slices.Delete(g.writers, i, i+1)
	}
	if g.writers = append(g.writers, n); len(g.writers) > maxWriters {
		g.writers = g.writers[1:]
	}
	return n
}

// found takes a number out of the gap that it is in.
func (n *numbers) found(seq uint64) {
	for i := range n.Missing {
		m := n.Missing[i]
		if seq < m.From || seq > m.To {
			continue
		}
		var left []gap
		if m.From < seq {
			left = append(left, gap{m.From, seq - 1, m.Since, m.Decky, m.Service})
		}
		if seq < m.To {
			left = append(left, gap{seq + 1, m.To, m.Since, m.Decky, m.Service})
		}
		n.Missing = slices.Replace(n.Missing, i, i+1, left...)
		return
	}
}

// missed is a gap that is one for good.
type missed struct {
	boot string
	gap
}

// due returns the gaps that have been waited for long enough, without forgetting them.
func (g *gaps) due() (list []missed) {
	for _, n := range g.writers {
		for i, m := range n.Missing {
			if g.now().Sub(m.Since) > patience || len(n.Missing)-i > maxGaps {
				list = append(list, missed{n.Boot, m})
			}
		}
	}
	return list
}

// told forgets a gap.
func (g *gaps) told(m missed) {
	for _, n := range g.writers {
		if n.Boot == m.boot {
			n.Missing = slices.DeleteFunc(n.Missing, func(have gap) bool { return have.From == m.From && have.To == m.To })
		}
	}
}

// count is how many events are missing.
func (m *missed) count() uint64 { return m.To - m.From + 1 }

// line is the event that tells of the gap. It says the same whenever it is made.
func (m *missed) line() []byte {
	return eventlog.Append(nil, &decnet.Event{
		Time: m.Since, Decky: m.Decky, Service: m.Service, Kind: decnet.KindMissing,
		Fields:  map[string]string{decnet.FieldMissing: strconv.FormatUint(m.count(), 10), decnet.FieldWriter: m.boot, decnet.FieldFirst: strconv.FormatUint(m.From, 10)},
		Message: fmt.Sprintf("%d events of the decoy process were numbered and are not in the spool; damaged lines are dead letters", m.count()),
	})
}
