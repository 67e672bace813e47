package bench

import (
	"fmt"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
)

// meter knows when a pipeline has had enough and how fast it was.
type meter struct {
	o      PipelineOptions
	begin  time.Time
	last   time.Time // when anything was stored
	window struct {
		begin time.Time
		done  int
	}
	slowest  float64
	told     time.Time
	memory   [2]float64
	sampled  bool
	deadline time.Time
}

const windowLength = 10 * time.Second

func newMeter(o PipelineOptions) *meter {
	now := time.Now()
	m := &meter{o: o, begin: now, last: now, told: now, deadline: now.Add(o.Duration)}
	m.window.begin = now
	return m
}

// enough says that no more lines are to be written.
func (m *meter) enough(written int) bool {
	if m.o.Duration > 0 {
		return !time.Now().Before(m.deadline)
	}
	return written >= m.o.Events
}

// left is how many lines are to be written as yet.
func (m *meter) left(written int) int {
	if m.o.Duration > 0 {
		return ahead
	}
	return m.o.Events - written
}

func (m *meter) moved() { m.last = time.Now() }

func (m *meter) stuck() bool { return time.Since(m.last) > time.Minute }

// sample notes the speed of a window that has passed, and the memory.
func (m *meter) sample(stack *instance.Instance, done int, progress func(string)) error {
	now := time.Now()
	if passed := now.Sub(m.window.begin); passed >= windowLength {
		rate := float64(done-m.window.done) / passed.Seconds()
		if m.slowest == 0 || rate < m.slowest {
			m.slowest = rate
		}
		m.window.begin, m.window.done = now, done
		progress(fmt.Sprintf("  %d events, %.0f/s", done, rate))
	}
	part := m.o.Duration.Seconds() / 4
	if m.sampled || m.o.Duration > 0 && now.Sub(m.begin).Seconds() < part || m.o.Duration == 0 && done < m.o.Events/4 {
		if !m.enough(done) {
			return nil
		}
	}
	rss, err := stack.ResidentMemory()
	if err != nil {
		return err
	}
	m.memory[1] = float64(rss) / 1e6
	if !m.sampled {
		m.sampled, m.memory[0] = true, m.memory[1]
	}
	return nil
}

// fill writes down the result of n events.
func (m *meter) fill(r *PipelineResult, n int) {
	r.Events, r.Seconds = n, time.Since(m.begin).Seconds()
	r.EventsPerSecond = float64(n) / r.Seconds
	r.Slowest, r.MemoryMB = m.slowest, m.memory
	if r.Slowest == 0 {
		r.Slowest = r.EventsPerSecond
	}
}
