package storetest

import (
	"path/filepath"
	"testing"

	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// Open opens an empty store that lasts as long as the test.
func Open(t testing.TB) *store.Store {
	t.Helper()
	cfg := store.Default()
	cfg.Path = filepath.Join(t.TempDir(), "decnet.db")
	return openConfig(t, cfg)
}

// Postgres opens an empty PostgreSQL store that lasts as long as the test, on a
// server that is private to the test's process. Where PostgreSQL is not installed
// the test is skipped; in CI it fails.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return openConfig(t, store.Config{URL: pgtest.Database(t)})
}

func openConfig(t testing.TB, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
