// Package bench measures DECNET as its users would: whole processes on temporary
// data directories, through the spool at one end and the API at the other.
package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
)

// StartResult is how long starts took and how much memory idle stacks had.
type StartResult struct {
	Runs int `json:"runs"`
	// First are first runs, which make secrets and a fleet; Again are runs on
	// the same folder.
	FirstMS  Spread `json:"first_run_ready_ms"`
	AgainMS  Spread `json:"later_run_ready_ms"`
	MemoryMB Spread `json:"idle_resident_mb"`
}

// Spread is the least, the middle and the most of several measurements.
type Spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

func spread(values []float64) Spread {
	slices.Sort(values)
	return Spread{values[0], values[len(values)/2], values[len(values)-1]}
}

// idle is how long a stack is left alone before its memory is looked at.
const idle = 5 * time.Second

// Start measures runs first starts and as many later ones.
func Start(ctx context.Context, binary string, runs int, progress func(string)) (*StartResult, error) {
	var first, again, memory []float64
	for n := range runs {
		progress(fmt.Sprintf("run %d of %d", n+1, runs))
		dir, err := os.MkdirTemp("", "decnet-bench-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		for _, into := range []*[]float64{&first, &again} {
			i, err := instance.Start(ctx, instance.Options{Binary: binary, DataDir: dir})
			if err != nil {
				return nil, err
			}
			*into = append(*into, float64(i.Ready.Microseconds())/1000)
			time.Sleep(idle)
			rss, err := i.ResidentMemory()
			if err != nil {
				i.Kill()
				return nil, err
			}
			memory = append(memory, float64(rss)/1e6)
			if err := i.Stop(); err != nil {
				return nil, err
			}
		}
	}
	return &StartResult{Runs: runs, FirstMS: spread(first), AgainMS: spread(again), MemoryMB: spread(memory)}, nil
}
