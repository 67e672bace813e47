package storetest

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func profile(address string, through uint64) decnet.Profile {
	return decnet.Profile{
		Attacker: idOf(address), Address: netip.MustParseAddr(address), Through: through,
		FirstSeen: at, LastSeen: at.Add(time.Duration(through)), Events: through, Sessions: 3, //nolint:gosec // small
		Kinds:    map[string]uint64{"connect": through},
		Services: map[string]uint64{"ssh": 2, "<http>\x00": 1}, Deckies: map[string]uint64{"web-1": through},
		Credentials:     []decnet.CredentialUse{{Service: "ssh", Principal: "root", Secret: "?", Kind: decnet.SecretPlaintext, Attempts: 4, Event: "e"}},
		CredentialCount: 4,
		Commands:        []decnet.CommandUse{{Time: at, Decky: "web-1", Service: "ssh", Command: "id", Event: "f"}},
		CommandCount:    5,
	}
}

func testSummaryLag(t *testing.T, s *store.Store) {
	_, err := s.Attackers.Summary(t.Context(), idOf(alice))
	wantCode(t, "summary of nobody", err, decnet.CodeNotFound)

	// The clock of a decoy may run backwards; first and last do not.
	ingest(t, s, event(5, alice), event(9, alice), event(7, alice), event(3, ""))
	want := store.AttackerSummary{
		ID: idOf(alice), Address: netip.MustParseAddr(alice), FirstSeen: at.Add(5), LastSeen: at.Add(9), Events: 3,
		Services: map[string]uint64{}, Deckies: map[string]uint64{},
	}
	check := func(when string) {
		t.Helper()
		got, err := s.Attackers.Summary(t.Context(), idOf(alice))
		if err != nil {
			t.Fatalf("%s: Summary: %v", when, err)
		}
		wantEqual(t, when, got, want)
		list, next, err := s.Attackers.List(t.Context(), store.AttackerQuery{})
		if err != nil || next != "" {
			t.Fatalf("%s: List: next %q, error %v", when, next, err)
		}
		wantEqual(t, when+": list", list, []store.AttackerSummary{want})
	}
	check("before any profile")

	p := profile(alice, 2)
	if err := s.Attackers.SaveProfile(t.Context(), p, 0); err != nil {
		t.Fatal(err)
	}
	want.Profiled, want.Sessions, want.Credentials, want.Commands = 2, 3, 4, 5
	want.Services, want.Deckies = p.Services, p.Deckies
	check("profile behind")

	ingest(t, s, event(1, alice))
	want.Events, want.FirstSeen = 4, at.Add(1)
	check("profile further behind")
	if n := count(t, s.Attackers.Count); n != 1 {
		t.Errorf("Count = %d, want 1", n)
	}
}

// crowd stores attackers of which every three share their time and every five
// their number of events, so that both orders have ties.
func crowd(t *testing.T, s *store.Store, n int) {
	t.Helper()
	var batch []decnet.Event
	for i := range n {
		for k := range i/5 + 1 {
			batch = append(batch, event(1000*i+k, fmt.Sprintf("198.51.100.%d", i), func(e *decnet.Event) { e.Time = at.Add(time.Duration(i / 3)) }))
		}
	}
	ingest(t, s, batch...)
}

func testAttackerPages(t *testing.T, s *store.Store) {
	crowd(t, s, 40)
	for _, sort := range []store.AttackerSort{"", store.SortLastSeen, store.SortEvents} {
		for _, limit := range []int{1, 7, 40, 100} {
			got := drain(t, func(cursor string) ([]store.AttackerSummary, string, error) {
				return s.Attackers.List(t.Context(), store.AttackerQuery{Sort: sort, Limit: limit, Cursor: cursor})
			}, func() {})
			seen := map[decnet.AttackerID]bool{}
			for i, a := range got {
				if seen[a.ID] {
					t.Errorf("sort %q, limit %d: %s twice", sort, limit, a.ID)
				}
				seen[a.ID] = true
				if i == 0 {
					continue
				}
				before := got[i-1]
				if sort == store.SortEvents && a.Events > before.Events || sort != store.SortEvents && a.LastSeen.After(before.LastSeen) {
					t.Errorf("sort %q, limit %d: %+v after %+v", sort, limit, a, before)
				}
			}
			if len(seen) != 40 {
				t.Errorf("sort %q, limit %d: %d attackers, want 40", sort, limit, len(seen))
			}
		}
	}
}

func testAttackerPagesActive(t *testing.T, s *store.Store) {
	crowd(t, s, 40)
	n := 0
	got := drain(t, func(cursor string) ([]store.AttackerSummary, string, error) {
		return s.Attackers.List(t.Context(), store.AttackerQuery{Limit: 7, Cursor: cursor})
	}, func() { // a newcomer, and one attacker of the crowd, are active now
		n++
		now := func(e *decnet.Event) { e.Time = at.Add(time.Hour) }
		ingest(t, s, event(100_000+n, fmt.Sprintf("192.0.2.%d", n), now), event(200_000+n, "198.51.100.20", now))
	})
	seen := map[decnet.AttackerID]int{}
	for _, a := range got {
		seen[a.ID]++
	}
	for i := range 40 {
		id := idOf(fmt.Sprintf("198.51.100.%d", i))
		if seen[id] > 1 || seen[id] == 0 && i != 20 {
			t.Errorf("attacker %d seen %d times", i, seen[id])
		}
	}
}

func testProfileCAS(t *testing.T, s *store.Store) {
	save := func(address string, through, previous uint64) error {
		return s.Attackers.SaveProfile(t.Context(), profile(address, through), previous)
	}
	wantCode(t, "profile of nobody", save(alice, 1, 0), decnet.CodeNotFound)
	ingest(t, s, events(0, 9, alice)...)
	_, err := s.Attackers.Profile(t.Context(), idOf(alice))
	wantCode(t, "no profile yet", err, decnet.CodeNotFound)

	for _, step := range []struct {
		name              string
		through, previous uint64
		code              decnet.Code // empty: it is saved
		stored            uint64
	}{
		{"none to replace", 5, 3, decnet.CodeConflict, 0},
		{"nothing covered", 0, 0, decnet.CodeInvalid, 0},
		{"first", 3, 0, "", 3},
		{"first again", 3, 0, decnet.CodeConflict, 3},
		{"late", 5, 2, decnet.CodeConflict, 3},
		{"early", 6, 5, decnet.CodeConflict, 3},
		{"no progress", 3, 3, decnet.CodeInvalid, 3},
		{"backwards", 2, 3, decnet.CodeInvalid, 3},
		{"next", 7, 3, "", 7},
	} {
		err := save(alice, step.through, step.previous)
		if step.code != "" {
			wantCode(t, step.name, err, step.code)
		} else if err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		p, _ := s.Attackers.Profile(t.Context(), idOf(alice))
		wantEqual(t, step.name+": stored", p.Through, step.stored)
	}
	p, err := s.Attackers.Profile(t.Context(), idOf(alice))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "profile", p, profile(alice, 7))
}

func testProfileRace(t *testing.T, s *store.Store) {
	ingest(t, s, events(0, 9, alice)...)
	for previous := range uint64(5) {
		var won, lost atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch err := s.Attackers.SaveProfile(t.Context(), profile(alice, previous+1), previous); {
				case err == nil:
					won.Add(1)
				case decnet.ErrorCode(err) == decnet.CodeConflict:
					lost.Add(1)
				default:
					t.Errorf("SaveProfile: %v", err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 7 {
			t.Errorf("from %d: %d saved and %d conflicts, want 1 and 7", previous, won.Load(), lost.Load())
		}
	}
}
