package store_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

var (
	benchEvents = flag.Int("events", 200_000, "how many events BenchmarkQuestions asks about")
	benchFolder = flag.String("keep", "", "folder with the SQLite database of BenchmarkQuestions, filled if it is missing")
	benchURL    = flag.String("keep-url", "", "PostgreSQL database of BenchmarkQuestions, filled if it is empty")
)

// question is one that the API asks, with something else in it each time.
type question struct {
	name string
	ask  func(ctx context.Context, s *store.Store, rng *rand.Rand) error
}

func list(q func(*rand.Rand) store.EventQuery) func(context.Context, *store.Store, *rand.Rand) error {
	return func(ctx context.Context, s *store.Store, rng *rand.Rand) error {
		_, _, err := s.Events.List(ctx, q(rng))
		return err
	}
}

func counting(q func(*rand.Rand) store.EventQuery) func(context.Context, *store.Store, *rand.Rand) error {
	return func(ctx context.Context, s *store.Store, rng *rand.Rand) error {
		_, err := s.Events.CountUpTo(ctx, q(rng), 0)
		return err
	}
}

func someDecky(rng *rand.Rand) string { return fmt.Sprintf("decky-%02d", rng.IntN(50)) }

func someAttacker(rng *rand.Rand) decnet.AttackerID {
	return decnet.AttackerID(fmt.Sprintf("c612%04x", rng.IntN(20_000)))
}

// someWindow is an hour to a week, somewhere in the months that are stored.
func someWindow(rng *rand.Rand, q store.EventQuery) store.EventQuery {
	q.Since = time.Now().Add(-time.Duration(rng.Int64N(int64(60 * 24 * time.Hour))))
	q.Until = q.Since.Add(time.Duration(1+rng.IntN(7*24)) * time.Hour)
	return q
}

func questions() []question {
	type query = store.EventQuery
	var out []question
	for _, q := range []struct {
		name string
		q    func(*rand.Rand) query
	}{
		{"everything", func(*rand.Rand) query { return query{} }},
		{"of a decky", func(r *rand.Rand) query { return query{Decky: someDecky(r)} }},
		{"of a service", func(r *rand.Rand) query { return query{Service: []string{"ssh", "http"}[r.IntN(2)]} }},
		{"of a kind", func(r *rand.Rand) query {
			return query{Kind: []string{decnet.KindCommand, decnet.KindAuthAttempt, decnet.KindError}[r.IntN(3)]}
		}},
		{"of an attacker", func(r *rand.Rand) query { return query{Attacker: someAttacker(r)} }},
		{"of a decky, service and kind", func(r *rand.Rand) query {
			return query{Decky: someDecky(r), Service: "ssh", Kind: decnet.KindCommand}
		}},
		{"of a service that lacks the kind", func(*rand.Rand) query { return query{Service: "http", Kind: decnet.KindCommand} }},
		{"in a time", func(r *rand.Rand) query { return someWindow(r, query{}) }},
		{"of a decky in a time", func(r *rand.Rand) query { return someWindow(r, query{Decky: someDecky(r)}) }},
		{"of an attacker in a time", func(r *rand.Rand) query { return someWindow(r, query{Attacker: someAttacker(r)}) }},
		{"with a word that is common", func(r *rand.Rand) query { return query{Search: []string{"root", "plaintext"}[r.IntN(2)]} }},
		{"with a word", func(r *rand.Rand) query { return query{Search: fmt.Sprintf("pass%d", r.IntN(500))} }},
		{"with words", func(r *rand.Rand) query { return query{Search: fmt.Sprintf("root pass%d", r.IntN(500))} }},
		{"with a word that is not there", func(r *rand.Rand) query { return query{Search: fmt.Sprintf("nothing%d", r.IntN(500))} }},
		{"with a word, of a decky", func(r *rand.Rand) query { return query{Search: "wget", Decky: someDecky(r)} }},
		{"with a word in a time", func(r *rand.Rand) query { return someWindow(r, query{Search: "wget"}) }},
	} {
		out = append(out, question{"list " + q.name, list(q.q)}, question{"count " + q.name, counting(q.q)})
	}
	return append(out,
		question{"list attackers", func(ctx context.Context, s *store.Store, _ *rand.Rand) error {
			_, _, err := s.Attackers.List(ctx, store.AttackerQuery{})
			return err
		}},
		question{"list attackers by events", func(ctx context.Context, s *store.Store, _ *rand.Rand) error {
			_, _, err := s.Attackers.List(ctx, store.AttackerQuery{Sort: store.SortEvents})
			return err
		}},
		question{"list credentials", func(ctx context.Context, s *store.Store, _ *rand.Rand) error {
			_, _, err := s.Credentials.List(ctx, store.CredentialQuery{})
			return err
		}},
		question{"count attackers", func(ctx context.Context, s *store.Store, _ *rand.Rand) error {
			_, err := s.Attackers.Count(ctx)
			return err
		}},
	)
}

// BenchmarkQuestions asks a database of -events events what the API asks, and
// reports how long the median and 95 of 100 took. Use -benchtime 100x: the first
// call of each is part of it.
func BenchmarkQuestions(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			s := asked(b, database)
			for _, q := range questions() {
				b.Run(q.name, func(b *testing.B) {
					rng := rand.New(rand.NewPCG(1, 2))
					var took []time.Duration
					for b.Loop() {
						begin := time.Now()
						if err := q.ask(b.Context(), s, rng); err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(begin))
					}
					slices.Sort(took)
					at := func(percent int) float64 {
						return float64(took[(len(took)-1)*percent/100].Microseconds()) / 1000
					}
					b.ReportMetric(0, "ns/op")
					b.ReportMetric(at(50), "p50-ms")
					b.ReportMetric(at(95), "p95-ms")
				})
			}
		})
	}
}

// asked returns a database with -events events.
func asked(b *testing.B, database string) *store.Store {
	b.Helper()
	folder := *benchFolder
	if folder == "" {
		folder = b.TempDir()
	}
	cfg := store.Config{Path: filepath.Join(folder, "questions.db"), BusyTimeout: time.Minute}
	if database == "postgres" {
		if cfg.URL = *benchURL; cfg.URL == "" {
			cfg.URL = pgtest.Start(b, "-c shared_buffers=1GB -c max_wal_size=4GB").Database()
		}
	}
	s := openConfig(b, cfg)
	if n, err := s.Events.CountUpTo(b.Context(), store.EventQuery{}, 1); err != nil || n.N > 0 {
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	begin := time.Now()
	err := storetest.Months(1, *benchEvents, func(batch []decnet.Event) error {
		_, err := s.Ingest(b.Context(), batch)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	_, _ = fmt.Fprintf(os.Stderr, "filled %s with %d events in %v\n", database, *benchEvents, time.Since(begin).Round(time.Second))
	return s
}
