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

// TestSize holds the memory of an attacker to its bound, on average of the stories. Each profile is as the store
// gave it back, so that it shares nothing with another.
func TestSize(t *testing.T) {
	en := engine(t)
	var profiles []decnet.Profile
	encodedBytes, largest := 0, 0
	for _, s := range all(t) {
		for _, p := range whole(en, stories.Stored(s.Events())) {
			n := len(encoded(t, p))
			t.Logf("%6d bytes encoded: %s", n, s.Name)
			encodedBytes, largest = encodedBytes+n, max(largest, n)
			profiles = append(profiles, p)
		}
	}
	const copies = 40
	kept := make([]decnet.Profile, 0, copies*len(profiles))
	before := heap()
	for range copies {
		for i := range profiles {
			kept = append(kept, reread(t, profiles[i]))
		}
	}
	each := (heap()-before)/int64(len(kept)) + int64(unsafe.Sizeof(decnet.Profile{}))
	t.Logf("%d profiles: %d bytes each in memory, %d encoded, the largest %d", len(profiles), each, encodedBytes/len(profiles), largest)
	if each > mostOnAverage {
		t.Errorf("an attacker costs %d bytes, want at most %d", each, mostOnAverage)
	}
	runtime.KeepAlive(kept)
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // never so large
}
