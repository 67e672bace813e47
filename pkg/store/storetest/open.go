package storetest

import (
	"path/filepath"
	"testing"

	"github.com/decnet/decnet/pkg/store"
)

// Open opens an empty store that lasts as long as the test.
func Open(t testing.TB) *store.Store {
	t.Helper()
	cfg := store.Default()
	cfg.Path = filepath.Join(t.TempDir(), "decnet.db")
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
