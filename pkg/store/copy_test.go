package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

func quiet(store.CopyProgress) {}

// source is a SQLite database with something of everything.
func source(t *testing.T) store.Config {
	t.Helper()
	cfg := store.Config{Path: filepath.Join(t.TempDir(), "decnet.db"), BusyTimeout: time.Second}
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	odd := decnet.Event{
		ID: "odd", Time: time.Date(1700, 1, 1, 0, 0, 0, 1, time.UTC), Host: "h", Decky: "d", Service: "ssh", Kind: "x",
		Fields: map[string]string{"a\x00b": "\x00'\\\U0001F480", decnet.FieldSecret: "?", decnet.FieldSecretB64: "AAE=", decnet.FieldPrincipal: "a\x00'"},
	}
	for _, batch := range [][]decnet.Event{storetest.Traffic(1, 6000), storetest.Recent(2, 6000), {odd}} {
		if _, err := s.Ingest(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"admin", "ünï'"} {
		if _, err := s.Users.Create(t.Context(), name, "admin", "$argon2id$"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Sessions.Create(t.Context(), [32]byte{0, 1, 255}, "admin", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	trait := decnet.Trait{Kind: decnet.TraitPayload, Value: "x", Time: time.Unix(1, 0), Event: "e1"}
	who := storetest.Traffic(1, 1)[0].Attacker
	profile := store.ProfileChange{Profile: decnet.Profile{Attacker: who, Address: who.Addr(), Through: 1}, Traits: []decnet.Trait{trait}}
	if _, err := s.Attackers.SaveProfiles(t.Context(), []store.ProfileChange{profile}); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestCopy(t *testing.T) {
	from, to := source(t), store.Config{URL: pgtest.Database(t)}
	tables, err := store.Copy(t.Context(), from, to, quiet)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]uint64{}
	for _, c := range tables {
		rows[c.Table] = c.Rows
	}
	if len(rows) != 8 || rows["traits"] == 0 || rows["bounties"] == 0 || rows["events"] != 12_001 || rows["users"] != 2 || rows["sessions"] != 1 || rows["profiles"] != 1 || rows["credentials"] == 0 {
		t.Errorf("copied %v", rows)
	}
	checkSame(t, from, to)

	_, err = store.Copy(t.Context(), from, to, quiet)
	if decnet.ErrorCode(err) != decnet.CodeConflict {
		t.Errorf("into what is complete: %v", err)
	}
}

// checkSame fails unless both answer alike and go on counting alike.
func checkSame(t *testing.T, from, to store.Config) {
	t.Helper()
	a, b := openConfig(t, from), openConfig(t, to)
	for _, q := range []store.EventQuery{{Limit: 1000}, {Order: store.Asc, Search: "wget"}, {Service: "http"}, {Until: time.Now().Add(-365 * 24 * time.Hour)}} {
		x, _, err := a.Events.List(t.Context(), q)
		y, _, err2 := b.Events.List(t.Context(), q)
		if err != nil || err2 != nil || len(x) != len(y) {
			t.Fatalf("%+v: %d and %d events, errors %v and %v", q, len(x), len(y), err, err2)
		}
		for i := range x {
			if x[i].ID != y[i].ID || x[i].Seq != y[i].Seq || !x[i].Time.Equal(y[i].Time) || x[i].Message != y[i].Message {
				t.Fatalf("%+v: event %d is %+v and %+v", q, i, x[i], y[i])
			}
		}
	}
	batch := append(storetest.Traffic(1, 50), storetest.Traffic(3, 50)...)
	x, err := a.Ingest(t.Context(), batch)
	y, err2 := b.Ingest(t.Context(), batch)
	if err != nil || err2 != nil || x.New != 50 || y.New != 50 {
		t.Fatalf("%d and %d are new, errors %v and %v", x.New, y.New, err, err2)
	}
	for i := range x.Events {
		if x.Events[i].Seq != y.Events[i].Seq {
			t.Errorf("event %d has numbers %d and %d", i, x.Events[i].Seq, y.Events[i].Seq)
		}
	}
}

// A copy that is cut off anywhere goes on where it was.
func TestCopyContinues(t *testing.T) {
	from, to := source(t), store.Config{URL: pgtest.Database(t)}
	for _, at := range []string{"attackers", "events", "credentials", "bounties", "verify", "sessions"} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := store.Copy(ctx, from, to, func(p store.CopyProgress) {
			if p.Table == at && p.Done > 0 || p.Table == "sessions" || p.Doing == at {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cut off at %s: %v", at, err)
		}
	}
	other := source(t)
	other.Path = filepath.Join(t.TempDir(), "other.db")
	s := openConfig(t, other)
	if _, err := s.Ingest(t.Context(), storetest.Traffic(9, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Copy(t.Context(), other, to, quiet); decnet.ErrorCode(err) != decnet.CodeConflict {
		t.Errorf("another source: %v", err)
	}
	first := true
	_, err := store.Copy(t.Context(), from, to, func(p store.CopyProgress) {
		if p.Table == "events" && p.Doing == "copy" && first {
			if first = false; p.Done != 12_001 {
				t.Errorf("the copy goes on at %d events, want it after all 12001", p.Done)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSame(t, from, to)
}

func TestCopyRefuses(t *testing.T) {
	from, to := source(t), store.Config{URL: pgtest.Database(t)}
	s := openConfig(t, to)
	if _, err := s.Users.Create(t.Context(), "somebody", "admin", "x"); err != nil {
		t.Fatal(err)
	}
	none := store.Config{Path: filepath.Join(t.TempDir(), "none.db")}
	for what, test := range map[string]struct {
		from, to store.Config
		code     decnet.Code
	}{
		"data there": {from, to, decnet.CodeConflict},
		"no source":  {none, to, decnet.CodeNotFound},
		"backwards":  {to, from, decnet.CodeInvalid},
		"to SQLite":  {from, none, decnet.CodeInvalid},
	} {
		_, err := store.Copy(t.Context(), test.from, test.to, quiet)
		if decnet.ErrorCode(err) != test.code {
			t.Errorf("%s: error %v, want code %s", what, err, test.code)
		}
	}
	if n, err := s.Events.Count(t.Context(), store.EventQuery{}); err != nil || n != 0 {
		t.Errorf("%d events were copied all the same, error %v", n, err)
	}
}

// What is changed behind a copy's back is found.
func TestCopyVerifies(t *testing.T) {
	server := pgtest.Start(t, "-c fsync=off")
	from, to := source(t), store.Config{URL: server.Database()}
	_, err := store.Copy(t.Context(), from, to, func(p store.CopyProgress) {
		if p.Table == "users" && p.Done == p.Total {
			server.Exec(to.URL, "UPDATE events SET message = 'forged' WHERE num = 17")
		}
	})
	if decnet.ErrorCode(err) != decnet.CodeConflict {
		t.Errorf("error %v, want a difference", err)
	}
}
