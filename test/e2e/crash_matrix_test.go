package e2e_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/store"
)

var (
	crashRounds = flag.Int("crash-rounds", 9, "how many times TestCrashMatrix kills something; make crash has 200")
	crashOutage = flag.Duration("crash-outage", 5*time.Second, "how long TestCrashMatrix has the database down in its rounds of that kind")
)

// load writes events into the spool as a decoy process does, numbered, at a rate, into one
// segment after the other. Its clock jumps back now and then, in the events' times and in
// the names of the segments.
type load struct {
	*testing.T
	dir     string
	as      image
	written atomic.Int64
	quit    chan struct{}
	ended   chan struct{}
}

func startLoad(t *testing.T, dir string, as image) *load {
	t.Helper()
	as.own(t, dir)
	l := &load{T: t, dir: dir, as: as, quit: make(chan struct{}), ended: make(chan struct{})}
	go l.run()
	return l
}

const (
	loadRate     = 1000 // events per second
	loadPerFile  = 3000
	loadAttacker = 20
)

func (l *load) run() {
	defer close(l.ended)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for file := 0; ; file++ {
		back := time.Duration(0)
		if file%4 == 3 {
			back = time.Hour // the clock has jumped
		}
		seg, f, err := spool.Create(l.dir)
		if err != nil {
			l.Error(err)
			return
		}
		if l.as.user != 0 {
			_ = os.Chown(seg.Path(), l.as.user, l.as.user)
		}
		for n := 0; n < loadPerFile; n += loadRate / 100 {
			select {
			case <-l.quit:
				_ = f.Close()
				_ = spool.Seal(seg)
				return
			case <-tick.C:
			}
			for range loadRate / 100 {
				number := l.written.Load() + 1
				line := eventlog.Append(nil, &decnet.Event{
					Time: time.Now().Add(-back), Decky: "web-01", Service: "crash", Kind: decnet.KindCommand,
					Source: netip.AddrFrom4([4]byte{127, 0, 9, byte(number % loadAttacker)}), SourcePort: 50000, Session: "s1",
					Fields: map[string]string{decnet.FieldCommand: fmt.Sprint("echo ", number), decnet.FieldBoot: "load", decnet.FieldSeq: strconv.FormatInt(number, 10)},
				})
				if _, err := f.Write(spool.AppendFrame(nil, line)); err != nil {
					l.Error(err)
					return
				}
				l.written.Store(number)
			}
		}
		_ = f.Close()
		if err := spool.Seal(seg); err != nil {
			l.Error(err)
			return
		}
	}
}

func (l *load) stop() {
	close(l.quit)
	<-l.ended
}

// Whatever is killed at whatever moment, again and again and under load, each event is
// stored exactly once.
func TestCrashMatrix(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: a volume that can be full cannot be mounted")
	}
	d := newDistributed(t, "http://127.0.0.1:1")
	full := d.smallVolume("volume-bus", 768<<20)
	d.startNATS()
	d.startPostgres()
	d.startWorkers()
	d.all(60*time.Second, "is ready", func(p *process) bool { return p.value("msg=(ready)") != "" })
	l := startLoad(t, filepath.Join(d.dir, "volume-host", "spool"), d.images["collector"])
	cfg := store.Default()
	cfg.URL = d.databaseURL()

	restart := func(names ...string) func() {
		return func() {
			for _, n := range names {
				d.workers[n].kill()
			}
			time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
			for _, n := range names {
				d.workers[n].start()
			}
		}
	}
	var all []string
	for name := range d.workers {
		all = append(all, name)
	}
	kinds := []struct {
		name string
		do   func()
	}{
		{"collector", restart("collector")},
		{"ingester", restart("ingester-1")},
		{"both ingesters", restart("ingester-1", "ingester-2")},
		{"profiler", restart("profiler-1", "profiler-2")},
		{"bus", func() { d.nats.kill(); d.startNATS() }},
		{"database", func() { d.postgres.Kill(); d.postgres.Start() }},
		{"everything", func() {
			for _, n := range all {
				d.workers[n].kill()
			}
			d.nats.kill()
			d.postgres.Kill()
			d.postgres.Start()
			d.startNATS()
			for _, n := range all {
				d.workers[n].start()
			}
		}},
		// A NATS server gives up streams that it could not write, until it is restarted.
		{"full volume of the bus", func() { full(); d.nats.kill(); d.startNATS() }},
		{"database down for long", func() { d.postgres.Kill(); time.Sleep(*crashOutage); d.postgres.Start() }},
	}
	counts := map[string]int{}
	for round := range *crashRounds {
		kind := kinds[round%len(kinds)]
		if kind.name == "database down for long" && counts[kind.name] >= 2 {
			kind = kinds[rand.IntN(len(kinds)-1)]
		}
		time.Sleep(time.Duration(200+rand.IntN(1500)) * time.Millisecond) // wherever it is in the course of things
		kind.do()
		counts[kind.name]++
		if (round+1)%10 == 0 || round+1 == *crashRounds {
			t.Logf("round %d: %d events written", round+1, l.written.Load())
		}
	}
	l.stop()
	d.storedOnce(cfg, l.written.Load(), counts)
}

// storedOnce waits until all events are stored and compares each.
func (d *distributed) storedOnce(cfg store.Config, written int64, counts map[string]int) {
	t := d.T
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	sums := func() (events, profiled int64) {
		page, _, err := s.Attackers.List(t.Context(), store.AttackerQuery{Limit: store.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			events, profiled = events+int64(a.Events), profiled+int64(a.Profiled)
		}
		return events, profiled
	}
	eventually(t, 3*time.Minute, "every event is stored and in a profile", func() bool {
		events, profiled := sums()
		return events >= written && profiled >= written
	})
	time.Sleep(time.Second) // one too many would come now
	seen, repeated := make([]bool, written+1), 0
	for n := range loadAttacker {
		id, last := decnet.AttackerIDOf(netip.AddrFrom4([4]byte{127, 0, 9, byte(n)})), uint64(0)
		for {
			page, err := s.Events.Timeline(t.Context(), id, last, store.MaxLimit)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				if e.Seq != last+1 {
					t.Fatalf("attacker %s has event %d after %d", id, e.Seq, last)
				}
				last = e.Seq
				number, err := strconv.Atoi(e.Fields[decnet.FieldSeq])
				if err != nil || seen[number] {
					repeated++
					continue
				}
				seen[number] = true
			}
			if len(page) < store.MaxLimit {
				break
			}
		}
	}
	stored := 0
	for _, ok := range seen[1:] {
		if ok {
			stored++
		}
	}
	missing, err := s.Events.Count(t.Context(), store.EventQuery{Kind: decnet.KindMissing})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("killed %v; %d events written, %d stored, %d of them twice, %d reports of missing ones", counts, written, stored, repeated, missing)
	if int64(stored) != written || repeated > 0 || missing > 0 {
		t.Errorf("want all of them stored, once")
	}
}

// smallVolume mounts a volume of few bytes and returns what fills it for a while.
func (d *distributed) smallVolume(name string, size int) (fill func()) {
	t := d.T
	t.Helper()
	dir := filepath.Join(d.dir, name)
	image{dir: d.dir}.own(t, dir)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.nats // it has ended: processes end before folders go
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return func() {
		path := filepath.Join(dir, "filler")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		block := make([]byte, 1<<20)
		for size := len(block); size > 0; size /= 2 { // until not a byte is left
			for {
				if _, err := f.Write(block[:size]); err != nil {
					break
				}
			}
		}
		_ = f.Close()
		time.Sleep(3 * time.Second)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// databaseURL is the database as a worker gets to it.
func (d *distributed) databaseURL() string {
	env := d.file.Services["postgres"].Environment
	return fmt.Sprintf("postgres://%s:%s@%s/%s", env["POSTGRES_USER"], env["POSTGRES_PASSWORD"], d.dbDoor.addr(), env["POSTGRES_DB"])
}
