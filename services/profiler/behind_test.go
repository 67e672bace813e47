package profiler_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/profiler"
)

// many stores n events of the attacker, a thousand at a time, and returns the last sighting.
func (r *rig) many(n int) (s decnet.Sighting) {
	r.Helper()
	for n > 0 {
		var events []decnet.Event
		for range min(n, 1000) {
			events = append(events, r.event(decnet.KindConnect, "ssh", nil))
		}
		n -= len(events)
		s = r.ingest(events...)
	}
	return s
}

func (r *rig) startWith(change func(*profiler.Profiler)) {
	r.Helper()
	env := workertest.Env(r.T, "profiler", r.bus)
	p, err := profiler.New(profiler.Config{}, env, r.store.Events, r.store.Attackers, r.store.Credentials)
	if err != nil {
		r.Fatal(err)
	}
	change(p)
	workertest.Start(r.T, env, p.Run)
}

// One who is far behind is handed on, gets a turn of one page, and queues again until all
// is folded; sightings that come meanwhile do no harm.
func TestWhoIsFarBehindIsProfiledInTurns(t *testing.T) {
	r := newRig(t)
	last := r.many(4500)
	r.startWith(func(p *profiler.Profiler) { p.Turn(0) })
	r.see(last)
	r.see(decnet.Sighting{Attacker: last.Attacker, Address: last.Address, Through: 3})
	r.see(last)
	if p := r.profile(4500); p.Events != 4500 || p.Sessions != 4500 {
		t.Errorf("have %d events and %d sessions", p.Events, p.Sessions)
	}
	workertest.Eventually(t, "the profile is published", func() bool {
		ms, _, err := bus.AttackersProfiled.Newest(t.Context(), r.bus, 1)
		return err == nil && len(ms) == 1 && ms[0].Body.Through == 4500
	})
	if _, turns, err := bus.AttackersBehind.Newest(t.Context(), r.bus, 0); err != nil || turns < 4 {
		t.Errorf("it had %d turns, %v", turns, err)
	}
}

// Events that are not there any more are no reason to wait for them.
func TestRemovedEventsAreGoneWithout(t *testing.T) {
	for _, n := range []int{20, profiler.MaxNew + 20} {
		r := newRig(t)
		r.many(n)
		if _, err := r.store.Retain(t.Context(), time.Now().AddDate(1, 0, 0)); err != nil {
			t.Fatal(err)
		}
		r.start()
		last := r.many(5)
		r.see(last)
		if p := r.profile(last.Through); p.Events != 5 {
			t.Errorf("have %d events of %d, want the last 5", p.Events, last.Through)
		}
	}
}

// What nobody told of, or an earlier version did, is found when a profiler starts; and the
// consumer of that version goes.
func TestMissedSightingsAreFound(t *testing.T) {
	s := bustest.Start(t)
	r := &rig{T: t, bus: s.Connect("test"), store: storetest.Open(t)}
	if err := r.bus.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.many(700)
	old := bus.Topic[decnet.Sighting]{Info: bus.Info{
		Name: "attackers.seen", Keys: []string{"attacker"}, Stream: bus.AttackersSeen.Stream, Type: "decnet.attackers.seen.v1",
	}}
	ctx, cancel := context.WithCancel(t.Context())
	seen := decnet.Sighting{Attacker: "cb007107", Address: netip.MustParseAddr("203.0.113.7"), Through: 699}
	if err := r.bus.Publish(ctx, old.New(ctx, "first", seen, "cb007107")); err != nil {
		t.Fatal(err)
	}
	err := old.Consume(ctx, r.bus, bus.Consumer{Name: "profiler"}, func(context.Context, []*bus.Message[decnet.Sighting]) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.bus.Publish(t.Context(), old.New(t.Context(), "second", seen, "cb007107")); err != nil {
		t.Fatal(err)
	}
	r.start()
	if p := r.profile(700); p.Events != 700 {
		t.Errorf("have %d events", p.Events)
	}
	workertest.Eventually(t, "the old consumer is gone", func() bool {
		all, err := bus.AttackersSeen.Durables(t.Context(), r.bus, "profiler")
		for _, d := range all {
			if d.Name == "profiler" {
				return false
			}
		}
		return err == nil
	})
	if _, dead, err := bus.DeadLetters.Newest(t.Context(), r.bus, 0); err != nil || dead != 0 {
		t.Errorf("%d dead letters, %v", dead, err)
	}
}
