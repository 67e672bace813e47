package bench

import (
	"fmt"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
)

// Window is what a pipeline did in ten seconds or so.
type Window struct {
	// Second is when it ended, after the beginning of the run.
	Second          float64 `json:"second"`
	EventsPerSecond float64 `json:"events_per_second"`
	MemoryMB        float64 `json:"resident_mb"`
}

const windowLength = 10 * time.Second

// meter knows how many lines a pipeline is to get, and how fast it is.
type meter struct {
	o       PipelineOptions
	begin   time.Time
	last    time.Time // when anything was stored
	windows []Window
	opened  time.Time // when the window did that is not over
	before  int       // what was stored by then
}

func newMeter(o PipelineOptions) *meter {
	now := time.Now()
	return &meter{o: o, begin: now, last: now, opened: now}
}

// enough says that no more lines are to be written.
func (m *meter) enough(written int) bool {
	if m.o.Duration > 0 {
		return time.Since(m.begin) >= m.o.Duration
	}
	return written >= m.o.Events
}

// due is how many lines are to be written now: never so many that more than a bound of
// them wait.
func (m *meter) due(written, done int) int {
	n := ahead - (written - done)
	if m.o.Duration == 0 {
		n = min(n, m.o.Events-written)
	}
	if m.o.Pace > 0 {
		n = min(n, int(time.Since(m.begin).Seconds()*float64(m.o.Pace))-written)
	}
	return max(n, 0)
}

func (m *meter) moved() { m.last = time.Now() }

func (m *meter) stuck() bool { return time.Since(m.last) > time.Minute }

// look ends a window that has been long enough.
func (m *meter) look(stack *instance.Instance, done int, progress func(string)) error {
	now := time.Now()
	passed := now.Sub(m.opened)
	if passed < windowLength || m.enough(done) {
		return nil // too short, or only profiles are missing
	}
	rss, err := stack.ResidentMemory()
	if err != nil {
		return err
	}
	w := Window{Second: now.Sub(m.begin).Seconds(), EventsPerSecond: float64(done-m.before) / passed.Seconds(), MemoryMB: float64(rss) / 1e6}
	m.windows = append(m.windows, w)
	m.opened, m.before = now, done
	progress(fmt.Sprintf("  %d events, %.0f/s, %.0f MB", done, w.EventsPerSecond, w.MemoryMB))
	return nil
}

// fill writes down the result of n events.
func (m *meter) fill(r *PipelineResult, n int) {
	r.Events, r.Seconds, r.Windows = n, time.Since(m.begin).Seconds(), m.windows
	r.EventsPerSecond = float64(n) / r.Seconds
	r.Slowest = r.EventsPerSecond
	for i, w := range m.windows {
		r.Slowest = min(r.Slowest, w.EventsPerSecond)
		r.MemoryMB[1] = max(r.MemoryMB[1], w.MemoryMB)
		if i == len(m.windows)/4 {
			r.MemoryMB[0] = r.MemoryMB[1]
		}
	}
}
