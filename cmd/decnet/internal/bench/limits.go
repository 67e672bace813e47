package bench

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/embed"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/store"
)

// limitEvents is how many messages or events a raw limit is measured with, at most.
const limitEvents = 100_000

// limitBatch is how many messages or events the raw limits handle at once.
const limitBatch = 500

// publishLimit is how many raw lines a second the embedded bus makes durable when
// nobody else does anything: one publisher, atomic batches.
func publishLimit(ctx context.Context, n int) (perSecond float64, err error) {
	dir, err := os.MkdirTemp("", "decnet-bench-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	server, err := embed.Start(embed.Default(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer server.Stop()
	b, err := bus.Connect(ctx, bus.Config{URL: server.URL()}, bus.WithName("bench"), bus.WithDialer(server))
	if err != nil {
		return 0, err
	}
	defer b.Close()
	if err := b.EnsureTopology(ctx); err != nil {
		return 0, err
	}
	t := newTraffic(1, limitNet)
	var spent time.Duration
	for done := 0; done < n; done += limitBatch {
		batch := make([]bus.Outgoing, limitBatch)
		for i := range batch {
			e := t.next()
			raw := decnet.RawLog{ID: decnet.EventID("bench", "limit", int64(done+i)), Host: "bench", Source: "limit", Position: int64(done + i), Collected: e.Time}
			raw.SetBytes(eventlog.Append(nil, e))
			batch[i] = bus.LogsRaw.New(ctx, raw.ID, raw, raw.Host, e.Decky, e.Service)
		}
		begin := time.Now()
		if err := b.Publish(ctx, batch...); err != nil {
			return 0, err
		}
		spent += time.Since(begin)
	}
	return float64(n) / spent.Seconds(), nil
}

// insertLimit is how many events a second the store commits when nobody else does
// anything. A SQLite file is one of its own; PostgreSQL is the given database.
func insertLimit(ctx context.Context, cfg store.Config, n int) (perSecond float64, err error) {
	if cfg.URL == "" {
		dir, err := os.MkdirTemp("", "decnet-bench-")
		if err != nil {
			return 0, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		cfg.Path = filepath.Join(dir, "limit.db")
	}
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }()
	t := newTraffic(2, limitNet)
	// Of each run its own, so that a database may have seen this before.
	source := fmt.Sprintf("limit-%d", time.Now().UnixNano())
	var spent time.Duration
	for done := 0; done < n; done += limitBatch {
		batch := make([]decnet.Event, limitBatch)
		for i := range batch {
			batch[i] = *t.next()
			batch[i].Host, batch[i].ID = "bench", decnet.EventID("bench", source, int64(done+i))
		}
		begin := time.Now()
		if _, err := s.Ingest(ctx, batch); err != nil {
			return 0, err
		}
		spent += time.Since(begin)
	}
	return float64(n) / spent.Seconds(), nil
}
