package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// eventually waits until what has become true, for at most 20 s.
func eventually(t *testing.T, what string, isTrue func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !isTrue(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s in vain: %s", what)
		}
	}
}

// logLines publishes lines from to upto.
func logLines(t *testing.T, b *bus.Bus, from, upto int) {
	t.Helper()
	var out []bus.Outgoing
	for i := from; i < upto; i++ {
		id := decnet.EventID("h1", "seg", int64(i))
		out = append(out, bus.LogsRaw.New(t.Context(), id, decnet.RawLog{ID: id, Position: int64(i)}, "h1", "web-01", "ssh"))
	}
	if err := b.Publish(t.Context(), out...); err != nil {
		t.Fatal(err)
	}
}

// taker notes what it gets.
type taker struct {
	mu  sync.Mutex
	got []int64
}

func (k *taker) take(ms []*bus.Message[decnet.RawLog]) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range ms {
		k.got = append(k.got, m.Body.Position)
	}
}

func (k *taker) all() []int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]int64(nil), k.got...)
}

// run consumes until stop is called.
func run(t *testing.T, b *bus.Bus, c bus.Consumer, handle func([]*bus.Message[decnet.RawLog]) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- bus.LogsRaw.Consume(ctx, b, c, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error { return handle(ms) })
	}()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("consume: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func TestAnOrderedConsumerGoesOnWhereItStopped(t *testing.T) {
	b := bustest.New(t)
	logLines(t, b, 0, 1000)
	var k taker
	for round := range 6 {
		calls := 0
		var stop func()
		at := make(chan struct{})
		stop = run(t, b, bus.Consumer{Name: "o", Ordered: true, Batch: 50}, func(ms []*bus.Message[decnet.RawLog]) error {
			if calls++; calls > round+1 && round < 5 {
				select {
				case <-at:
				default:
					close(at)
				}
				return bus.Later(errors.New("away"))
			}
			k.take(ms)
			if len(k.all()) == 1000 {
				close(at)
			}
			return nil
		})
		<-at
		stop()
	}
	for i, p := range k.all() {
		if p != int64(i) {
			t.Fatalf("line %d is %d", i, p)
		}
	}
}

// Two calls at once are a fault of the lease; still none overtakes another for long.
func TestAnOrderedConsumerFetchesWhatAnotherTook(t *testing.T) {
	b := bustest.New(t)
	logLines(t, b, 0, 300)
	hold := make(chan struct{})
	var held atomic.Bool
	stop := run(t, b, bus.Consumer{Name: "o", Ordered: true, Batch: 50}, func([]*bus.Message[decnet.RawLog]) error {
		held.Store(true)
		<-hold
		return errors.New("it never took them")
	})
	eventually(t, "one has the first lines", held.Load)
	var k taker
	run(t, b, bus.Consumer{Name: "o", Ordered: true, Batch: 50}, func(ms []*bus.Message[decnet.RawLog]) error { k.take(ms); return nil })
	eventually(t, "the other has all", func() bool { return len(k.all()) >= 300 })
	for i, p := range k.all() {
		if p != int64(i) {
			t.Fatalf("line %d is %d", i, p)
		}
	}
	close(hold)
	stop()
}

func TestAnOrderedConsumerSaysWhatWasLost(t *testing.T) {
	server := bustest.Start(t)
	b := server.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	logLines(t, b, 0, 100)
	var lost atomic.Uint64
	var k taker
	c := bus.Consumer{Name: "o", Ordered: true, Batch: 10, OnLost: func(n uint64) { lost.Add(n) }}
	stop := run(t, b, c, func(ms []*bus.Message[decnet.RawLog]) error { k.take(ms); return nil })
	eventually(t, "the first are there", func() bool { return len(k.all()) == 100 })
	stop()
	logLines(t, b, 100, 500)
	server.Keep(bus.LogsRaw.Stream, 50)
	logLines(t, b, 500, 501)
	run(t, b, c, func(ms []*bus.Message[decnet.RawLog]) error { k.take(ms); return nil })
	eventually(t, "the last is there", func() bool { return len(k.all()) == 151 })
	if got := k.all(); got[99] != 99 || got[100] != 450 || got[150] != 500 || lost.Load() != 350 {
		t.Errorf("have %v; %d are lost, want 350", got[99:], lost.Load())
	}
}

func TestAMessageThatFailsIsNotOvertaken(t *testing.T) {
	b := bustest.New(t)
	logLines(t, b, 0, 20)
	var k taker
	tries := 0
	run(t, b, bus.Consumer{Name: "o", Ordered: true, Attempts: 2}, func(ms []*bus.Message[decnet.RawLog]) error {
		for _, m := range ms {
			if m.Body.Position == 7 {
				tries++
				panic("hostile")
			}
			if m.Body.Position == 9 && tries < 100 {
				tries += 100
				return errors.New("once")
			}
		}
		k.take(ms)
		return nil
	})
	eventually(t, "all but one are there", func() bool { return len(k.all()) >= 19 })
	if got := fmt.Sprint(k.all()); got != "[0 1 2 3 4 5 6 8 9 10 11 12 13 14 15 16 17 18 19]" {
		t.Errorf("have %s", got)
	}
	if letters, n, err := bus.DeadLetters.Newest(t.Context(), b, 5); err != nil || n != 1 || letters[0].Body.Reason != "panic: hostile" {
		t.Errorf("%d dead letters, %v", n, err)
	}
}

func TestAConsumerBeginsAtItsTime(t *testing.T) {
	b := bustest.New(t)
	logLines(t, b, 0, 10)
	since := time.Now()
	logLines(t, b, 10, 20)
	var k taker
	c := bus.Consumer{Name: "since-1", Ordered: true, Since: since, Note: "what for"}
	stop := run(t, b, c, func(ms []*bus.Message[decnet.RawLog]) error { k.take(ms); return nil })
	eventually(t, "those since then are there", func() bool { return len(k.all()) == 10 })
	stop()
	logLines(t, b, 20, 21)
	c.Since = time.Now() // it is there: it goes on
	stop = run(t, b, c, func(ms []*bus.Message[decnet.RawLog]) error { k.take(ms); return nil })
	eventually(t, "it goes on", func() bool { return len(k.all()) == 11 })
	stop()
	if got := k.all(); got[0] != 10 || got[10] != 20 {
		t.Errorf("have %v", got)
	}
	list, err := bus.LogsRaw.Durables(t.Context(), b, "since-")
	if err != nil || len(list) != 1 || list[0] != (bus.Durable{Name: "since-1", Note: "what for", Floor: 21}) {
		t.Errorf("have %+v, %v", list, err)
	}
	for range 2 {
		if err := bus.LogsRaw.Forget(t.Context(), b, "since-1"); err != nil {
			t.Error(err)
		}
	}
	if list, err := bus.LogsRaw.Durables(t.Context(), b, "since-"); err != nil || len(list) != 0 {
		t.Errorf("have %+v, %v", list, err)
	}
}
