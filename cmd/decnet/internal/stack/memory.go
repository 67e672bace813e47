package stack

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

const (
	minMemory = 256 << 20
	maxMemory = 1 << 30
)

// limitMemory has garbage collected more often rather than more memory used once a
// quarter of the machine's is, and at most a gigabyte: a flood makes garbage faster
// than anything else does. Whoever sets GOMEMLIMIT knows better.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if total := totalMemory(); total > 0 {
		debug.SetMemoryLimit(min(max(total/4, minMemory), maxMemory))
	}
}

// totalMemory is that of the machine in bytes, 0 where that is not told.
func totalMemory() int64 {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "MemTotal: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return 0
}
