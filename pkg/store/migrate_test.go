package store

import (
	"database/sql"
	"path/filepath"
	"sync"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
)

// tables lists what a schema is made of, apart from what SQLite and the
// migrations keep for themselves.
func tables(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	type object struct{ name, text string }
	objects, err := queryAll(t.Context(), db, func(row scanner) (object, error) {
		var o object
		err := row.Scan(&o.name, &o.text)
		return o, err
	}, `SELECT name, COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name <> $1`, versionTable)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, o := range objects {
		found[o.name] = o.text
	}
	return found
}

func TestMigrations(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	p, err := migrator(s.writer)
	if err != nil {
		t.Fatal(err)
	}
	fill := func() {
		t.Helper()
		if done, err := s.Ingest(t.Context(), someEvents(20)); err != nil || done.New != 20 {
			t.Fatalf("Ingest: %d new, error %v", done.New, err)
		}
		profile := decnet.Profile{Attacker: "cb007107", Through: 1}
		if err := s.Attackers.SaveProfile(t.Context(), profile, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Users.Create(t.Context(), "admin", "admin", "x"); err != nil {
			t.Fatal(err)
		}
		if err := s.Sessions.Create(t.Context(), [32]byte{1}, "admin", now()); err != nil {
			t.Fatal(err)
		}
	}
	events := func() uint64 {
		t.Helper()
		n, err := s.Events.Count(t.Context(), EventQuery{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	fill()
	whole := tables(t, s.writer)

	// One step back and forth leaves the other tables alone.
	if _, err := p.Down(t.Context()); err != nil {
		t.Fatalf("one down: %v", err)
	}
	if _, ok := tables(t, s.writer)["users"]; ok || events() != 20 {
		t.Errorf("after one down: users there %v, %d events, want none and 20", ok, events())
	}
	if _, err := p.Up(t.Context()); err != nil || events() != 20 {
		t.Errorf("up again: error %v, %d events, want 20", err, events())
	}

	// All the way back leaves nothing, and forth again the same schema.
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Fatalf("down: %v", err)
	}
	if left := tables(t, s.writer); len(left) != 0 {
		t.Errorf("after down there is still %v", left)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatalf("up again: %v", err)
	}
	again := tables(t, s.writer)
	if len(again) != len(whole) {
		t.Errorf("up again made %d tables and indexes, want %d", len(again), len(whole))
	}
	for name, text := range whole {
		if again[name] != text {
			t.Errorf("%s is %q again, want %q", name, again[name], text)
		}
	}
	fill()
}

// downgrade makes a database with the schema before the first.
func downgrade(t *testing.T, path string) {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	p, err := migrator(s.writer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Several processes may start at once, on a new path or with a new schema: the
// ingester, the profiler and the API do.
func TestOpenTogether(t *testing.T) {
	for _, old := range []bool{false, true, true} {
		path := filepath.Join(t.TempDir(), "decnet.db")
		if old {
			downgrade(t, path)
		}
		var wg sync.WaitGroup
		for n := range 6 {
			wg.Go(func() {
				cfg := Default()
				cfg.Path = path
				s, err := Open(t.Context(), cfg)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				for i := range 8 { // one event is new to nobody but the first
					batch := []decnet.Event{someEvent(i), someEvent(100*(n+1) + i)}
					if _, err := s.Ingest(t.Context(), batch); err != nil {
						t.Errorf("Ingest: %v", err)
					}
				}
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		wg.Wait()
		s := openInternal(t, path)
		timeline, err := s.Events.Timeline(t.Context(), "cb007107", 0, MaxLimit)
		if err != nil || len(timeline) != 8+6*8 {
			t.Fatalf("%d events (error %v), want %d", len(timeline), err, 8+6*8)
		}
		if last := timeline[len(timeline)-1].Seq; last != 8+6*8 {
			t.Errorf("the last of %d events has seq %d", len(timeline), last)
		}
	}
}
