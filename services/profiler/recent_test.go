package profiler

import (
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

func TestRecentProfilesAreBounded(t *testing.T) {
	large := decnet.Profile{Through: 1, Commands: []decnet.CommandUse{{Command: strings.Repeat("x", 10_000)}}}
	r := newRecent(10 * analysis.Size(&large))
	for i := range 100 {
		large.Attacker = decnet.AttackerID(fmt.Sprint(i))
		r.put(large, true)
		r.put(r.take("0"), true) // it is used all the time
		if r.size > r.most || r.order.Len() != len(r.byID) {
			t.Fatalf("%d bytes of %d, %d and %d profiles", r.size, r.most, r.order.Len(), len(r.byID))
		}
	}
	for id, want := range map[decnet.AttackerID]bool{"0": true, "99": true, "91": true, "90": false, "1": false} {
		if r.covers(id, 1, true) != want {
			t.Errorf("profile %s is kept: %v", id, !want)
		}
	}
	for i := range 100 {
		r.take(decnet.AttackerID(fmt.Sprint(i)))
	}
	if r.size != 0 || len(r.byID) != 0 {
		t.Errorf("%d bytes and %d profiles are left", r.size, len(r.byID))
	}
}

func TestWhatIsCovered(t *testing.T) {
	r := newRecent(1 << 20)
	r.put(decnet.Profile{Attacker: "a", Through: 5}, false)
	for through, want := range map[uint64]bool{4: true, 5: true, 6: false} {
		if r.covers("a", through, false) != want {
			t.Errorf("saved by somebody who tells it: through %d is covered: %v", through, !want)
		}
		if r.covers("a", through, true) {
			t.Errorf("saved by somebody who may have died: through %d is covered", through)
		}
	}
	r.put(decnet.Profile{Attacker: "a", Through: 4}, true) // late
	if r.covers("a", 4, true) {
		t.Error("an earlier profile took the place of a later one")
	}
	r.put(decnet.Profile{Attacker: "a", Through: 5}, true)
	if !r.covers("a", 5, true) || r.covers("a", 6, true) || r.covers("b", 1, false) {
		t.Error("saved and told is not covered, or nothing is")
	}
	if r.put(decnet.Profile{Attacker: "c"}, true); r.covers("c", 0, false) {
		t.Error("no profile is kept")
	}
}
