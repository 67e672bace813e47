package sniffer

import (
	"strconv"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// Findings that nobody takes are bounded, and their number is told.
func TestTheQueueIsBounded(t *testing.T) {
	q := newQueue(1000, workertest.Env(t, "sniffer", nil))
	for range 5000 {
		q.add(&decnet.Event{Host: "h", Kind: "flow"})
	}
	ids, dropped, kinds := map[string]bool{}, 0, map[string]int{}
	for some := q.take(); len(some) > 0; some = q.take() {
		for _, e := range some {
			ids[e.ID] = true
			kinds[e.Kind]++
			if n := e.Fields[decnet.FieldDropped]; n != "" {
				dropped, _ = strconv.Atoi(n) // 0 fails the test
			}
		}
	}
	if kinds["flow"] != 1000 || kinds[decnet.KindDropped] != 1 || dropped != 4000 || len(ids) != 1001 {
		t.Errorf("have %v, %d dropped, %d ids; want 1000, 4000 and 1001", kinds, dropped, len(ids))
	}
}
