package bus_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// seen makes n messages of each of some attackers, in turn, as their events are stored.
func seen(attackers, n int) (out []bus.Outgoing) {
	for through := range n {
		for a := range attackers {
			id := decnet.AttackerID(fmt.Sprintf("cb00%04x", a))
			s := decnet.Sightings{Sightings: []decnet.Sighting{{Attacker: id, Through: uint64(through + 1)}}}
			out = append(out, bus.AttackersSeen.New(context.Background(), s.ID(), s, s.Lane(bus.AttackersSeen.Lane)))
		}
	}
	return out
}

// watch is what handlers of all instances got.
type watch struct {
	mu      sync.Mutex
	busy    map[string]bool // lanes in hand
	through map[decnet.AttackerID]uint64
	shared  []string // lanes that two had in hand
	wrong   []string // what came out of order
	calls   map[int]int
}

func newWatch() *watch {
	return &watch{busy: map[string]bool{}, through: map[decnet.AttackerID]uint64{}, calls: map[int]int{}}
}

// handler handles messages as one instance, of which some fail first.
func (w *watch) handler(instance int, fail func() error) func(context.Context, []*bus.Message[decnet.Sightings]) error {
	return func(_ context.Context, ms []*bus.Message[decnet.Sightings]) error {
		w.mu.Lock()
		w.calls[instance]++
		for _, m := range ms {
			if w.busy[m.Keys[0]] {
				w.shared = append(w.shared, m.Keys[0])
			}
			w.busy[m.Keys[0]] = true
		}
		w.mu.Unlock()
		time.Sleep(100 * time.Microsecond)
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, m := range ms {
			w.busy[m.Keys[0]] = false
		}
		if err := fail(); err != nil {
			return err
		}
		for _, m := range ms {
			s := m.Body.Sightings[0]
			if have := w.through[s.Attacker]; s.Through > have+1 {
				w.wrong = append(w.wrong, fmt.Sprintf("%s: %d after %d", s.Attacker, s.Through, have))
			}
			w.through[s.Attacker] = max(w.through[s.Attacker], s.Through)
		}
		return nil
	}
}

// all reports whether each attacker has been seen through n.
func (w *watch) all(attackers int, n uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	done := 0
	for _, through := range w.through {
		if through == n {
			done++
		}
	}
	return done == attackers
}

func (w *watch) check(t *testing.T) {
	t.Helper()
	if len(w.shared) > 0 || len(w.wrong) > 0 {
		t.Errorf("two had lanes %v in hand; out of order came %v", w.shared, w.wrong)
	}
}

// consume runs an instance until stop is called.
func consume(t *testing.T, b *bus.Bus, c bus.Consumer, handle func(context.Context, []*bus.Message[decnet.Sightings]) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- bus.AttackersSeen.Consume(ctx, b, c, handle) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// Whatever fails, a lane is in one instance's hand at a time and its messages are in order.
func TestALaneIsInOrderWhoeverServesIt(t *testing.T) {
	const attackers, n, instances = 60, 8, 3
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := newWatch()
	fail := func() error {
		switch rand.N(20) {
		case 0:
			return errors.New("odd")
		case 1:
			return bus.Later(errors.New("away"))
		}
		return nil
	}
	for i := range instances {
		defer consume(t, s.Connect("profiler"), bus.Consumer{Name: "profiler", Attempts: 100}, w.handler(i, fail))()
	}
	if err := b.Publish(t.Context(), seen(attackers, n)...); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all are seen", func() bool { return w.all(attackers, n) })
	w.check(t)
	if _, dead, err := bus.DeadLetters.Newest(t.Context(), b, 0); err != nil || dead != 0 {
		t.Errorf("%d dead letters, %v", dead, err)
	}
}

// Who ends leaves nothing with him; who is killed leaves it for Consumer.AckWait.
func TestALaneMovesToAnotherInstance(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(b *bus.Bus, release func(), stop func())
		wait time.Duration // the acknowledgement is waited for
	}{
		"stopped": {func(_ *bus.Bus, release, stop func()) { release(); stop() }, time.Hour},
		"killed":  {func(b *bus.Bus, release, stop func()) { b.Close(); release(); stop() }, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			s := bustest.Start(t)
			b := s.Connect("test")
			if err := b.EnsureTopology(t.Context()); err != nil {
				t.Fatal(err)
			}
			const attackers, n = 40, 3
			c := bus.Consumer{Name: "profiler", AckWait: test.wait}
			inHand, release := make(chan struct{}), make(chan struct{})
			first := s.Connect("first")
			var once sync.Once
			lane := ""
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				// One whose connection is cut off ends with an error, or not.
				_ = bus.AttackersSeen.Consume(ctx, first, c, func(_ context.Context, ms []*bus.Message[decnet.Sightings]) error {
					once.Do(func() { lane = ms[0].Keys[0]; close(inHand) })
					<-release
					return errors.New("nothing was done")
				})
			}()
			if err := b.Publish(t.Context(), seen(attackers, n)...); err != nil {
				t.Fatal(err)
			}
			<-inHand
			w := newWatch()
			stop := consume(t, s.Connect("second"), c, w.handler(1, func() error { return nil }))
			defer stop()
			eventually(t, "all other lanes are served", func() bool {
				w.mu.Lock()
				defer w.mu.Unlock()
				for a := range attackers {
					id := decnet.AttackerID(fmt.Sprintf("cb00%04x", a))
					if other := bus.AttackersSeen.Lane(string(id)) != lane; other && w.through[id] != n {
						return false
					} else if !other && w.through[id] != 0 {
						t.Fatalf("%s is in the hand of the first", id)
					}
				}
				return true
			})
			test.end(first, func() { close(release) }, func() { cancel(); <-ended })
			cancel()
			<-ended
			eventually(t, "the lane of the first is served", func() bool { return w.all(attackers, n) })
			w.check(t)
		})
	}
}

// One that is alone takes up at once what a predecessor left.
func TestAnExclusiveConsumerTakesOverLanes(t *testing.T) {
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), seen(40, 2)...); err != nil {
		t.Fatal(err)
	}
	c := bus.Consumer{Name: "profiler", AckWait: time.Hour, Exclusive: true}
	first := s.Connect("first")
	err := bus.AttackersSeen.Consume(t.Context(), first, c, func(context.Context, []*bus.Message[decnet.Sightings]) error {
		first.Close() // nobody hears of what it did
		return nil
	})
	if err == nil {
		t.Error("it went on without a connection")
	}
	w := newWatch()
	defer consume(t, b, c, w.handler(1, func() error { return nil }))()
	eventually(t, "all are seen", func() bool { return w.all(40, 2) })
	w.check(t)
}

func TestADeadLetterOfALaneIsReplayed(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), seen(3, 1)...); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	handled, bad := 0, true
	defer consume(t, b, bus.Consumer{Name: "profiler"}, func(_ context.Context, ms []*bus.Message[decnet.Sightings]) error {
		mu.Lock()
		defer mu.Unlock()
		for _, m := range ms {
			if bad && m.Body.Sightings[0].Attacker == "cb000001" {
				m.Drop(errors.New("not now"))
			} else {
				handled++
			}
		}
		return nil
	})()
	var letters []*bus.Message[decnet.DeadLetter]
	eventually(t, "one is dead", func() bool {
		var err error
		letters, _, err = bus.DeadLetters.Newest(t.Context(), b, 1)
		return err == nil && len(letters) == 1
	})
	mu.Lock()
	bad = false
	mu.Unlock()
	if err := b.ReplayLetter(t.Context(), letters[0].Sequence); err != nil {
		t.Fatal(err)
	}
	eventually(t, "three are handled", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return handled == 3
	})
}

func TestLanesAreDurables(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), seen(40, 1)...); err != nil {
		t.Fatal(err)
	}
	w := newWatch()
	stop := consume(t, b, bus.Consumer{Name: "profiler", Note: "n"}, w.handler(0, func() error { return nil }))
	eventually(t, "all are seen", func() bool { return w.all(40, 1) })
	stop()
	list, err := bus.AttackersSeen.Durables(t.Context(), b, "profiler-")
	if err != nil || len(list) != bus.AttackersSeen.Lanes || list[0].Note != "n" {
		t.Fatalf("have %d consumers, %v", len(list), err)
	}
	names := map[string]bool{}
	for _, d := range list {
		names[strings.TrimPrefix(d.Name, "profiler-")] = true
	}
	for a := range 1000 {
		if lane := bus.AttackersSeen.Lane(fmt.Sprint(a)); !names[lane] {
			t.Fatalf("%d is in lane %s, which nobody serves", a, lane)
		}
	}
	if err := bus.AttackersSeen.Consume(t.Context(), b, bus.Consumer{Name: "x", Ordered: true}, nil); err == nil {
		t.Error("an ordered consumer of lanes is not refused")
	}
}

// A message is done when it is as old as Linger wants it, with those that came by then.
func TestMessagesInLanesHaveAnAge(t *testing.T) {
	b := bustest.New(t)
	const linger = 300 * time.Millisecond
	begin := time.Now()
	if err := b.Publish(t.Context(), seen(20, 1)...); err != nil {
		t.Fatal(err)
	}
	w := newWatch()
	handle := w.handler(0, func() error { return nil })
	defer consume(t, b, bus.Consumer{Name: "c", Linger: linger}, func(ctx context.Context, ms []*bus.Message[decnet.Sightings]) error {
		if age := time.Since(begin); age < linger {
			t.Errorf("it is handled when it is %v old", age)
		}
		return handle(ctx, ms)
	})()
	eventually(t, "all are seen", func() bool { return w.all(20, 1) })
}
