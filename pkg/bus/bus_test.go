package bus_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines makes n raw log messages with ids of their own.
func lines(ctx context.Context, n int) []bus.Outgoing {
	out := make([]bus.Outgoing, n)
	for i := range out {
		raw := decnet.RawLog{ID: decnet.EventID("h1", "seg", int64(i)), Line: fmt.Sprint("line ", i), Position: int64(i)}
		out[i] = bus.LogsRaw.New(ctx, raw.ID, raw, "h1", "web-01", "ssh")
	}
	return out
}

// drain consumes with handle until done reports that the test has seen enough.
func drain(t *testing.T, b *bus.Bus, c bus.Consumer, handle func(context.Context, []*bus.Message[decnet.RawLog]) error, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- bus.LogsRaw.Consume(ctx, b, c, handle) }()
	for !done() && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("timed out")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestPublishedMessagesArriveOnceInOrder(t *testing.T) {
	b := bustest.New(t)
	all := lines(t.Context(), 1234) // more than two atomic batches
	if err := b.Publish(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	// Again, as after a crash that forgot what was acknowledged, with news behind.
	if err := b.Publish(t.Context(), lines(t.Context(), 1300)[1200:]...); err != nil {
		t.Fatal(err)
	}
	var got []int64
	var n atomic.Int64
	drain(t, b, bus.Consumer{Name: "c"}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		for _, m := range ms {
			got = append(got, m.Body.Position)
		}
		n.Add(int64(len(ms)))
		return nil
	}, func() bool { return n.Load() >= 1300 })
	if len(got) != 1300 || !slices.IsSorted(got) {
		t.Errorf("have %d messages, sorted %v; want 1300 in order", len(got), slices.IsSorted(got))
	}
}

func TestHandlerErrors(t *testing.T) {
	tests := []struct {
		name string
		// handle sees message 1 of three and how often it came
		handle   func(m *bus.Message[decnet.RawLog], times int) error
		deaths   int
		minTimes int
		reason   string
	}{
		{"nil is done", func(*bus.Message[decnet.RawLog], int) error { return nil }, 0, 1, ""},
		{"drop is dead at once", func(*bus.Message[decnet.RawLog], int) error { return bus.Drop(errors.New("malformed")) }, 1, 1, "malformed"},
		{"one of a batch is dropped", func(m *bus.Message[decnet.RawLog], _ int) error { m.Drop(errors.New("just this")); return nil }, 1, 1, "just this"},
		{"later is tried until it works", func(_ *bus.Message[decnet.RawLog], times int) error {
			if times < 4 {
				return bus.Later(errors.New("database is away"))
			}
			return nil
		}, 0, 4, ""},
		{"other errors use up the attempts", func(*bus.Message[decnet.RawLog], int) error { return errors.New("odd") }, 1, 2, "odd"},
		{"a panic is an error", func(*bus.Message[decnet.RawLog], int) error { panic("oops") }, 1, 2, "panic: oops"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := bustest.New(t)
			if err := b.Publish(t.Context(), lines(t.Context(), 3)...); err != nil {
				t.Fatal(err)
			}
			var times, others atomic.Int64
			settled := func() bool {
				_, dead, err := bus.DeadLetters.Newest(t.Context(), b, 10)
				return err == nil && others.Load() >= 2 && times.Load() >= int64(test.minTimes) && dead == uint64(test.deaths)
			}
			seen := map[int64]bool{}
			drain(t, b, bus.Consumer{Name: "c", Attempts: 2}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
				var err error
				for _, m := range ms {
					if m.Body.Position == 1 {
						err = test.handle(m, int(times.Add(1)))
					}
				}
				if err == nil {
					for _, m := range ms {
						if m.Body.Position != 1 && !seen[m.Body.Position] {
							seen[m.Body.Position] = true
							others.Add(1)
						}
					}
				}
				return err
			}, settled)
			letters, _, err := bus.DeadLetters.Newest(t.Context(), b, 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(letters) != test.deaths {
				t.Fatalf("have %d dead letters, want %d", len(letters), test.deaths)
			}
			for _, l := range letters {
				if l.Body.Reason != test.reason || !strings.Contains(string(l.Body.Body), "line 1") {
					t.Errorf("dead letter %q with body %s: want reason %q and the whole message", l.Body.Reason, l.Body.Body, test.reason)
				}
			}
		})
	}
}

func TestMessageThatDoesNotDecodeIsADeadLetter(t *testing.T) {
	b := bustest.New(t)
	// A body of another shape under the right subject.
	wrong := bus.Topic[[]string]{Info: bus.LogsRaw.Info}
	if err := b.Publish(t.Context(), wrong.New(t.Context(), "x1", []string{"not", "a", "line"}, "h1", "_", "_")); err != nil {
		t.Fatal(err)
	}
	drain(t, b, bus.Consumer{Name: "c"}, func(context.Context, []*bus.Message[decnet.RawLog]) error {
		t.Error("the handler got a message that does not decode")
		return nil
	}, func() bool {
		letters, n, _ := bus.DeadLetters.Newest(t.Context(), b, 1)
		return n == 1 && strings.Contains(letters[0].Body.Reason, "decode body")
	})
}

func TestConsumerSurvivesARestartOfTheServer(t *testing.T) {
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got atomic.Int64
	drain(t, b, bus.Consumer{Name: "c"}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		got.Add(int64(len(ms)))
		return nil
	}, func() bool {
		if got.Load() == 0 {
			if err := b.Publish(t.Context(), lines(t.Context(), 1)...); err != nil {
				t.Fatal(err)
			}
			for got.Load() == 0 {
				time.Sleep(time.Millisecond)
			}
			s.Restart()
			after := s.Connect("after")
			if err := after.Publish(t.Context(), lines(t.Context(), 5)...); err != nil {
				t.Fatal(err)
			}
		}
		return got.Load() == 5
	})
}

func TestKeysAndSubjects(t *testing.T) {
	b := bustest.New(t)
	for _, keys := range [][]string{{"h1", "web.01", "ssh"}, {"h1", "web-01"}, {"h1", "*", "ssh"}, {"h1", "", "ssh"}, {"h1", "Web", "ssh"}} {
		err := b.Publish(t.Context(), bus.LogsRaw.New(t.Context(), "x", decnet.RawLog{}, keys...))
		if err == nil || !strings.Contains(err.Error(), "logs.raw") {
			t.Errorf("keys %q: have %v, want an error that names the topic", keys, err)
		}
	}
	id := decnet.AttackerIDOf(netip.MustParseAddr("2001:db8::1"))
	if err := b.Publish(t.Context(), bus.CredentialsCaptured.New(t.Context(), "x", decnet.Credential{}, string(id))); err != nil {
		t.Errorf("an IPv6 attacker: %v", err)
	}
}

func TestLargeMessageIsRefusedForGood(t *testing.T) {
	b := bustest.New(t)
	big := decnet.RawLog{Line: strings.Repeat("x", 600<<10)}
	good := decnet.RawLog{ID: "ok", Line: "short"}
	err := b.Publish(t.Context(), bus.LogsRaw.New(t.Context(), "ok", good, "h1", "_", "_"), bus.LogsRaw.New(t.Context(), "big", big, "h1", "_", "_"))
	if !errors.Is(err, bus.ErrRefused) {
		t.Errorf("have %v, want ErrRefused", err)
	}
}

func BenchmarkPublish(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			bs := bustest.New(b)
			i := 0
			for b.Loop() {
				batch := make([]bus.Outgoing, n)
				for j := range batch {
					i++
					raw := decnet.RawLog{ID: fmt.Sprint(i), Line: strings.Repeat("x", 400)}
					batch[j] = bus.LogsRaw.New(b.Context(), raw.ID, raw, "h1", "web-01", "ssh")
				}
				if err := bs.Publish(b.Context(), batch...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
