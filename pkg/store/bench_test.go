package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
)

// rate reports how many events a benchmark wrote or read per second.
func rate(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkIngest stores new events, each batch in one durable transaction, into
// a database that grows from empty.
func BenchmarkIngest(b *testing.B) {
	traffic := storetest.Traffic(1, 20_000)
	for _, size := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "decnet.db"))
			batch := make([]decnet.Event, size)
			n := 0
			for b.Loop() {
				for i := range batch {
					batch[i] = traffic[n%len(traffic)]
					batch[i].ID = decnet.EventID("bench", "spool", int64(n))
					n++
				}
				if _, err := s.Ingest(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, n)
		})
	}
}

// BenchmarkRedelivered hands over a batch of 1000 that is stored already.
func BenchmarkRedelivered(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "decnet.db"))
	batch := storetest.Traffic(1, 1000)
	n := 0
	for b.Loop() {
		if _, err := s.Ingest(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		n += len(batch)
	}
	rate(b, n)
}

// filled is a store of 100,000 events.
func filled(b *testing.B) (*store.Store, []decnet.Event) {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "decnet.db"))
	traffic := storetest.Traffic(1, 100_000)
	for i := 0; i < len(traffic); i += 1000 {
		if _, err := s.Ingest(b.Context(), traffic[i:i+1000]); err != nil {
			b.Fatal(err)
		}
	}
	return s, traffic
}

// BenchmarkList reads one page of 100 out of 100,000 events.
func BenchmarkList(b *testing.B) {
	s, traffic := filled(b)
	some := traffic[len(traffic)/2]
	_, deep, err := s.Events.List(b.Context(), store.EventQuery{Limit: 1000})
	for range 49 {
		if err != nil {
			b.Fatal(err)
		}
		_, deep, err = s.Events.List(b.Context(), store.EventQuery{Limit: 1000, Cursor: deep})
	}
	for _, bench := range []struct {
		name  string
		query store.EventQuery
	}{
		{"newest", store.EventQuery{}},
		{"page 500", store.EventQuery{Cursor: deep}},
		{"of an attacker", store.EventQuery{Attacker: some.Attacker}},
		{"of a session", store.EventQuery{Session: some.Session}},
		{"of a decky and kind", store.EventQuery{Decky: some.Decky, Kind: decnet.KindCommand}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				page, _, err := s.Events.List(b.Context(), bench.query)
				if err != nil {
					b.Fatal(err)
				}
				n += len(page)
			}
			rate(b, n)
		})
	}
}

// BenchmarkTimeline reads 1000 events of one attacker of a store of 100,000, as
// the profiler does when it catches up.
func BenchmarkTimeline(b *testing.B) {
	s, _ := filled(b)
	attackers, _, err := s.Attackers.List(b.Context(), store.AttackerQuery{Sort: store.SortEvents, Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		events, err := s.Events.Timeline(b.Context(), attackers[0].ID, 10, store.MaxLimit)
		if err != nil {
			b.Fatal(err)
		}
		n += len(events)
	}
	rate(b, n)
}

// BenchmarkAttackers lists the first 100 of 200 attackers.
func BenchmarkAttackers(b *testing.B) {
	s, _ := filled(b)
	for _, sort := range []store.AttackerSort{store.SortLastSeen, store.SortEvents} {
		b.Run(string(sort), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Attackers.List(b.Context(), store.AttackerQuery{Sort: sort}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
