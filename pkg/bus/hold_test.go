package bus_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestOneAtATimeHolds(t *testing.T) {
	b := bustest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var now, turns atomic.Int32
	var done sync.WaitGroup
	for range 3 {
		done.Go(func() {
			_ = b.Hold(ctx, "h1", func(context.Context) error {
				if now.Add(1) != 1 {
					t.Error("two hold it")
				}
				turns.Add(1)
				now.Add(-1)
				return nil
			}, "test", "task")
		})
	}
	done.Wait()
	if turns.Load() != 3 {
		t.Errorf("%d had their turn", turns.Load())
	}
}

func TestWorkEndsAndItsErrorIsTold(t *testing.T) {
	b := bustest.New(t)
	cause := errors.New("it fails")
	if err := b.Hold(t.Context(), "h1", func(context.Context) error { return cause }, "test", "task"); !errors.Is(err, cause) {
		t.Errorf("have %v", err)
	}
	if err := b.Hold(t.Context(), "h1", func(context.Context) error { return nil }, "test", "NOT A KEY"); err == nil {
		t.Error("a bad key is taken")
	}
}

// Whoever has somebody else's lease in its place stops, and takes its turn again.
func TestALeaseThatAnotherTookEndsTheWork(t *testing.T) {
	b := bustest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	var turns atomic.Int32
	ended := make(chan error, 1)
	go func() {
		ended <- b.Hold(ctx, "h1", func(ctx context.Context) error {
			turns.Add(1)
			<-ctx.Done()
			return nil
		}, "test", "task")
	}()
	eventually(t, "it has it", func() bool { return turns.Load() == 1 })
	if err := bus.Leases.Set(t.Context(), b, decnet.Lease{Holder: "another"}, "test", "task"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has it again when the other's ran out", func() bool { return turns.Load() == 2 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := bus.Leases.List(t.Context(), b); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
