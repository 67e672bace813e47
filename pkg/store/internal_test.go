package store

import (
	"database/sql"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

func openInternal(t testing.TB, path string) *Store {
	t.Helper()
	cfg := Default()
	cfg.Path = path
	return openConfig(t, cfg)
}

func openConfig(t testing.TB, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
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

// someEvent returns the nth event of a test that does not care what it is.
func someEvent(n int) decnet.Event {
	return decnet.Event{
		ID: decnet.EventID("h", "s", int64(n)), Time: time.Unix(int64(n), 1), Host: "h", Decky: "d",
		Service: "ssh", Kind: decnet.KindConnect, Attacker: "cb007107", Message: strings.Repeat("x", 200),
	}
}

func someEvents(n int) []decnet.Event {
	events := make([]decnet.Event, n)
	for i := range events {
		events[i] = someEvent(i)
	}
	return events
}

// What makes acknowledged mean durable, and readers harmless, is set on every
// connection.
func TestConnections(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	for pragma, want := range map[string][2]string{ // of the writer, of a reader
		"journal_mode": {"wal", "wal"},
		"synchronous":  {"2", "2"}, // FULL
		"foreign_keys": {"1", "1"},
		"busy_timeout": {"5000", "5000"},
		"query_only":   {"0", "1"},
	} {
		for i, db := range []*sql.DB{s.writer, s.reader} {
			var got string
			if err := db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want[i] {
				t.Errorf("%s of pool %d is %q (error %v), want %q", pragma, i, got, err, want[i])
			}
		}
	}
}

// An error in the middle of a batch undoes what came before it.
func TestFailedBatch(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	_, err := s.writer.ExecContext(t.Context(), `
		CREATE TRIGGER stop BEFORE INSERT ON events WHEN new.decky = 'stop' BEGIN SELECT RAISE(FAIL, 'stop'); END`)
	if err != nil {
		t.Fatal(err)
	}
	batch := someEvents(10)
	batch[7].Decky = "stop"
	if _, err := s.Ingest(t.Context(), batch); err == nil || Unavailable(err) {
		t.Errorf("error %v, want one that waiting does not mend", err)
	}
	events, err := s.Events.Count(t.Context(), EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	attackers, err := s.Attackers.Count(t.Context())
	if err != nil || events != 0 || attackers != 0 {
		t.Errorf("%d events and %d attackers are left (error %v), want none", events, attackers, err)
	}
}

func TestCursorRoundTrip(t *testing.T) {
	same := func(key int64, id, list string) bool {
		c := cursor{key, id}
		got, ok, err := decodeCursor(list, c.encode(list))
		return err == nil && ok && got == c
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
	for _, key := range []int64{math.MinInt64, -1, 0, math.MaxInt64} {
		if !same(key, "", "") {
			t.Errorf("cursor of %d does not come back", key)
		}
	}
}

// Whatever a client sends as a cursor is refused or is one that encode makes.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("AAAA")
	f.Add(cursor{1, ""}.encode("list"))
	f.Add(cursor{-1, "cb007107"}.encode("list"))
	f.Add(cursor{-1, "cb007107"}.encode("list")[:9] + "\n" + cursor{-1, "cb007107"}.encode("list")[9:])
	f.Fuzz(func(t *testing.T, text string) {
		c, ok, err := decodeCursor("list", text)
		switch {
		case err != nil:
			if decnet.ErrorCode(err) != decnet.CodeInvalid {
				t.Errorf("error %v, want it invalid", err)
			}
		case ok && c.encode("list") != text:
			t.Errorf("%q is read as %+v, whose text is %q", text, c, c.encode("list"))
		case !ok && text != "":
			t.Errorf("%q is read as no cursor", text)
		}
	})
}
