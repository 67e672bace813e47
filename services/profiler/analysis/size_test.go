package analysis_test

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

// mostOnAverage is what one attacker may cost in memory, in bytes.
const mostOnAverage = 8 << 10

// TestSize holds the memory of an attacker to its bound, on average of the stories, and says what each costs.
func TestSize(t *testing.T) {
	en := engine(t)
	var inMemory, inStore, n int
	for _, s := range all(t) {
		for _, p := range whole(en, stories.Stored(s.Events())) {
			memory, stored := size(t, p), len(encoded(t, p))
			t.Logf("%6d bytes in memory, %6d encoded: %s", memory, stored, s.Name)
			inMemory, inStore, n = inMemory+memory, inStore+stored, n+1
		}
	}
	t.Logf("%d profiles: on average %d bytes in memory, %d encoded", n, inMemory/n, inStore/n)
	if inMemory/n > mostOnAverage {
		t.Errorf("an attacker costs %d bytes on average, want at most %d", inMemory/n, mostOnAverage)
	}
}

// size is what a profile takes in memory as the store gave it back, so that it shares nothing with another.
func size(t *testing.T, p decnet.Profile) int {
	const copies = 30
	kept := make([]decnet.Profile, copies)
	before := heap()
	for i := range kept {
		kept[i] = reread(t, p)
	}
	taken := heap() - before
	runtime.KeepAlive(kept)
	return int(taken)/copies + int(unsafe.Sizeof(p))
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
