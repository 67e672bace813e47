package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// The server is killed while ingesters write to it, and started again. They only
// ever see that the store is unavailable and repeat what was not acknowledged, as
// the bus does. Nothing acknowledged is lost, and nothing is there twice.
func TestPostgresKilled(t *testing.T) {
	const ingesters, rounds, perRound, size = 3, 3, 12, 100
	server := pgtest.Start(t, "")
	cfg := store.Config{URL: server.Database()}
	var acked [ingesters]int // batches
	stores := make([]*store.Store, ingesters)
	for i := range stores {
		stores[i] = openConfig(t, cfg)
	}
	// Every ingester has events of the same attackers, and every second batch of
	// it is also somebody else's.
	batch := func(ingester, n int) []decnet.Event {
		return append(storetest.Traffic(uint64(1000*ingester+n), size), storetest.Traffic(uint64(900_000+n/2), size/2)...)
	}
	for round := range rounds {
		var wg sync.WaitGroup
		var total atomic.Int64
		var dead atomic.Bool
		enough := make(chan struct{})
		for i, s := range stores {
			wg.Go(func() {
				for t.Context().Err() == nil {
					_, err := s.Ingest(t.Context(), batch(i, acked[i]))
					switch {
					case err == nil:
						acked[i]++
						if total.Add(1) == perRound {
							close(enough)
						}
					case !store.Unavailable(err):
						t.Errorf("ingester %d: %v", i, err)
						return
					case dead.Load():
						return
					} // else a connection that the last kill broke: the next call has another
				}
			})
		}
		ended := make(chan struct{})
		go func() { wg.Wait(); close(ended) }()
		select {
		case <-enough:
		case <-ended:
			t.Fatal("the ingesters ended before their time")
		}
		server.Kill()
		dead.Store(true)
		<-ended
		server.Start()
		t.Logf("round %d: %v batches are acknowledged", round, acked)
	}
	want := map[string]bool{}
	for i, s := range stores {
		// What was in hand when the server died is handed over again.
		if _, err := s.Ingest(t.Context(), batch(i, acked[i])); err != nil {
			t.Fatalf("after the last start: %v", err)
		}
		for n := range acked[i] + 1 {
			for _, e := range batch(i, n) {
				want[e.ID] = true
			}
		}
	}
	checkStored(t, stores[0], want)
}

// checkStored fails unless exactly these events are stored, and every timeline is
// without gaps.
func checkStored(t *testing.T, s *store.Store, want map[string]bool) {
	t.Helper()
	n, err := s.Events.Count(t.Context(), store.EventQuery{})
	if err != nil || n != uint64(len(want)) {
		t.Errorf("%d events are stored, error %v, want %d", n, err, len(want))
	}
	attackers, _, err := s.Attackers.List(t.Context(), store.AttackerQuery{Limit: store.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range attackers {
		var last uint64
		for {
			page, err := s.Events.Timeline(t.Context(), a.ID, last, store.MaxLimit)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				if e.Seq != last+1 || !want[e.ID] {
					t.Fatalf("attacker %s: event %s has number %d after %d", a.ID, e.ID, e.Seq, last)
				}
				delete(want, e.ID)
				last = e.Seq
			}
			if len(page) == 0 {
				break
			}
		}
		if last != a.Events {
			t.Errorf("attacker %s has %d events and a timeline of %d", a.ID, a.Events, last)
		}
	}
	if len(want) > 0 {
		t.Errorf("%d events are lost", len(want))
	}
}

func TestPostgresUnavailable(t *testing.T) {
	server := pgtest.Start(t, "-c fsync=off -c max_connections=12 -c superuser_reserved_connections=3")
	url := server.Database()
	s := openConfig(t, store.Config{URL: url})
	events := storetest.Traffic(1, 10)
	works := func(when string) {
		t.Helper()
		if _, err := s.Ingest(t.Context(), events); err != nil {
			t.Errorf("%s: Ingest: %v", when, err)
		}
		if _, err := s.Events.Count(t.Context(), store.EventQuery{}); err != nil {
			t.Errorf("%s: Count: %v", when, err)
		}
	}
	works("at first")
	fails := func(when string) {
		t.Helper()
		_, ingest := s.Ingest(t.Context(), events)
		_, count := s.Events.Count(t.Context(), store.EventQuery{})
		_, user := s.Users.Create(t.Context(), "x", "admin", "x")
		for what, err := range map[string]error{"Ingest": ingest, "Count": count, "Users.Create": user} {
			if !store.Unavailable(err) || decnet.ErrorCode(err) != decnet.CodeUnavailable {
				t.Errorf("%s: %s: error %v, want it Unavailable", when, what, err)
			}
		}
	}
	server.Stop()
	fails("stopped")
	fails("still stopped")
	server.Start()
	works("started again") // connections are made anew without a further error

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Ingest(ctx, events); !errors.Is(err, context.Canceled) || store.Unavailable(err) {
		t.Errorf("cancelled: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	full(t, server, url)
	server.Exec(url, "ALTER DATABASE "+databaseOf(url)+" SET default_transaction_read_only = on")
	readOnly, err := store.Open(t.Context(), store.Config{URL: url})
	if err == nil {
		_, err = readOnly.Ingest(t.Context(), storetest.Traffic(2, 10))
		if cerr := readOnly.Close(); cerr != nil {
			t.Error(cerr)
		}
	}
	if !store.Unavailable(err) {
		t.Errorf("read-only: %v", err)
	}
}

// full takes every connection there is.
func full(t *testing.T, server *pgtest.Server, url string) {
	t.Helper()
	var stores []*store.Store
	defer func() {
		for _, s := range stores {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	server.Exec(url, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plain') THEN CREATE ROLE plain LOGIN; END IF; END $$")
	server.Exec(url, fmt.Sprintf("GRANT ALL ON DATABASE %s TO plain", databaseOf(url)))
	server.Exec(url, "GRANT ALL ON SCHEMA public TO plain")
	server.Exec(url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
	for range 20 {
		s, err := store.Open(t.Context(), store.Config{URL: asUser(url, "plain")})
		if err != nil {
			if !store.Unavailable(err) {
				t.Errorf("no connection left: %v", err)
			}
			return
		}
		stores = append(stores, s)
	}
	t.Error("there is no end of connections")
}
