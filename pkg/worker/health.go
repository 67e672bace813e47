package worker

import (
	"context"
	"maps"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// reportEvery is how often a worker says how it is when nothing changes.
const reportEvery = 5 * time.Second

// Health is how one worker is. The worker sets it, the bus, the metrics and the
// supervisor read it. All methods may be called at any time.
type Health struct {
	mu       sync.Mutex
	h        decnet.Health
	counters map[string]*atomic.Int64
	changed  chan struct{} // closed and replaced at every change of status
	restart  chan struct{} // holds one element while a restart is asked for
}

// NewHealth is the health of a worker that is starting.
func NewHealth(worker, host, version string) *Health {
	now := time.Now().UTC()
	return &Health{
		h: decnet.Health{
			Worker: worker, Instance: host, Host: host, PID: os.Getpid(), Version: version,
			Status: decnet.StatusStarting, Started: now, Time: now,
		},
		counters: make(map[string]*atomic.Int64),
		changed:  make(chan struct{}),
		restart:  make(chan struct{}, 1),
	}
}

// Ready says that the worker does its work.
func (h *Health) Ready() { h.set(decnet.StatusReady, "") }

// Degraded says that it works badly or waits, and why.
func (h *Health) Degraded(reason string) { h.set(decnet.StatusDegraded, reason) }

// Pause is Degraded for an error and Ready for nil, as bus.Consumer.OnPause wants it.
func (h *Health) Pause(err error) {
	if err == nil {
		h.Ready()
		return
	}
	h.Degraded("waiting: " + err.Error())
}

func (h *Health) set(s decnet.Status, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.h.Status == s && h.h.Reason == reason {
		return
	}
	h.h.Status, h.h.Reason, h.h.Time = s, reason, time.Now().UTC()
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *Health) restarted() {
	h.mu.Lock()
	h.h.Restarts++
	h.mu.Unlock()
}

// Counter returns the worker's total called name, made at its first use.
func (h *Health) Counter(name string) *atomic.Int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ok := h.counters[name]
	if !ok {
		c = new(atomic.Int64)
		h.counters[name] = c
	}
	return c
}

// Snapshot returns the health now.
func (h *Health) Snapshot() decnet.Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.h
	s.Time = time.Now().UTC()
	s.Counters = make(map[string]int64, len(h.counters))
	for name, c := range maps.All(h.counters) {
		s.Counters[name] = c.Load()
	}
	return s
}

// Changed is closed at the next change of status.
func (h *Health) Changed() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

// Report tells the bus how the worker is, regularly, at every change and when
// asked, until ctx is done; then once more. A bus that is away is no reason to
// end: what was not said is said at the next turn.
func (h *Health) Report(ctx context.Context, b *bus.Bus) error {
	s := h.Snapshot()
	// Who is announced answers, so the answering comes first.
	stop, err := bus.SystemPing.Answer(b, "0.0.0", func(context.Context, struct{}) (decnet.Health, error) {
		return h.Snapshot(), nil
	}, s.Worker, s.Instance)
	if err != nil {
		return err
	}
	defer stop()
	stopRestart, err := bus.SystemRestart.Answer(b, "0.0.0", func(context.Context, struct{}) (decnet.Health, error) {
		select {
		case h.restart <- struct{}{}:
		default: // it is asked for already
		}
		return h.Snapshot(), nil
	}, s.Worker, s.Instance)
	if err != nil {
		return err
	}
	defer stopRestart()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		changed := h.Changed()
		h.announce(ctx, b)
		select {
		case <-ctx.Done():
			h.announce(context.WithoutCancel(ctx), b)
			return nil
		case <-changed:
		case <-tick.C:
		}
	}
}

func (h *Health) announce(ctx context.Context, b *bus.Bus) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s := h.Snapshot()
	_ = b.Publish(ctx, bus.SystemHealth.New(ctx, "", s, s.Worker, s.Instance))
	_ = bus.Workers.Set(ctx, b, s, s.Worker, s.Instance)
}
