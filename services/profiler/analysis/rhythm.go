package analysis

import (
	"math"
	"strconv"

	"github.com/decnet/decnet/pkg/decnet"
)

// foldRhythm takes in the time of an event. Chained says that the time since the one before means
// something; across sessions of a shell it does not. A clock that goes back counts as no time.
func foldRhythm(t *decnet.Timing, e *decnet.Event, chained bool) {
	if !plausible(e) {
		return
	}
	if t.First == "" {
		t.First = e.ID
	}
	if chained && !t.Last.IsZero() {
		gap := max(e.Time.Sub(t.Last).Seconds(), 0)
		if t.Gaps++; t.Gaps == 1 {
			t.Min, t.Max = gap, gap
		}
		t.Min, t.Max = min(t.Min, gap), max(t.Max, gap)
		if gap < 0.1 {
			t.Quick++
		}
		from := gap - t.Mean
		t.Mean += from / float64(t.Gaps)
		t.M2 += from * (gap - t.Mean)
	}
	t.Count++
	t.Latest = e.ID
	if e.Time.After(t.Last) || !chained {
		t.Last = e.Time
	}
}

// rhythm sums up a timing.
func rhythm(t *decnet.Timing) decnet.Rhythm {
	r := decnet.Rhythm{Count: t.Count, Mean: round(t.Mean), Min: round(t.Min), Max: round(t.Max)}
	if t.Gaps > 1 && t.Mean > 0 {
		r.CV = round(math.Sqrt(t.M2/float64(t.Gaps-1)) / t.Mean)
	}
	return r
}

// round keeps a figure readable: to the microsecond.
func round(f float64) float64 { return math.Round(f*1e6) / 1e6 }

// evidence are the first and the last event of a timing.
func evidence(t *decnet.Timing) []string {
	switch t.First {
	case "":
		return nil
	case t.Latest:
		return []string{t.First}
	}
	return []string{t.First, t.Latest}
}

// foldTyping takes in how a command line was typed, if the event says so.
func foldTyping(t *decnet.Typing, e *decnet.Event) {
	keys, err := strconv.ParseUint(e.Fields[decnet.FieldKeys], 10, 16)
	if err != nil || keys == 0 {
		return
	}
	millis, _ := strconv.ParseUint(e.Fields[decnet.FieldTyped], 10, 32)
	edits, _ := strconv.ParseUint(e.Fields[decnet.FieldEdits], 10, 16)
	t.Lines++
	t.Keys += keys
	t.Millis += millis
	if keys <= 2 && len(e.Fields[decnet.FieldCommand]) > 2 {
		t.Pasted++
	}
	if edits > 0 {
		t.Edited++
	}
	if t.First == "" {
		t.First = e.ID
	}
	t.Latest = e.ID
}
