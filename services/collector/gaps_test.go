package collector

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// numbered is a line by a decoy process.
func numbered(boot string, seq int, more string) *line {
	return &line{text: fmt.Appendf(nil, `<134>1 2026-11-23T06:37:55Z web-01 ssh - command [decnet@32473 ns="1795415875123456789" boot=%q %sseq="%d"] x`, boot, more, seq)}
}

func TestMissingNumbersAreGaps(t *testing.T) {
	type written struct {
		boot string
		seq  int
		more string
	}
	for _, test := range []struct {
		name  string
		lines []written
		want  string
	}{
		{"none", []written{{"a", 1, ""}, {"a", 2, ""}, {"b", 1, ""}, {"a", 3, ""}}, ""},
		{"one", []written{{"a", 1, ""}, {"a", 3, ""}}, "a 2-2"},
		{"the first", []written{{"a", 3, ""}}, "a 1-2"},
		{"late ones", []written{{"a", 1, ""}, {"a", 5, ""}, {"a", 3, ""}, {"a", 2, ""}}, "a 4-4"},
		{"all late", []written{{"a", 3, ""}, {"a", 1, ""}, {"a", 2, ""}}, ""},
		{"twice", []written{{"a", 1, ""}, {"a", 2, ""}, {"a", 1, ""}, {"a", 2, ""}, {"a", 3, ""}}, ""},
		{"the writer has told of them", []written{{"a", 1, ""}, {"a", 5, `lost="3" `}, {"a", 6, ""}}, ""},
		{"the writer has told of some", []written{{"a", 1, ""}, {"a", 6, `lost="3" `}}, "a 2-2"},
		{"nonsense", []written{{"a", 1, `lost="99999999999999999999" `}, {strings.Repeat("x", 40), 7, ""}, {"", 9, ""}}, ""},
	} {
		now := time.Now()
		g := gaps{now: func() time.Time { return now }}
		for _, w := range test.lines {
			g.note(numbered(w.boot, w.seq, w.more), false)
		}
		if early := g.due(); len(early) > 0 {
			t.Errorf("%s: %v is told at once", test.name, early)
		}
		now = now.Add(patience + time.Second)
		var have []string
		for _, m := range g.due() {
			have = append(have, fmt.Sprintf("%s %d-%d", m.boot, m.From, m.To))
			if e, err := eventlog.Parse(m.line()); err != nil || e.Decky != "web-01" || e.Kind != "events_missing" || e.Fields["missing"] != fmt.Sprint(m.count()) {
				t.Errorf("%s: %v, %v", test.name, e, err)
			}
			g.told(m)
		}
		if strings.Join(have, " ") != test.want || len(g.due()) > 0 {
			t.Errorf("%s: have %q, want %q", test.name, have, test.want)
		}
	}
}

func TestWhatIsRememberedOfWritersIsBounded(t *testing.T) {
	g := gaps{now: time.Now}
	for i := range 1000 {
		g.note(numbered(fmt.Sprintf("b%d", i), 2*i+2, ""), false)
		g.note(numbered("busy", 2*i+1, ""), false)
	}
	if len(g.writers) != maxWriters || g.writers[len(g.writers)-1].Boot != "busy" {
		t.Errorf("%d writers, the last of them %+v", len(g.writers), g.writers[len(g.writers)-1])
	}
	// What is above the bound is not waited for, so it is told and forgotten.
	for _, m := range g.due() {
		g.told(m)
	}
	if n := len(g.writers[len(g.writers)-1].Missing); n > maxGaps {
		t.Errorf("%d gaps wait", n)
	}
}

func TestWhatWasReadBeforeThePositionWasLostIsNotMissing(t *testing.T) {
	now := time.Now()
	g := gaps{now: func() time.Time { return now }}
	for _, seq := range []int{4000, 4001, 4003} {
		g.note(numbered("a", seq, ""), true)
	}
	now = now.Add(patience + time.Second)
	if due := g.due(); len(due) != 1 || due[0].From != 4002 || due[0].To != 4002 {
		t.Errorf("have %+v, want 4002 alone", due)
	}
}
