package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diary notes what happens, from several goroutines.
type diary struct {
	mu      sync.Mutex
	entries []string
}

func (d *diary) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.entries = append(d.entries, s)
}

func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.entries)
}

// unit is a worker that notes its beginning and end.
func (d *diary) unit(name string, body func(ctx context.Context, h *worker.Health) error) worker.Unit {
	h := worker.NewHealth(name, "h1", "test")
	return worker.Unit{Name: name, Health: h, Run: func(ctx context.Context) error {
		d.note("start " + name)
		defer d.note("end " + name)
		if body != nil {
			return body(ctx, h)
		}
		h.Ready()
		<-ctx.Done()
		return nil
	}}
}

func supervisor() *worker.Supervisor {
	return &worker.Supervisor{Log: slog.New(slog.DiscardHandler), Backoff: time.Millisecond}
}

func TestUnitsStartInOrderAndStopInReverse(t *testing.T) {
	var d diary
	ctx, cancel := context.WithCancel(t.Context())
	err := supervisor().Run(ctx, func() { d.note("ready"); cancel() }, d.unit("a", nil), d.unit("b", func(ctx context.Context, h *worker.Health) error {
		time.Sleep(10 * time.Millisecond) // c must wait for this
		h.Ready()
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond) // and a for this
		return nil
	}), d.unit("c", nil))
	want := []string{"start a", "start b", "start c", "ready", "end c", "end b", "end a"}
	if got := d.read(); err != nil || !slices.Equal(got, want) {
		t.Errorf("have %v, %v\nwant %v", got, err, want)
	}
}

func TestAUnitThatFailsAtOnceEndsEverything(t *testing.T) {
	var d diary
	broken := errors.New("port in use")
	err := supervisor().Run(t.Context(), func() { t.Error("ready was called") }, d.unit("a", nil),
		d.unit("b", func(context.Context, *worker.Health) error { return broken }))
	if !errors.Is(err, broken) || err.Error() != "b: port in use" {
		t.Errorf("have %v", err)
	}
	if want := []string{"start a", "start b", "end b", "end a"}; !slices.Equal(d.read(), want) {
		t.Errorf("have %v, want %v", d.read(), want)
	}
}

func TestAUnitThatFailsLaterIsStartedAgain(t *testing.T) {
	for name, failure := range map[string]func(){"error": func() {}, "panic": func() { panic("oops") }} {
		t.Run(name, func(t *testing.T) {
			var d diary
			ctx, cancel := context.WithCancel(t.Context())
			runs := 0
			u := d.unit("u", func(ctx context.Context, h *worker.Health) error {
				runs++
				h.Ready()
				if runs < 4 {
					time.Sleep(time.Millisecond)
					failure()
					return errors.New("broken")
				}
				cancel()
				<-ctx.Done()
				return nil
			})
			if err := supervisor().Run(ctx, func() {}, u); err != nil {
				t.Fatal(err)
			}
			s := u.Health.Snapshot()
			if runs != 4 || s.Restarts != 3 || s.Status != decnet.StatusStopped {
				t.Errorf("have %d runs, health %+v", runs, s)
			}
		})
	}
}

func TestAUnitThatNeverGetsReadyIsGivenUp(t *testing.T) {
	var d diary
	s := supervisor()
	s.StartTimeout = 20 * time.Millisecond
	err := s.Run(t.Context(), func() {}, d.unit("slow", func(ctx context.Context, _ *worker.Health) error {
		<-ctx.Done()
		return nil
	}))
	if err == nil || !strings.Contains(err.Error(), "slow: not ready after 20ms") {
		t.Errorf("have %v", err)
	}
}
