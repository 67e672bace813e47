package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
)

// victimEnv makes the test binary a process that ingests into the database it
// names until it is killed, printing the number of each batch acknowledged.
const (
	victimEnv   = "DECNET_STORE_TEST_VICTIM"
	victimBatch = 50
)

func victim() {
	cfg := store.Default()
	cfg.Path = os.Getenv(victimEnv)
	s, err := store.Open(context.Background(), cfg)
	if err != nil {
		panic(err)
	}
	for n := uint64(0); ; n++ {
		if _, err := s.Ingest(context.Background(), storetest.Traffic(n, victimBatch)); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

// A process killed at any moment leaves whole batches, all acknowledged ones
// among them.
func TestKilled(t *testing.T) {
	for round := range uint64(5) {
		path := filepath.Join(t.TempDir(), "decnet.db")
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), victimEnv+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var acked uint64
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if acked, err = strconv.ParseUint(lines.Text(), 10, 64); err != nil {
				t.Errorf("the victim says %q", lines.Text())
			}
			if acked == round*7 {
				_ = child.Process.Kill() // and read what it said until then
			}
		}
		_ = child.Wait()
		checkWhole(t, path, acked+1)
	}
}

// checkWhole fails unless the database at path has only whole batches of the
// victim, at least the first n, and timelines without gaps.
func checkWhole(t *testing.T, path string, n uint64) {
	t.Helper()
	s := open(t, path)
	stored, err := s.Events.Count(t.Context(), store.EventQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if stored%victimBatch != 0 || stored < n*victimBatch {
		t.Errorf("%d events stored, want whole batches of %d and at least %d of them", stored, victimBatch, n)
	}
	attackers, _, err := s.Attackers.List(t.Context(), store.AttackerQuery{Limit: store.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for _, a := range attackers {
		sum += a.Events
		timeline, err := s.Events.Timeline(t.Context(), a.ID, 0, store.MaxLimit)
		if err != nil || uint64(len(timeline)) != a.Events || timeline[len(timeline)-1].Seq != a.Events {
			t.Errorf("attacker %s: %d events in its timeline (error %v), want %d", a.ID, len(timeline), err, a.Events)
		}
	}
	if sum != stored {
		t.Errorf("attackers have %d events, %d are stored", sum, stored)
	}
}

// What is on the disk when Ingest returns is enough, and a log that was torn
// while it was written loses the batch that was not acknowledged, whole.
func TestPowerCut(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "decnet.db")
	s := open(t, path)
	for n := range uint64(10) {
		if _, err := s.Ingest(t.Context(), storetest.Traffic(n, victimBatch)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		torn  int64 // bytes missing at the end of the log
		whole uint64
		lost  int // batches
	}{{"complete", 0, 10, 0}, {"last byte", 1, 9, 1}, {"last page", 4096, 9, 1}, {"a few pages", 5 * 4096, 9, 1}} {
		t.Run(test.name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "decnet.db")
			for _, suffix := range []string{"", "-wal"} { // the shared memory does not survive
				body, err := os.ReadFile(path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if suffix != "" {
					body = body[:int64(len(body))-test.torn]
				}
				if err := os.WriteFile(copied+suffix, body, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			checkWhole(t, copied, test.whole)
			// The batch that was lost is delivered again and fits.
			again := open(t, copied)
			var events []decnet.Event
			for n := range uint64(10) {
				events = append(events, storetest.Traffic(n, victimBatch)...)
			}
			done, err := again.Ingest(t.Context(), events)
			if err != nil || done.New != test.lost*victimBatch {
				t.Errorf("%d new, error %v, want %d", done.New, err, test.lost*victimBatch)
			}
		})
	}
}
