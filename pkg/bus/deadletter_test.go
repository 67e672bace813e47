package bus_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// letters waits until there are n dead letters, while a consumer does what handle says.
func letters(t *testing.T, b *bus.Bus, n int, handle func(*bus.Message[decnet.RawLog]) error) []*bus.Message[decnet.DeadLetter] {
	t.Helper()
	var have []*bus.Message[decnet.DeadLetter]
	drain(t, b, bus.Consumer{Name: "c", Attempts: 1}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		for _, m := range ms {
			if err := handle(m); err != nil {
				m.Drop(err)
			}
		}
		return nil
	}, func() bool {
		all, _, err := bus.DeadLetters.Newest(t.Context(), b, 10)
		have = all
		return err == nil && len(all) == n
	})
	return have
}

func TestADeadLetterIsReplayed(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), lines(t.Context(), 2)...); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("cannot parse")
	first := letters(t, b, 1, func(m *bus.Message[decnet.RawLog]) error {
		if m.Body.Position == 1 {
			return bad
		}
		return nil
	})
	// It fails again, and that is another letter.
	if err := b.ReplayLetter(t.Context(), first[0].Sequence); err != nil {
		t.Fatal(err)
	}
	again := letters(t, b, 1, func(*bus.Message[decnet.RawLog]) error { return bad })
	if again[0].Sequence == first[0].Sequence || again[0].Body.ID != first[0].Body.ID || string(again[0].Body.Body) != string(first[0].Body.Body) {
		t.Errorf("have %+v after %+v", again[0], first[0])
	}
	if _, err := b.Letter(t.Context(), first[0].Sequence); decnet.ErrorCode(err) != decnet.CodeNotFound {
		t.Errorf("the first one: %v", err)
	}
	// Then whoever failed on it has learnt.
	if err := b.ReplayLetter(t.Context(), again[0].Sequence); err != nil {
		t.Fatal(err)
	}
	var got atomic.Int64
	drain(t, b, bus.Consumer{Name: "c"}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		for _, m := range ms {
			if m.ID == first[0].Body.ID && m.Body.Position == 1 {
				got.Add(1)
			}
		}
		return nil
	}, func() bool { return got.Load() > 0 })
	if _, n, err := bus.DeadLetters.Newest(t.Context(), b, 10); n != 0 || err != nil || got.Load() != 1 {
		t.Errorf("%d letters are left, and it came %d times: %v", n, got.Load(), err)
	}
}

func TestADeadLetterIsDiscarded(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), lines(t.Context(), 1)...); err != nil {
		t.Fatal(err)
	}
	all := letters(t, b, 1, func(*bus.Message[decnet.RawLog]) error { return errors.New("no") })
	if err := b.DiscardLetter(t.Context(), all[0].Sequence); err != nil {
		t.Fatal(err)
	}
	for name, settle := range map[string]func(context.Context, uint64) error{"discard": b.DiscardLetter, "replay": b.ReplayLetter} {
		for _, number := range []uint64{0, all[0].Sequence, 999} {
			if err := settle(t.Context(), number); decnet.ErrorCode(err) != decnet.CodeNotFound {
				t.Errorf("%s %d: %v", name, number, err)
			}
		}
	}
}

// A line that was never on the bus can only be read.
func TestALetterOfNoStreamIsNotReplayed(t *testing.T) {
	b := bustest.New(t)
	letter := bus.DeadLetters.New(t.Context(), "d1", decnet.DeadLetter{ID: "x", Stream: "spool", Consumer: "collector", Subject: "seg:7", Reason: "too long"}, "spool", "collector")
	if err := b.Publish(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if err := b.ReplayLetter(t.Context(), 1); decnet.ErrorCode(err) != decnet.CodeInvalid {
		t.Errorf("have %v", err)
	}
	if l, err := b.Letter(t.Context(), 1); err != nil || l.Body.Subject != "seg:7" {
		t.Errorf("it is %+v, %v", l, err)
	}
}

// A folder of a time when no letter could be settled keeps its letters.
func TestOldLettersCanBeSettled(t *testing.T) {
	b := bustest.New(t)
	letter := func(id string) bus.Outgoing {
		return bus.DeadLetters.New(t.Context(), id, decnet.DeadLetter{ID: id, Stream: "LOGS", Consumer: "ingester", Reason: "old"}, "logs", "ingester")
	}
	bus.DenyDeletesOfLetters(t, b)
	if err := b.Publish(t.Context(), letter("d1"), letter("d2")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.EnsureTopology(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all, n, err := bus.DeadLetters.Newest(t.Context(), b, 10)
	if err != nil || n != 2 || all[0].Body.ID != "d2" {
		t.Fatalf("have %d letters, %v", n, err)
	}
	if err := b.DiscardLetter(t.Context(), all[0].Sequence); err != nil {
		t.Error(err)
	}
}
