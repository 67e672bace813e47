package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// databases are the databases that every test of this file runs on, each empty.
func databases(t *testing.T) map[string]Config {
	t.Helper()
	all := map[string]Config{"sqlite": {Path: filepath.Join(t.TempDir(), "decnet.db"), BusyTimeout: 5 * time.Second}}
	if pgtest.Installed() {
		all["postgres"] = Config{URL: pgtest.Database(t)}
	} else {
		t.Log("PostgreSQL is not installed: SQLite only")
	}
	return all
}

// objects lists what a schema is made of, apart from what the database and the
// migrations keep for themselves and from partitions, which are made on demand.
func objects(t *testing.T, s *Store) []string {
	t.Helper()
	query := `SELECT COALESCE(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name <> $1 ORDER BY 1`
	if s.dialect == &postgresDialect {
		query = `
			SELECT concat_ws(' ', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_indexdef(c.oid))
			FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition AND c.relname NOT LIKE $1 || '%' ORDER BY 1`
	}
	found, err := queryAll(t.Context(), s.writer, func(row scanner) (text string, err error) { return text, row.Scan(&text) }, query, versionTable)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// fill stores something of everything that the schema version has.
func fill(t *testing.T, s *Store) {
	t.Helper()
	events := someEvents(20)
	for i := range events {
		events[i].Time = time.Now().Add(time.Duration(i-19) * 24 * time.Hour) // in several partitions
		events[i].Fields = map[string]string{decnet.FieldSecret: "x", decnet.FieldSecretB64: "eA==", decnet.FieldPrincipal: "root"}
		if i == 0 {
			events[i].Service, events[i].Kind, events[i].Fields["url"] = "ssh", "download", "http://a/b"
		}
	}
	if done, err := s.Ingest(t.Context(), events); err != nil || done.New != 20 {
		t.Fatalf("Ingest: %d new, error %v", done.New, err)
	}
	trait := decnet.Trait{Kind: decnet.TraitPayload, Value: "x", Time: time.Unix(1, 0), Event: "e1"}
	profile := ProfileChange{Profile: decnet.Profile{Attacker: "cb007107", Through: 1}, Traits: []decnet.Trait{trait}}
	if _, err := s.Attackers.SaveProfiles(t.Context(), []ProfileChange{profile}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Users.Create(t.Context(), "admin", "admin", "x"); err != nil {
		t.Fatal(err)
	}
	if err := s.Sessions.Create(t.Context(), [32]byte{1}, "admin", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// kept is what is stored, by table; a table that is not there has -1.
func kept(t *testing.T, s *Store) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{"attackers", "events", "credentials", "bounties", "traits", "profiles", "users", "sessions"} {
		counts[table] = -1
		var n int
		if err := s.writer.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err == nil {
			counts[table] = n
		}
	}
	return counts
}

// Every migration is taken back and made again on data. What its tables held is
// gone then; all that earlier ones made is as it was, and works.
func TestMigrations(t *testing.T) {
	for name, cfg := range databases(t) {
		t.Run(name, func(t *testing.T) {
			s := openConfig(t, cfg)
			p, err := s.migrator()
			if err != nil {
				t.Fatal(err)
			}
			fill(t, s)
			whole, full := objects(t, s), kept(t, s)
			since := map[string]map[string]int64{ // which migration made a table
				"sqlite":   {"attackers": 1, "events": 1, "credentials": 2, "bounties": 6, "traits": 7, "profiles": 2, "users": 3, "sessions": 3},
				"postgres": {"attackers": 1, "events": 1, "credentials": 2, "bounties": 4, "traits": 5, "profiles": 2, "users": 3, "sessions": 3},
			}[name]
			sources := p.ListSources()
			for i := len(sources) - 1; i >= 0; i-- {
				var version int64
				if i > 0 {
					version = sources[i-1].Version
				}
				if _, err := p.DownTo(t.Context(), version); err != nil {
					t.Fatalf("down to %d: %v", version, err)
				}
				down := kept(t, s)
				for table, n := range full {
					if want := map[bool]int{true: n, false: -1}[since[table] <= version]; down[table] != want {
						t.Errorf("down to %d: %d %s, want %d", version, down[table], table, want)
					}
				}
				if _, err := p.Up(t.Context()); err != nil {
					t.Fatalf("up from %d: %v", version, err)
				}
				if again := objects(t, s); !slices.Equal(again, whole) {
					t.Errorf("up from %d: the schema is\n%q\nwant\n%q", version, again, whole)
				}
				up := kept(t, s)
				for table, n := range full {
					if since[table] > version {
						n = 0
					}
					if up[table] != n {
						t.Errorf("up from %d: %d %s, want %d", version, up[table], table, n)
					}
				}
				checkFound(t, s, full["events"], up["events"])
				// What is gone is stored anew, for the next turn.
				clearAll(t, s)
				if e, ok := s.engine.(*postgresEngine); ok {
					e.weeks.Clear() // they went with their table
				}
				fill(t, s)
			}
			if _, err := p.DownTo(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if left := objects(t, s); len(left) != 0 {
				t.Errorf("after down there is still %q", left)
			}
		})
	}
}

// checkFound fails unless the events there are found by word and by time, and
// numbering goes on after them.
func checkFound(t *testing.T, s *Store, full, n int) {
	t.Helper()
	for what, q := range map[string]EventQuery{
		"word": {Search: "ROOT"}, "time": {Since: time.Now().Add(-30 * 24 * time.Hour), Until: time.Now().Add(time.Minute)},
	} {
		if have, err := s.Events.Count(t.Context(), q); err != nil || have != uint64(n) {
			t.Errorf("by %s: %d events, error %v, want %d", what, have, err, n)
		}
	}
	if n != full {
		return
	}
	next := someEvent(1000)
	next.Time = time.Now()
	done, err := s.Ingest(t.Context(), []decnet.Event{next})
	if err != nil || done.Events[0].Seq != uint64(n)+1 {
		t.Errorf("the next event: %+v, error %v, want number %d", done.Events, err, n+1)
	}
}

func clearAll(t *testing.T, s *Store) {
	t.Helper()
	tables := []string{"sessions", "users", "profiles", "credentials", "bounties", "traits", "events", "attackers", "event_spans"}
	if s.dialect == &sqliteDialect {
		tables = append(tables, "events_search")
	}
	for _, table := range tables {
		if _, err := s.writer.ExecContext(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
}

// Several processes may start at once, on a new database or with a new schema:
// the ingester, the profiler and the API do.
func TestOpenTogether(t *testing.T) {
	for _, from := range []int64{-1, 0, 1} { // a new one, or with the schema before
		for name, cfg := range databases(t) {
			t.Run(fmt.Sprintf("%s from %d", name, from), func(t *testing.T) {
				if from >= 0 {
					downgrade(t, cfg, from)
				}
				testOpenTogether(t, cfg)
			})
		}
	}
}

func downgrade(t *testing.T, cfg Config, version int64) {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.migrator()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), version); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func testOpenTogether(t *testing.T, cfg Config) {
	t.Helper()
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
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
	s := openConfig(t, cfg)
	timeline, err := s.Events.Timeline(t.Context(), "cb007107", 0, MaxLimit)
	if err != nil || len(timeline) != 8+6*8 {
		t.Fatalf("%d events (error %v), want %d", len(timeline), err, 8+6*8)
	}
	if last := timeline[len(timeline)-1].Seq; last != 8+6*8 {
		t.Errorf("the last of %d events has seq %d", len(timeline), last)
	}
}
