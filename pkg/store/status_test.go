package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

func TestStatusAndReset(t *testing.T) {
	configs := map[string]store.Config{"sqlite": {Path: filepath.Join(t.TempDir(), "decnet.db"), BusyTimeout: time.Second}}
	if pgtest.Installed() {
		configs["postgresql"] = store.Config{URL: pgtest.Database(t)}
	}
	for kind, cfg := range configs {
		t.Run(kind, func(t *testing.T) {
			before, err := store.ReadSchema(t.Context(), cfg)
			if err != nil || before.Version != 0 || len(before.Pending) == 0 {
				t.Errorf("the schema of none: %+v, error %v", before, err)
			}
			if kind == "sqlite" {
				_, err := store.ReadStatus(t.Context(), cfg)
				if decnet.ErrorCode(err) != decnet.CodeNotFound {
					t.Errorf("status of none: %v", err)
				}
			}
			s, err := store.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			events := storetest.Recent(1, 1000)
			if _, err := s.Ingest(t.Context(), events); err != nil {
				t.Error(err)
			}
			if kind == "postgresql" {
				if err := store.Reset(t.Context(), cfg); decnet.ErrorCode(err) != decnet.CodeConflict {
					t.Errorf("reset while a worker runs: %v", err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			st := status(t, cfg)
			if st.Kind != kind || st.Schema.Version != before.Latest || len(st.Schema.Pending) != 0 || st.Bytes < 100_000 ||
				!st.Oldest.Equal(events[0].Time) || !st.Newest.Equal(events[999].Time) {
				t.Errorf("status %+v", st)
			}
			if n := rows(st)["events"]; n != 1000 {
				t.Errorf("%d events, want 1000", n)
			}
			if err := store.Reset(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			st = status(t, cfg)
			for name, n := range rows(st) {
				if n != 0 {
					t.Errorf("after a reset there are %d %s", n, name)
				}
			}
			if len(st.Tables) != 8 || !st.Oldest.IsZero() || st.Schema.Version != before.Latest {
				t.Errorf("status after a reset %+v", st)
			}
			again := openConfig(t, cfg)
			if done, err := again.Ingest(t.Context(), events); err != nil || done.New != 1000 || done.Events[0].Seq != 1 {
				t.Errorf("%d are new, error %v, want all", done.New, err)
			}
		})
	}
}

func status(t *testing.T, cfg store.Config) store.Status {
	t.Helper()
	st, err := store.ReadStatus(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func rows(st store.Status) map[string]uint64 {
	n := map[string]uint64{}
	for _, t := range st.Tables {
		n[t.Name] = t.Rows
	}
	return n
}
