package deployer_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/deployer"
)

// A collector that is away for long fills the spool: deckies answer all the same, what
// they cannot write is counted, and the count is written once there is room.
func TestAFullSpoolStopsNoDecoy(t *testing.T) {
	r := newRig(t, func(c *deployer.Config) { c.SegmentBytes, c.SpoolBytes = 64<<10, 256<<10 })
	r.want("web-06", 6, "http")
	s := r.state("web-06", decnet.PhaseReady).Services[0]
	waiting := filepath.Join(r.cfg.Spool, "0000000000000000001-waiting.sealed")
	if err := os.WriteFile(waiting, make([]byte, 300<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	written := func() int { return strings.Count(r.lines(), " http - request ") }
	asked := 0
	workertest.Eventually(t, "nothing is written any more", func() bool {
		before := written()
		if err := get(s); err != nil {
			t.Fatal(err)
		}
		asked++
		return written() == before
	})
	full := func() bool {
		h := r.env.Health.Snapshot()
		return h.Status == decnet.StatusDegraded && strings.Contains(h.Reason, "is full")
	}
	workertest.Eventually(t, "it is said that the spool is full", full)
	first := r.decoyPID()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := get(s); err != nil { // by another decoy process
		t.Fatal(err)
	}
	workertest.Eventually(t, "that is still said with another decoy process", func() bool { return r.decoyPID() != first && full() })
	list, err := spool.List(r.cfg.Spool)
	if err != nil || len(list) < 2 {
		t.Errorf("have %v, %v", list, err)
	}
	if err := os.Remove(waiting); err != nil {
		t.Fatal(err)
	}
	workertest.Eventually(t, "what was dropped is told", func() bool {
		return strings.Contains(r.lines(), " web-06 http - events_dropped ") && strings.Contains(r.lines(), `reason="the spool is full"`)
	})
	workertest.Eventually(t, "all is well again", func() bool { return r.env.Health.Snapshot().Status == decnet.StatusReady })
	workertest.Eventually(t, "new requests are written", func() bool {
		before := written()
		if err := get(s); err != nil {
			t.Fatal(err)
		}
		return written() > before
	})
}
