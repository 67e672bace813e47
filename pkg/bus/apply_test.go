package bus_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// named are writes of n deckies that bear the mark of who wrote them.
func named(n int, mark string) []bus.Write[decnet.Decky] {
	writes := make([]bus.Write[decnet.Decky], n)
	for i := range writes {
		name := fmt.Sprintf("d-%d", i)
		writes[i] = bus.Write[decnet.Decky]{Keys: []string{"h", name}, Value: decnet.Decky{Name: name, Host: "h", Fleet: mark}}
	}
	return writes
}

func TestApplyIsAllOrNothing(t *testing.T) {
	b := bustest.New(t)
	_, position, err := bus.Fleet.Snapshot(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	revisions, err := bus.Fleet.Apply(t.Context(), b, position, named(1200, "first"))
	if err != nil || len(revisions) != 1200 {
		t.Fatalf("%d revisions, %v", len(revisions), err)
	}
	entries, now, err := bus.Fleet.Snapshot(t.Context(), b)
	if err != nil || len(entries) != 1200 || now != revisions[1199] {
		t.Fatalf("%d entries at %d, %v", len(entries), now, err)
	}
	for _, e := range entries {
		var n int
		if _, err := fmt.Sscanf(e.Keys[1], "d-%d", &n); err != nil || e.Revision != revisions[n] {
			t.Fatalf("%v has revision %d, told was %d", e.Keys, e.Revision, revisions[n])
		}
	}
	// Whoever planned from what was before has planned in vain.
	_, err = bus.Fleet.Apply(t.Context(), b, position, named(3, "late"))
	if decnet.ErrorCode(err) != decnet.CodeConflict {
		t.Errorf("have %v, want a conflict", err)
	}
	// One write, and a removal among others.
	if _, err := bus.Fleet.Apply(t.Context(), b, now, named(1, "second")); err != nil {
		t.Fatal(err)
	}
	writes := named(2, "third")
	writes[1].Delete = true
	if _, err := bus.Fleet.Apply(t.Context(), b, now+1, writes); err != nil {
		t.Fatal(err)
	}
	entries, _, err = bus.Fleet.Snapshot(t.Context(), b)
	if err != nil || len(entries) != 1199 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	for _, e := range entries {
		if e.Keys[1] == "d-0" && e.Value.Fleet != "third" || e.Keys[1] == "d-1" || e.Value.Fleet == "late" {
			t.Errorf("have %v of %s", e.Keys, e.Value.Fleet)
		}
	}
}

func TestOfTwoAtOnceOneWins(t *testing.T) {
	b := bustest.New(t)
	for round := range 20 {
		_, position, err := bus.Fleet.Snapshot(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		results := make([]error, 4)
		for i := range results {
			wg.Go(func() {
				_, results[i] = bus.Fleet.Apply(t.Context(), b, position, named(50+i, fmt.Sprintf("w%d", i)))
			})
		}
		wg.Wait()
		winner := -1
		for i, err := range results {
			switch {
			case err == nil && winner < 0:
				winner = i
			case err == nil:
				t.Fatalf("round %d: %d and %d both won", round, winner, i)
			case decnet.ErrorCode(err) != decnet.CodeConflict || errors.Is(err, bus.ErrHalfway):
				t.Errorf("round %d: %v", round, err)
			}
		}
		entries, _, err := bus.Fleet.Snapshot(t.Context(), b)
		if err != nil || winner < 0 {
			t.Fatalf("winner %d, %v", winner, err)
		}
		for _, e := range entries[:50] {
			if want := fmt.Sprintf("w%d", winner); e.Value.Fleet != want && e.Keys[1] < "d-5" {
				t.Fatalf("round %d: %v is of %s, not %s", round, e.Keys, e.Value.Fleet, want)
			}
		}
	}
}
