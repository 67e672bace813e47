package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

const day = 24 * time.Hour

// aged are events of alice, one a day, the last of now, and one of bob that is
// far older than anything.
func aged(days int) []decnet.Event {
	now := time.Now().UTC()
	var all []decnet.Event
	for i := range days {
		all = append(all, event(i, alice, login("root", "toor", false), func(e *decnet.Event) { e.Time = now.Add(-time.Duration(days-1-i) * day) }))
		if i == 0 {
			all[0].Service, all[0].Kind, all[0].Fields["url"] = "ssh", "download", "http://a/b"
		}
	}
	return append(all, event(1000, bob, func(e *decnet.Event) { e.Time = at.Add(-50 * 365 * day) }))
}

func testRetain(t *testing.T, s *store.Store) {
	all := aged(60)
	ingest(t, s, all...)
	if err := s.Attackers.SaveProfile(t.Context(), profile(alice, 60), 0); err != nil {
		t.Fatal(err)
	}
	credentialsBefore, bountiesBefore := credentials(t, s, store.CredentialQuery{}), bounties(t, s, store.BountyQuery{})
	cutoff := time.Now().Add(-30 * day)

	done, err := s.Retain(t.Context(), cutoff)
	if err != nil {
		t.Fatal(err)
	}
	if total := eventCount(t, s) + done.Events; total != 61 || done.Events == 0 {
		t.Errorf("%d events are removed and the others add up to %d, want 61", done.Events, total)
	}
	// Nothing young is gone, and nothing is much older than it may be.
	left := drain(t, func(cursor string) ([]decnet.Event, string, error) {
		return s.Events.List(t.Context(), store.EventQuery{Order: store.Asc, Cursor: cursor})
	}, func() {})
	young := 0
	for _, e := range left {
		if e.Time.Before(cutoff.Add(-7 * day)) {
			t.Errorf("an event of %s is left, with everything before %s to go", e.Time, cutoff)
		}
		if !e.Time.Before(cutoff) {
			young++
		}
	}
	if young != 30 {
		t.Errorf("%d younger events are left, want 30", young)
	}
	for what, q := range map[string]store.EventQuery{
		"search": {Search: "toor"}, "time": {Since: time.Now().Add(-100 * day)}, "attacker": {Attacker: idOf(alice)},
	} {
		if n, err := s.Events.Count(t.Context(), q); err != nil || n != uint64(len(left)) {
			t.Errorf("by %s: %d, error %v, want %d", what, n, err, len(left))
		}
	}

	// What is known of attackers stays, and their numbering goes on.
	wantEqual(t, "credentials", credentials(t, s, store.CredentialQuery{}), credentialsBefore)
	wantEqual(t, "bounties", bounties(t, s, store.BountyQuery{}), bountiesBefore)
	wantEqual(t, "how many bounties", len(bountiesBefore), 1)
	if a, err := s.Attackers.Summary(t.Context(), idOf(alice)); err != nil || a.Events != 60 || a.Profiled != 60 {
		t.Errorf("the attacker is %+v, error %v", a, err)
	}
	for n, who := range []string{alice, bob} {
		given := event(2000+n, who, func(e *decnet.Event) { e.Time = time.Now() })
		want := map[string]uint64{alice: 61, bob: 2}[who]
		if seq := ingest(t, s, given).Events[0].Seq; seq != want {
			t.Errorf("the next event of %s has number %d, want %d", who, seq, want)
		}
	}

	if again, err := s.Retain(t.Context(), cutoff); err != nil || again.Events != 0 {
		t.Errorf("again: %+v, error %v, want nothing", again, err)
	}
	if _, err := s.Retain(t.Context(), time.Now().Add(60*day)); err != nil || eventCount(t, s) != 0 {
		t.Errorf("all: error %v, %d events are left", err, eventCount(t, s))
	}
	ingest(t, s, event(3000, alice, func(e *decnet.Event) { e.Time = time.Now() }))
	wantEqual(t, "events", eventCount(t, s), 1)
}

// Many events go, more than are deleted at once, while others come.
func testRetainMany(t *testing.T, s *store.Store) {
	old := Traffic(1, 9000)
	for i := range old {
		old[i].Time = old[i].Time.Add(-40 * 365 * day)
	}
	ingest(t, s, old...)
	stop := make(chan struct{})
	stored := make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				stored <- n
				return
			default:
				if _, err := s.Ingest(context.WithoutCancel(t.Context()), []decnet.Event{event(n, bob)}); err != nil {
					t.Errorf("Ingest: %v", err)
				}
			}
		}
	}()
	done, err := s.Retain(t.Context(), at.Add(-365*day))
	close(stop)
	n := <-stored
	if err != nil || done.Events != 9000 {
		t.Errorf("%d events are removed, error %v, want 9000", done.Events, err)
	}
	wantEqual(t, "events that came meanwhile", eventCount(t, s), uint64(n)) //nolint:gosec // not negative
}
