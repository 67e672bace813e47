package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Unit is one worker under supervision.
type Unit struct {
	Name   string
	Health *Health
	// Run does the work until ctx is done and returns when it has drained. It
	// is called again, after a pause, when it fails.
	Run func(ctx context.Context) error
}

// Supervisor starts units in order, each after the one before is ready, starts
// those again that fail, and at the end stops them in the reverse order, each
// when the one behind it has drained.
type Supervisor struct {
	Log *slog.Logger
	// OnReady hears of every unit that became ready for the first time.
	OnReady func(name string, took time.Duration)
	// StartTimeout bounds how long a unit may take; 0 means 30 s, and less that it
	// may take for ever.
	StartTimeout time.Duration
	// Backoff is the first pause before a restart, doubling up to 30 s; 0
	// means 200 ms. A unit that ran for a minute begins anew.
	Backoff time.Duration
}

const maxBackoff = 30 * time.Second

// running is a started unit.
type running struct {
	unit   Unit
	stop   context.CancelFunc
	ended  chan struct{}
	failed chan error // the error of a first run that never became ready
}

// Run supervises units until ctx is done. A unit that fails before it was ever
// ready ends everything with its error: something is wrong that a restart does
// not mend, such as a port in use.
func (s *Supervisor) Run(ctx context.Context, ready func(), units ...Unit) error {
	if s.StartTimeout == 0 {
		s.StartTimeout = 30 * time.Second
	}
	if s.Backoff == 0 {
		s.Backoff = 200 * time.Millisecond
	}
	var started []*running
	defer func() {
		for i := len(started) - 1; i >= 0; i-- {
			started[i].stop()
			<-started[i].ended
		}
	}()
	for _, u := range units {
		begin := time.Now()
		r := s.start(ctx, u)
		started = append(started, r)
		if err := s.awaitReady(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", u.Name, err)
		}
		if ctx.Err() != nil {
			return nil
		}
		if s.OnReady != nil {
			s.OnReady(u.Name, time.Since(begin))
		}
	}
	ready()
	<-ctx.Done()
	return nil
}

func (s *Supervisor) start(ctx context.Context, u Unit) *running {
	// The unit's own context: it outlives ctx until those behind it have ended.
	uctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{unit: u, stop: stop, ended: make(chan struct{}), failed: make(chan error, 1)}
	go func() {
		defer close(r.ended)
		s.keep(uctx, r)
	}()
	return r
}

func (s *Supervisor) awaitReady(ctx context.Context, r *running) error {
	var timeout <-chan time.Time
	if s.StartTimeout > 0 {
		timer := time.NewTimer(s.StartTimeout)
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		changed := r.unit.Health.Changed()
		if st := r.unit.Health.Snapshot().Status; st == decnet.StatusReady || st == decnet.StatusDegraded {
			return nil
		}
		select {
		case <-changed:
		case err := <-r.failed:
			return err
		case <-ctx.Done():
			return nil
		case <-timeout:
			return fmt.Errorf("not ready after %v", s.StartTimeout)
		}
	}
}

// keep runs the unit again and again until its context is done.
func (s *Supervisor) keep(ctx context.Context, r *running) {
	u, pause, everReady := r.unit, s.Backoff, false
	for {
		begin := time.Now()
		err := protect(ctx, u.Run)
		if ctx.Err() != nil {
			u.Health.set(decnet.StatusStopped, "")
			if err != nil {
				s.Log.Warn("worker ended badly", "worker", u.Name, "error", err)
			}
			return
		}
		if err == nil {
			err = errors.New("ended by itself")
		}
		everReady = everReady || u.Health.Snapshot().Status != decnet.StatusStarting
		u.Health.set(decnet.StatusFailed, err.Error())
		if !everReady {
			r.failed <- err
			return
		}
		if time.Since(begin) > time.Minute {
			pause = s.Backoff
		}
		s.Log.Error("worker failed, starting it again", "worker", u.Name, "error", err, "pause", pause)
		select {
		case <-ctx.Done():
			u.Health.set(decnet.StatusStopped, "")
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, maxBackoff)
		u.Health.restarted()
		u.Health.set(decnet.StatusStarting, "")
	}
}

// protect turns a panic of run's own goroutine into an error with its stack.
func protect(ctx context.Context, run func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return run(ctx)
}
