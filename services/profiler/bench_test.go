package profiler_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/profiler"
)

// field is a durable bus and store with many attackers.
type field struct {
	*testing.B
	server  *bustest.Server
	bus     *bus.Bus
	store   *store.Store
	made    int64
	through map[decnet.AttackerID]uint64
}

func newField(b *testing.B) *field {
	b.Helper()
	f := &field{B: b, server: bustest.StartDurable(b), store: storetest.Open(b), through: map[decnet.AttackerID]uint64{}}
	f.bus = f.server.Connect("bench")
	if err := f.bus.EnsureTopology(b.Context()); err != nil {
		b.Fatal(err)
	}
	return f
}

// start runs one more instance, with a connection of its own.
func (f *field) start(cfg profiler.Config, change func(*profiler.Profiler)) (worker.Env, func()) {
	env := workertest.Env(f.B, "profiler", f.server.Connect("profiler"))
	p, err := profiler.New(cfg, env, f.store.Events, f.store.Attackers, f.store.Credentials)
	if err != nil {
		f.Fatal(err)
	}
	if change != nil {
		change(p)
	}
	return env, workertest.Start(f.B, env, p.Run)
}

// event is the next event of the n-th attacker.
func (f *field) event(n int) decnet.Event {
	f.made++
	source := netip.AddrFrom4([4]byte{100, byte(n >> 16), byte(n >> 8), byte(n)})
	e := decnet.Event{
		ID: decnet.EventID("h", "bench", f.made), Time: time.Unix(1_800_000_000, f.made*1000), Host: "h", Decky: fmt.Sprintf("decky-%02d", f.made%50),
		Service: "ssh", Kind: decnet.KindAuthAttempt, Attacker: decnet.AttackerIDOf(source), Source: source, SourcePort: 40000,
		Session: fmt.Sprintf("%016x", f.made/4), Fields: storetest.Login("root", fmt.Sprint("password", f.made%500), false),
	}
	switch f.made % 4 {
	case 0:
		e.Kind, e.Fields = decnet.KindConnect, nil
	case 3:
		e.Kind, e.Fields = decnet.KindCommand, map[string]string{decnet.FieldCommand: "uname -a; cat /proc/cpuinfo"}
	}
	f.through[e.Attacker]++
	return e
}

// ingest stores events, 2000 in a transaction, and returns the messages that the ingester
// would publish.
func (f *field) ingest(n int, attacker func(i int) int) (out [][]bus.Outgoing) {
	f.Helper()
	for n > 0 {
		events := make([]decnet.Event, min(n, 2000))
		for i := range events {
			events[i] = f.event(attacker(i))
		}
		n -= len(events)
		done, err := f.store.Ingest(f.Context(), events)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, sightings(done.Sightings))
	}
	return out
}

func sightings(all []decnet.Sighting) (out []bus.Outgoing) {
	for _, s := range decnet.DivideSightings(all, bus.AttackersSeen.Lane) {
		out = append(out, bus.AttackersSeen.New(context.Background(), s.ID(), s, s.Lane(bus.AttackersSeen.Lane)))
	}
	return out
}

func (f *field) publish(batches [][]bus.Outgoing) {
	f.Helper()
	for _, out := range batches {
		if err := f.bus.Publish(f.Context(), out...); err != nil {
			f.Fatal(err)
		}
	}
}

// await waits until the instances have folded that many events.
func (f *field) await(events int64, envs ...worker.Env) {
	f.Helper()
	for {
		have := int64(0)
		for _, env := range envs {
			have += env.Health.Snapshot().Counters["events"]
		}
		if have >= events {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// check compares every profile with what was stored.
func (f *field) check() {
	f.Helper()
	for id, want := range f.through {
		if p, err := f.store.Attackers.Profile(context.Background(), id); err != nil || p.Through != want || p.Events != want {
			f.Fatalf("%s is profiled through %d with %d events, want %d: %v", id, p.Through, p.Events, want, err)
		}
	}
}

// BenchmarkProfiler profiles waves of 100,000 events of 10,000 attackers, each wave
// stored before it is timed. The bus and the store wait for the disk.
func BenchmarkProfiler(b *testing.B) {
	const attackers, wave = 10_000, 100_000
	f := newField(b)
	events := int64(0)
	next := 0
	for b.Loop() {
		b.StopTimer()
		out := f.ingest(wave, func(int) int { next++; return next * 7919 % attackers })
		env, stop := f.start(profiler.Default(), nil)
		b.StartTimer()
		f.publish(out)
		f.await(wave, env)
		stop() // after it has published the last of them
		events += wave
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	f.check()
}

// BenchmarkInstances profiles as many events with one instance and with eight, where each
// event takes a millisecond longer, and reports by how much eight are faster.
func BenchmarkInstances(b *testing.B) {
	const attackers, events = 10_000, 16_000
	one := 0.0
	for _, instances := range []int{1, 8} {
		b.Run(fmt.Sprint(instances), func(b *testing.B) {
			f := newField(b)
			total, next := int64(0), 0
			for b.Loop() {
				b.StopTimer()
				out := f.ingest(events, func(int) int { next++; return next * 7919 % attackers })
				var envs []worker.Env
				var stops []func()
				for range instances {
					env, stop := f.start(profiler.Default(), func(p *profiler.Profiler) { p.Slow(time.Millisecond) })
					envs, stops = append(envs, env), append(stops, stop)
				}
				b.StartTimer()
				f.publish(out)
				f.await(events, envs...)
				b.StopTimer()
				total += events
				for _, stop := range stops {
					stop()
				}
				b.StartTimer()
			}
			rate := float64(total) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "events/s")
			if instances == 1 {
				one = rate
			} else if one > 0 {
				b.ReportMetric(rate/one, "times-one")
			}
			f.check()
		})
	}
}
