package twin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// defaultParallel is how many dialogues run at once: they wait nearly always.
const defaultParallel = 40

// liveParallel is how many do where time is compared, so that the daemon's processes do not wait for
// each other.
const liveParallel = 4

// settleGap is how long nothing comes before a reply counts as whole.
const settleGap = 100 * time.Millisecond

// record has each dialogue with addr, so often as it says or else runs times, and
// returns what was seen, in the order of the dialogues.
func (tw *Twin) record(ctx context.Context, addr string, all []Dialogue, runs, slowness int) ([]Record, error) {
	records := make([]Record, len(all))
	type job struct{ dialogue, runs int }
	jobs := make(chan job)
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	workers := tw.Parallel
	if workers == 0 {
		workers = defaultParallel
	}
	if *flagLive {
		workers = min(workers, liveParallel)
	}
	for range workers {
		group.Go(func() {
			for j := range jobs {
				r := Record{Name: all[j.dialogue].Name}
				for range j.runs {
					t, err := run(ctx, addr, tw, &all[j.dialogue], slowness)
					if err != nil {
						mu.Lock()
						failed = fmt.Errorf("%s: %w", tw.Name, err)
						mu.Unlock()
						break
					}
					r.add(t)
				}
				records[j.dialogue] = r
			}
		})
	}
	for i := range all {
		n := runs
		if runs > 1 && all[i].Runs > 0 {
			n = all[i].Runs
		}
		jobs <- job{i, n}
	}
	close(jobs)
	group.Wait()
	return records, failed
}

// absent says why the genuine daemon cannot be run here; "" if it can.
func (tw *Twin) absent() string {
	if _, err := os.Stat(tw.Program); err != nil {
		return tw.Package + " is not installed"
	}
	if tw.NeedsRoot && os.Getuid() != 0 {
		return tw.Package + " can be started by root only"
	}
	return ""
}

// version is the installed version of the daemon's package.
func (tw *Twin) version() string {
	out, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", tw.Package).Output() //nolint:gosec,noctx // a package of ours, and prompt
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// genuine starts the daemon for the test and returns its address.
func (tw *Twin) genuine(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	addr, err := tw.Start(ctx, t.TempDir())
	if err != nil {
		t.Fatalf("start %s: %v", tw.Name, err)
	}
	return addr
}
