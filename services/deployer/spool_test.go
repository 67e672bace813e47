package deployer_test

import (
	"os"
	"path/filepath"
	"strings"
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
	workertest.Eventually(t, "new requests are written", func() bool {
		before := written()
		if err := get(s); err != nil {
			t.Fatal(err)
		}
		return written() > before
	})
}
