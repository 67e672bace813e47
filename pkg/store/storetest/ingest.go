package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

const (
	alice = "203.0.113.7"
	bob   = "2001:db8::7"
)

func testNumbers(t *testing.T, s *store.Store) {
	done := ingest(t, s,
		event(1, alice), event(2, bob), event(3, ""), event(4, alice), event(5, alice), event(6, bob))
	var seqs []uint64
	for _, e := range done.Events {
		seqs = append(seqs, e.Seq)
	}
	wantEqual(t, "seqs", seqs, []uint64{1, 1, 0, 2, 3, 2})
	wantEqual(t, "new", done.New, 6)
	wantEqual(t, "sightings", done.Sightings, []decnet.Sighting{
		{Attacker: idOf(alice), Address: netip.MustParseAddr(alice), Through: 3, Time: at.Add(5)},
		{Attacker: idOf(bob), Address: netip.MustParseAddr(bob), Through: 2, Time: at.Add(6)},
	})
	if seq := ingest(t, s, event(7, alice)).Events[0].Seq; seq != 4 {
		t.Errorf("seq after another batch = %d, want 4", seq)
	}
	wantEqual(t, "nothing", ingest(t, s), store.Ingested{})
}

func testOnce(t *testing.T, s *store.Store) {
	first := append(events(0, 10, alice), event(3, alice), event(99, ""), event(99, "")) // 3 and 99 come twice
	for _, step := range []struct {
		name  string
		batch []decnet.Event
		new   int
		total uint64
	}{
		{"first", first, 11, 11},
		{"the same again", first, 0, 11},
		{"overlapping", events(5, 15, alice), 5, 16},
		{"all of it, backwards", reversed(events(0, 20, alice)), 5, 21},
		{"mixed with another attacker", append(events(18, 22, alice), events(100, 103, bob)...), 5, 26},
	} {
		done := ingest(t, s, step.batch...)
		if done.New != step.new {
			t.Errorf("%s: %d new, want %d", step.name, done.New, step.new)
		}
		if n := eventCount(t, s); n != step.total {
			t.Errorf("%s: %d events, want %d", step.name, n, step.total)
		}
	}
	checkGapless(t, s, idOf(alice), 22)
	checkGapless(t, s, idOf(bob), 3)
}

func reversed(events []decnet.Event) []decnet.Event {
	slices.Reverse(events)
	return events
}

func testSameMessages(t *testing.T, s *store.Store) {
	batch := []decnet.Event{
		event(1, alice), event(2, alice, login("root", "toor", false)), event(3, bob, login("pi", "raspberry", true)),
		event(2, alice, login("root", "toor", false)), event(4, ""),
	}
	first := ingest(t, s, batch...)
	if len(first.Credentials) != 2 || first.Credentials[0].Principal != "root" || !first.Credentials[1].Accepted {
		t.Errorf("credentials = %+v, want root's once and pi's accepted", first.Credentials)
	}
	again := ingest(t, s, batch...)
	wantEqual(t, "new", again.New, 0)
	again.New = first.New
	wantEqual(t, "the batch again", again, first)

	// Once more was stored in between, sightings reach that far; the rest stays.
	ingest(t, s, event(5, alice))
	late := ingest(t, s, batch...)
	wantEqual(t, "through", late.Sightings[0].Through, 3)
	wantEqual(t, "time", late.Sightings[0].Time, at.Add(5))
	wantEqual(t, "events", late.Events, first.Events)
}

// An id belongs to the event that had it first, whoever claims it later.
func testKeepsStored(t *testing.T, s *store.Store) {
	first := ingest(t, s, event(1, alice, login("root", "toor", false)))
	forged := event(1, bob, login("root", "other", true))
	done := ingest(t, s, forged, event(2, bob))
	wantEqual(t, "stored event", done.Events[0], first.Events[0])
	wantEqual(t, "credentials", done.Credentials, first.Credentials)

	done = ingest(t, s, event(3, alice), event(3, bob)) // within one batch too
	wantEqual(t, "second claim", done.Events[1], done.Events[0])
	wantEqual(t, "sightings", len(done.Sightings), 1)
	checkGapless(t, s, idOf(alice), 2)
	checkGapless(t, s, idOf(bob), 1)
}

func testRefused(t *testing.T, s *store.Store) {
	for name, change := range map[string]func(*decnet.Event){
		"no id":            func(e *decnet.Event) { e.ID = "" },
		"attacker no hex":  func(e *decnet.Event) { e.Attacker = "; DROP TABLE events" },
		"attacker upper":   func(e *decnet.Event) { e.Attacker = "CB007107" },
		"no time":          func(e *decnet.Event) { e.Time = time.Time{} },
		"time too early":   func(e *decnet.Event) { e.Time = time.Date(1677, 12, 31, 23, 59, 59, 0, time.UTC) },
		"time too late":    func(e *decnet.Event) { e.Time = time.Date(2262, 1, 1, 0, 0, 0, 0, time.UTC) },
		"time of no clock": func(e *decnet.Event) { e.Time = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		bad := event(2, alice, change)
		wantCode(t, name+": Check", store.Check(&bad), decnet.CodeInvalid)
		_, err := s.Ingest(t.Context(), []decnet.Event{event(1, alice), bad})
		wantCode(t, name+": Ingest", err, decnet.CodeInvalid)
		if store.Unavailable(err) {
			t.Errorf("%s: Unavailable, but waiting will not help", name)
		}
	}
	if n := eventCount(t, s); n != 0 {
		t.Errorf("%d events stored from refused batches", n)
	}
}

func testConcurrent(t *testing.T, s *store.Store) {
	const callers, batches, size = 8, 20, 10
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for b := range batches {
				// Every event is handed over by two callers, and each batch
				// has events of both attackers.
				from := (caller/2*batches + b) * size
				batch := append(events(from, from+size/2, alice), events(from+size/2, from+size, bob)...)
				if _, err := s.Ingest(t.Context(), batch); err != nil {
					t.Errorf("Ingest: %v", err)
				}
			}
		})
	}
	wg.Wait()
	checkGapless(t, s, idOf(alice), callers/2*batches*size/2)
	checkGapless(t, s, idOf(bob), callers/2*batches*size/2)
}

func testCancelled(t *testing.T, s *store.Store) {
	const size = 2000
	var total uint64
	for round, after := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, time.Hour} {
		batch := events(round*size, (round+1)*size, fmt.Sprintf("192.0.2.%d", round))
		ctx, cancel := context.WithTimeout(t.Context(), after)
		_, err := s.Ingest(ctx, batch)
		cancel()
		switch {
		case err == nil:
			total += size
		case !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("cancelled after %s: error %v, want the context's", after, err)
		case store.Unavailable(err):
			t.Errorf("cancelled after %s: Unavailable, but the caller gave up", after)
		}
		if n := eventCount(t, s); n != total {
			t.Fatalf("cancelled after %s (error %v): %d events, want %d", after, err, n, total)
		}
	}
	if total == 0 {
		t.Error("no batch was stored, not even the one with an hour")
	}
}
