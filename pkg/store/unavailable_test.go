package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// wantTrouble fails unless err is the database's trouble, and says so alike to
// callers that wait and to those that show it.
func wantTrouble(t *testing.T, err error, message string) {
	t.Helper()
	if !Unavailable(err) || !Unavailable(fmt.Errorf("handle: %w", err)) {
		t.Errorf("error %v: not Unavailable", err)
	}
	if got := decnet.ErrorMessage(err); got != message {
		t.Errorf("message %q, want %q", got, message)
	}
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "decnet.db")
	holder := openInternal(t, path)
	s, err := Open(t.Context(), Config{Path: path, BusyTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	tx, err := holder.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Ingest(t.Context(), someEvents(3))
	wantTrouble(t, err, "the store does not work now: it is locked by another process")
	wantTrouble(t, s.Attackers.SaveProfile(t.Context(), decnet.Profile{Attacker: "cb007107", Through: 1}, 0),
		"the store does not work now: it is locked by another process")
	if _, err := s.Events.Count(t.Context(), EventQuery{}); err != nil {
		t.Errorf("reading while another process writes: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Ingest(t.Context(), someEvents(3)); err != nil || done.New != 3 {
		t.Errorf("afterwards: %d new, error %v", done.New, err)
	}
}

func TestFull(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	limit := func(pages int) {
		t.Helper()
		if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(40)
	_, err := s.Ingest(t.Context(), someEvents(5000))
	wantTrouble(t, err, "the store does not work now: the disk is full")
	if n, err := s.Events.Count(t.Context(), EventQuery{}); err != nil || n != 0 {
		t.Errorf("%d events (error %v) of a batch that did not fit", n, err)
	}
	limit(1 << 30)
	if done, err := s.Ingest(t.Context(), someEvents(5000)); err != nil || done.New != 5000 {
		t.Errorf("afterwards: %d new, error %v", done.New, err)
	}
}

func TestDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "decnet.db")
	func() {
		s, err := Open(t.Context(), Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		if _, err := s.Ingest(t.Context(), someEvents(5000)); err != nil {
			t.Fatal(err)
		}
	}()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 30 * 4096; i < len(body); i++ { // what came after the schema
		body[i] = 0x5a
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openInternal(t, path)
	_, err = s.Ingest(t.Context(), someEvents(5000))
	wantTrouble(t, err, "the store does not work now: the file is damaged; restore it from a backup")
}

func TestUnavailableIsNot(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, cancelled := s.Ingest(ctx, someEvents(1))
	_, wrong := s.writer.ExecContext(t.Context(), "INSERT INTO users VALUES (1, 2)")
	for name, err := range map[string]error{
		"nil": nil, "foreign": errors.New("disk full"), "cancelled": cancelled, "wrong SQL": wrong,
		"invalid": invalid("no"), "conflict": conflict("no"), "not found": notFound("no"),
	} {
		if Unavailable(err) {
			t.Errorf("%s: %v is Unavailable", name, err)
		}
	}
}
