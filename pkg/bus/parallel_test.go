package bus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		sizes <- 0 // all are stored, and nobody has begun with one
	}()
	if err := b.Publish(t.Context(), raws(0, 1)...); err != nil {
		t.Fatal(err)
	}
	var batches []int
	total := 0
	err := bus.LogsRaw.Consume(ctx, b, bus.Consumer{Name: "ingester", Batch: 100, Parallel: 3}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		if ms[0].ID == "line-00000" {
			close(first)
			<-sizes
			return nil
		}
		batches = append(batches, len(ms))
		if total += len(ms); total == 20 {
			cancel()
		}
		return nil
	})
	// The last of them may still have been on their way from the server, one or two batches later.
	if err != nil || len(batches) > 3 || total != 20 {
		t.Errorf("%v; the batches have %v messages, want 20 in one, or a few in a second", err, batches)
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

// A message says that somebody may have handled it before: its handler failed, or it was there when an
// exclusive consumer began.
func TestMessagesThatMayHaveBeenHandledSaySo(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		b := bustest.New(t)
		if err := b.Publish(t.Context(), raws(0, 1)...); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var have []string
		c := bus.Consumer{Name: "ingester", Exclusive: exclusive}
		err := bus.LogsRaw.Consume(ctx, b, c, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
			have = append(have, fmt.Sprint(ms[0].ID, " ", ms[0].Again))
			switch {
			case ms[0].ID == "line-00001" && ms[0].Again:
				cancel()
			case ms[0].ID == "line-00001":
				return bus.Later(errors.New("something is down"))
			default:
				if err := b.Publish(t.Context(), raws(1, 1)...); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		want := []string{fmt.Sprint("line-00000 ", exclusive), "line-00001 false", "line-00001 true"}
		if err != nil || !slices.Equal(have, want) {
			t.Errorf("exclusive %v: have %q, error %v, want %q", exclusive, have, err, want)
		}
	}
}

// Who is ended before the consumer is there has consumed until then, and did not fail.
func TestEndingBeforeTheBeginningIsNoFailure(t *testing.T) {
	b := bustest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, exclusive := range []bool{false, true} {
		c := bus.Consumer{Name: "late", Exclusive: exclusive}
		if err := bus.LogsRaw.Consume(ctx, b, c, func(context.Context, []*bus.Message[decnet.RawLog]) error { return nil }); err != nil {
			t.Errorf("exclusive %v: %v", exclusive, err)
		}
		if err := bus.AttackersSeen.ConsumeLanes(ctx, b, c, nil, func(context.Context, []*bus.Message[decnet.Sightings]) error { return nil }); err != nil {
			t.Errorf("exclusive %v, in lanes: %v", exclusive, err)
		}
	}
}
