package profiler_test

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"sync"
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
	const attackers = 10_000
	one := 0.0
	for _, instances := range []int{1, 8} {
		events := 6_000 * instances
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
				f.await(int64(events), envs...)
				b.StopTimer()
				total += int64(events)
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

// BenchmarkNoisyAttacker has a thousand attackers cause 500 events a second, alone and
// beside one who causes 4,500 and has 20,000 waiting when it begins, and reports how long
// after an event was stored a profile that covers it is published.
func BenchmarkNoisyAttacker(b *testing.B) {
	alone := 0.0
	for _, noise := range []int{0, 90} {
		b.Run(fmt.Sprint(noise), func(b *testing.B) {
			var delays []time.Duration
			for b.Loop() {
				delays = append(delays, newField(b).watchOthers(noise)...)
			}
			slices.Sort(delays)
			ms := func(q int) float64 { return float64(delays[len(delays)*q/100].Microseconds()) / 1000 }
			b.ReportMetric(ms(50), "p50-ms")
			b.ReportMetric(ms(99), "p99-ms")
			if noise == 0 {
				alone = ms(99)
			} else if alone > 0 {
				b.ReportMetric(ms(99)-alone, "p99-later-ms")
			}
		})
	}
}

// watchOthers stores events for ten seconds, noise percent of them one attacker's, and
// returns how long those of the others waited.
func (f *field) watchOthers(noise int) (delays []time.Duration) {
	f.Helper()
	const noisy, others, every, rounds = 1 << 20, 1000, 20 * time.Millisecond, 500
	var mu sync.Mutex
	stored := map[decnet.AttackerID][]time.Time{} // by number, of the others
	ctx, cancel := context.WithCancel(f.Context())
	ended := make(chan error, 1)
	covered, missing := map[decnet.AttackerID]uint64{}, 0
	go func() {
		ended <- bus.AttackersProfiled.Consume(ctx, f.server.Connect("reader"), bus.Consumer{Name: "reader"}, func(_ context.Context, ms []*bus.Message[decnet.Profile]) error {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range ms {
				times := stored[m.Body.Attacker]
				for ; covered[m.Body.Attacker] < min(m.Body.Through, uint64(len(times))); missing-- {
					delays = append(delays, time.Since(times[covered[m.Body.Attacker]]))
					covered[m.Body.Attacker]++
				}
			}
			return nil
		})
	}()
	env, stop := f.start(profiler.Default(), nil)
	f.publish(f.ingest(1, func(int) int { return others })) // it serves all lanes when it has seen that
	f.await(1, env)
	if noise > 0 {
		f.ingest(20_000, func(int) int { return noisy })
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	n := 0
	for range rounds {
		<-tick.C
		var events []decnet.Event
		for range 10 {
			n++
			events = append(events, f.event(n*7919%others))
		}
		for range 10 * noise / (100 - noise) {
			events = append(events, f.event(noisy))
		}
		mu.Lock() // so that nobody is told of what is not noted
		done, err := f.store.Ingest(f.Context(), events)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range done.Events[:10] {
			stored[e.Attacker] = append(stored[e.Attacker], time.Now())
			missing++
		}
		mu.Unlock()
		f.publish([][]bus.Outgoing{sightings(done.Sightings)})
	}
	workertest.Eventually(f, "all events are covered", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return missing == 0
	})
	stop()
	cancel()
	if err := <-ended; err != nil {
		f.Fatal(err)
	}
	return delays
}

var manyAttackers = flag.Int("attackers", 20_000, "how many attackers BenchmarkManyAttackers has")

// BenchmarkManyAttackers profiles that many attackers with two events each, and reports
// the memory that is in use afterwards and how long it takes to look for those whose
// profiles are not current.
func BenchmarkManyAttackers(b *testing.B) {
	for b.Loop() {
		f := newField(b)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		env, _ := f.start(profiler.Default(), nil)
		total, peak := int64(0), uint64(0)
		for from := 0; from < *manyAttackers; from += 10_000 {
			// Each batch of the store has 1,000 attackers twice.
			f.publish(f.ingest(20_000, func(int) int { return from + int(f.made/2)%10_000 }))
			total += 20_000
			f.await(total, env)
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		begin := time.Now()
		for id := decnet.AttackerID(""); ; {
			behind, next, err := f.store.Attackers.Behind(b.Context(), id, store.MaxLimit)
			if err != nil || len(behind) > 0 {
				b.Fatalf("%d are behind, %v", len(behind), err)
			}
			if id = next; id == "" {
				break
			}
		}
		b.ReportMetric(time.Since(begin).Seconds(), "s/sweep")
		b.ReportMetric(float64(after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))/(1<<20), "MB")
		b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
	}
}
