package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// filled makes a database of 100 events in the data folder dir.
func filled(t *testing.T, dir string) {
	t.Helper()
	cfg := store.Default()
	cfg.Path = filepath.Join(dir, "decnet.db")
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ingest(t.Context(), storetest.Traffic(1, 100)); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestDB(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	run := func(code int, want string, args ...string) {
		t.Helper()
		have, stdout, stderr := command(t, append([]string{"--data-dir", dir, "db"}, args...)...)
		if have != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("db %v: status %d, want %d and %q in\n%s%s", args, have, code, want, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("db %v shows the password:\n%s%s", args, stdout, stderr)
		}
	}
	run(exitFailed, "there is no database yet", "status")
	run(exitOK, "nothing to destroy", "reset", "--yes-destroy")
	run(exitOK, "nothing was done", "migrate", "--dry-run")
	run(exitOK, "00004_search", "migrate", "--dry-run")
	run(exitOK, "it has schema 7 now", "migrate")
	run(exitOK, "the latest", "migrate")
	filled(t, dir)
	run(exitOK, "sqlite", "status")
	run(exitOK, `"rows": 100`, "status", "-o", "json")
	run(exitOK, "rows: 100", "status", "-o", "yaml")
	run(exitUsage, "where to?", "copy")
	run(exitUsage, "--to: store.url is of MySQL", "copy", "--to", "mysql://u:hunter2@h/d")
	run(exitFailed, "cannot be reached", "copy", "--to", "postgres://u:hunter2@127.0.0.1:1/d")
	if pgtest.Installed() {
		to := pgtest.Database(t)
		run(exitOK, "both databases are the same", "copy", "--to", to)
		run(exitFailed, "was completed before", "copy", "--to", to)
	}
	run(exitOK, "nothing was done", "reset")
	run(exitOK, `"rows": 100`, "status", "-o", "json")
	run(exitOK, "it is empty now", "reset", "--yes-destroy")
	run(exitOK, `"rows": 0`, "status", "-o", "json")
	run(exitUsage, "unknown command", "nothing")
}
