package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		victim()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.Store { return open(t, filepath.Join(t.TempDir(), "decnet.db")) })
}

func TestConformancePostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.Store { return storetest.Postgres(t) })
}

func open(t testing.TB, path string) *store.Store {
	t.Helper()
	cfg := store.Default()
	cfg.Path = path
	return openConfig(t, cfg)
}

func openConfig(t testing.TB, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}
