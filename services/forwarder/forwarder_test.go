package forwarder_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

func TestLinesGoToTheirTargetAlone(t *testing.T) {
	r := newRig(t)
	a, b := newSink(t, nil), newSink(t, nil)
	a.come()
	b.come()
	r.log(a.target(), "older than any decky") // what was logged before is not asked for
	time.Sleep(10 * time.Millisecond)
	r.wants("a", a.target())
	r.wants("b", b.target())
	f := r.start()
	lines := numbered(0, 300)
	for i, line := range lines {
		r.log([]decnet.LogTarget{a.target(), b.target(), ""}[i%3], line)
	}
	pick := func(k int) (out []string) {
		for i := k; i < len(lines); i += 3 {
			out = append(out, lines[i])
		}
		return out
	}
	r.gets(a, append([]string{"older than any decky"}, pick(0)...)) // within the clocks' difference
	r.gets(b, pick(1))
	workertest.Eventually(t, "all are counted", func() bool { return f.counter("log_target_sent") == 201 })
	f.isWell(t)
}

// Whoever is killed, restarted or away: every line arrives, in order.
func TestEveryLineArrivesWhoeverFails(t *testing.T) {
	ca := newAuthority(t)
	for _, network := range []string{"tcp", "tls"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			s := newSink(t, nil)
			if network == "tls" {
				s.secure = ca.server()
				r.cfg.CA = ca.file
				r.cfg.Cert, r.cfg.Key = ca.issue("forwarder.test")
			}
			r.wants("a", s.target())
			const pieces, size = 120, 25
			var chaos sync.WaitGroup
			over := make(chan struct{})
			chaos.Go(func() {
				for i := 0; ; i++ {
					s.cruel.Store(i%3 == 2)
					s.come()
					wait := 700*time.Millisecond + rand.N(500*time.Millisecond)
					if s.cruel.Load() {
						wait = 300 * time.Millisecond
					}
					select {
					case <-over:
					case <-time.After(wait):
					}
					s.leave()
					select {
					case <-over:
						s.cruel.Store(false)
						s.come()
						return
					case <-time.After(rand.N(100 * time.Millisecond)):
					}
				}
			})
			chaos.Go(func() {
				for {
					f := r.start()
					select {
					case <-over:
						return
					case <-time.After(500*time.Millisecond + rand.N(2*time.Second)):
					}
					f.stop()
				}
			})
			for i := range pieces {
				r.log(s.target(), numbered(i*size, (i+1)*size)...)
				r.log("other:514", "not for here")
				time.Sleep(rand.N(80 * time.Millisecond))
			}
			close(over)
			chaos.Wait()
			r.gets(s, numbered(0, pieces*size))
		})
	}
}

func TestATargetThatIsAwayGetsItsLinesWhenItComes(t *testing.T) {
	r := newRig(t)
	away, here := newSink(t, nil), newSink(t, nil)
	here.come()
	r.wants("a", away.target()) // deployed while nobody forwards and the receiver is away
	r.wants("b", here.target())
	r.log(away.target(), numbered(0, 1000)...)
	f := r.start()
	f.says(t, "log target "+string(away.target())+" is away: ", "connection refused")
	r.log(here.target(), numbered(0, 10)...)
	r.gets(here, numbered(0, 10)) // is not kept waiting
	away.come()
	r.gets(away, numbered(0, 1000))
	f.isWell(t)
	if f.counter("log_target_lost") != 0 || f.counter("log_target_resent") != 0 {
		t.Errorf("have %v", f.env.Health.Snapshot().Counters)
	}
}

func TestATargetThatNobodyNamesGetsWhatIsLeft(t *testing.T) {
	r := newRig(t)
	s, next := newSink(t, nil), newSink(t, nil)
	next.come()
	r.wants("a", s.target())
	f := r.start()
	r.log(s.target(), numbered(0, 50)...)
	f.says(t, "is away")
	r.wants("a", next.target()) // the fleet changes
	r.log(s.target(), numbered(50, 60)...)
	r.log(next.target(), numbered(60, 70)...)
	r.gets(next, numbered(60, 70))
	f.stop()
	f = r.start() // and another one knows of it
	s.come()
	r.gets(s, numbered(0, 60))
	workertest.Eventually(t, "its consumer is gone", func() bool { return slices.Equal(r.durables(), []string{string(next.target())}) })
	f.isWell(t)

	r.wants("b", s.target()) // what it got does not come again
	before := len(s.lines())
	r.log(s.target(), numbered(70, 80)...)
	r.gets(s, append(numbered(0, 60), numbered(70, 80)...))
	if n := len(s.lines()) - before; n > 20+60 { // lines younger than the clocks' difference may
		t.Errorf("%d lines came", n)
	}
}

func TestATargetThatNobodyNamesIsGivenUpInTheEnd(t *testing.T) {
	r := newRig(t)
	r.limit = 600 * time.Millisecond
	s := newSink(t, nil)
	r.wants("a", s.target())
	f := r.start()
	r.log(s.target(), numbered(0, 50)...)
	f.says(t, "is away")
	r.forgets("a")
	workertest.Eventually(t, "its consumer is gone", func() bool { return len(r.durables()) == 0 })
	f.isWell(t)
}

func TestTwoInstancesAreOne(t *testing.T) {
	r := newRig(t)
	s := newSink(t, nil)
	s.come()
	r.wants("a", s.target())
	one, two := r.start(), r.start()
	r.log(s.target(), numbered(0, 100)...)
	r.gets(s, numbered(0, 100))
	if len(s.lines()) != 100 {
		t.Errorf("%d lines came for 100", len(s.lines()))
	}
	if one.counter("log_target_sent") == 0 {
		one, two = two, one
	}
	one.die()
	r.log(s.target(), numbered(100, 200)...)
	r.gets(s, numbered(0, 200))
	workertest.Eventually(t, "the other did it", func() bool { return two.counter("log_target_sent") >= 100 })
}

func TestLinesThatTheBusGaveUpAreCounted(t *testing.T) {
	r := newRig(t)
	s := newSink(t, nil)
	r.wants("a", s.target())
	f := r.start()
	r.log(s.target(), "one")
	f.says(t, "is away")
	r.log(s.target(), numbered(0, 2000)...)
	r.server.Keep(bus.LogsRaw.Stream, 100)
	r.log(s.target(), "last")
	s.come()
	workertest.Eventually(t, "the last is there", func() bool { l := s.lines(); return len(l) > 0 && l[len(l)-1] == "last" })
	workertest.Eventually(t, "the lost ones are counted", func() bool {
		return f.counter("log_target_lost")+f.counter("log_target_sent") == 2002 && f.counter("log_target_lost") > 0
	})
}

func TestOverUDP(t *testing.T) {
	r := newRig(t)
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := conn.LocalAddr().String()
	_ = conn.Close()
	target := decnet.LogTarget("udp://" + address)
	r.wants("a", target)
	f := r.start()
	r.log(target, numbered(0, 200)...)
	f.says(t, "is away", "connection refused")
	if conn, err = net.ListenPacket("udp", address); err != nil {
		t.Skip("the port is somebody else's now: ", err)
	}
	w := new(well)
	var reading sync.WaitGroup
	reading.Go(func() { w.read(conn) })
	defer reading.Wait()
	defer func() { _ = conn.Close() }()
	r.gets(w, numbered(0, 200))
	f.isWell(t)
	long, most := header+strings.Repeat("é", 5000), r.cfg.MaxLine
	r.log(target, long)
	r.gets(w, append(numbered(0, 200), long[:most-(most-len(header))%2]))
	workertest.Eventually(t, "the cut is counted", func() bool { return f.counter("log_target_cut") == 1 })
}

func TestThereIsABoundOfTargets(t *testing.T) {
	r := newRig(t)
	s := newSink(t, nil)
	for i := range 66 {
		r.wants(fmt.Sprint("d", i), decnet.LogTarget(fmt.Sprintf("%s%d", strings.TrimRight(s.address, "0123456789"), 1+i)))
	}
	f := r.start()
	f.says(t, "2 log targets get nothing: at most 64 are served")
	for i := range 2 {
		r.forgets(fmt.Sprint("d", i))
	}
	f.isWell(t)
	if _, err := bus.LogsRaw.Durables(t.Context(), r.bus, "forwarder-"); err != nil {
		t.Error(err)
	}
}
