package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

func raws(from, n int) (out []bus.Outgoing) {
	for i := range n {
		id := fmt.Sprintf("line-%05d", from+i)
		out = append(out, bus.LogsRaw.New(context.Background(), id, decnet.RawLog{ID: id, Host: "h"}, "h", "d", "s"))
	}
	return out
}

func TestBatchesAreHandledInParallelWhenThereIsMuchToDo(t *testing.T) {
	b := bustest.New(t)
	const batch, total = 50, 1000
	if err := b.Publish(t.Context(), raws(0, total)...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	seen, handlers, most := map[string]int{}, 0, 0
	three := make(chan struct{})
	err := bus.LogsRaw.Consume(ctx, b, bus.Consumer{Name: "ingester", Batch: batch, Parallel: 3}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		mu.Lock()
		handlers++
		most = max(most, handlers)
		if handlers == 3 && len(seen) == 0 {
			close(three)
		}
		mu.Unlock()
		<-three // nobody is done before three have begun
		mu.Lock()
		defer mu.Unlock()
		handlers--
		for _, m := range ms {
			seen[m.ID]++
		}
		if len(seen) == total {
			cancel()
		}
		return nil
	})
	if err != nil || most != 3 || len(seen) != total {
		t.Errorf("%v; at most %d handlers at once, want 3; %d messages, want %d", err, most, len(seen), total)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

// A handler that is busy gathers what comes meanwhile into one batch, however many may
// run.
func TestALittleWorkIsDoneInOnePiece(t *testing.T) {
	b := bustest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	first, sizes := make(chan struct{}), make(chan int, 100)
	go func() {
		<-first
		for i := range 20 {
			if err := b.Publish(t.Context(), raws(1+i, 1)...); err != nil {
				t.Error(err)
			}
		}
		sizes <- 0 // all are there, and nobody has begun with one
	}()
	if err := b.Publish(t.Context(), raws(0, 1)...); err != nil {
		t.Fatal(err)
	}
	var batches []int
	err := bus.LogsRaw.Consume(ctx, b, bus.Consumer{Name: "ingester", Batch: 100, Parallel: 3}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		if ms[0].ID == "line-00000" {
			close(first)
			<-sizes
			return nil
		}
		batches = append(batches, len(ms))
		cancel()
		return nil
	})
	if err != nil || len(batches) != 1 || batches[0] != 20 {
		t.Errorf("%v; the batches have %v messages, want one of 20", err, batches)
	}
}

// A consumer that rests gathers what comes meanwhile.
func TestAConsumerRestsAfterABatch(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), raws(0, 1)...); err != nil {
		t.Fatal(err)
	}
	const work, times = 40 * time.Millisecond, 5
	ctx, cancel := context.WithCancel(t.Context())
	var ended time.Time
	err := bus.LogsRaw.Consume(ctx, b, bus.Consumer{Name: "ingester", Rest: times}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		if ms[0].ID == "line-00000" {
			if err := b.Publish(t.Context(), raws(1, 20)...); err != nil {
				t.Error(err)
			}
			time.Sleep(work)
			ended = time.Now()
			return nil
		}
		if rested := time.Since(ended); rested < times*work || len(ms) != 20 {
			t.Errorf("it rested for %v, want at least %v, and then had %d messages, want 20", rested, times*work, len(ms))
		}
		cancel()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
