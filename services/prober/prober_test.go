package prober_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/prober"
)

func TestProbe(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, false)
	env, _ := r.start(config(h.port))
	r.see(attacker)
	r.until("the finding is told", func() bool { return len(r.told()) == 1 })
	p := r.told()[0]
	if p.Attacker != decnet.AttackerIDOf(attacker) || p.Address != attacker || p.Host != workertest.Host || p.Kind != "service_banner" || p.Port != h.port ||
		p.Fields["banner"] != "220 ready" || p.Changed || time.Since(p.Time) > time.Minute {
		t.Errorf("told %+v", p)
	}
	if e := p.Event(); e.Service != "prober" || e.Attacker != p.Attacker {
		t.Errorf("its event is %+v", e)
	}
	if counter(env, "found") != 1 || counter(env, "attackers") != 1 || counter(env, "connections") != 1 {
		t.Errorf("health is %+v", env.Health.Snapshot().Counters)
	}
}

// One probe of a kind, port and attacker in a window: whatever is seen, restarted or started
// beside it.
func TestWindow(t *testing.T) {
	r := newRig(t)
	h, other := newHost(t, attacker, false), newHost(t, netip.MustParseAddr("127.0.0.21"), false)
	var stops []func()
	var envs []worker.Env
	for range 3 {
		env, stop := r.start(config(h.port, other.port))
		stops, envs = append(stops, stop), append(envs, env)
	}
	for range 20 {
		r.see(attacker)
	}
	r.until("it is told", func() bool { return len(r.told()) == 1 })
	for _, stop := range stops {
		stop()
	}
	env, stop := r.start(config(h.port, other.port))
	// One after the other in a lane, so what comes after is handled after.
	r.see(attacker, attacker, netip.MustParseAddr("127.0.0.21"))
	r.until("the other is told", func() bool { return len(r.told()) == 2 })
	r.until("the queue is empty", func() bool { return counter(env, "attackers") >= 1 })
	stop()
	if h.connections.Load() != 1 || other.connections.Load() != 1 {
		t.Errorf("%d and %d connections, want one each", h.connections.Load(), other.connections.Load())
	}
	// A port more is asked, and it alone.
	more := newHost(t, attacker, false)
	r.start(config(h.port, other.port, more.port))
	r.see(attacker)
	r.until("the new port is told", func() bool { return len(r.told()) == 3 })
	if h.connections.Load() != 1 || more.connections.Load() != 1 {
		t.Errorf("%d and %d connections, want one each", h.connections.Load(), more.connections.Load())
	}
	_ = envs
}

// age makes what is known of an attacker older.
func (r *rig) age(a netip.Addr, by time.Duration) {
	r.Helper()
	id := string(decnet.AttackerIDOf(a))
	e, found, err := bus.Probes.Get(r.Context(), r.bus, id)
	if err != nil || !found {
		r.Fatal(found, err)
	}
	for k, m := range e.Value.Probes {
		m.Begun = m.Begun.Add(-by)
		e.Value.Probes[k] = m
	}
	if _, err := bus.Probes.Put(r.Context(), r.bus, e.Value, e.Revision, id); err != nil {
		r.Fatal(err)
	}
}

func TestRotationIsTold(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, false)
	for i, step := range []struct {
		line    string
		changed bool
	}{{"220 one", false}, {"220 one", false}, {"220 two", true}, {"220 two", false}} {
		h.says(step.line)
		_, stop := r.start(config(h.port))
		r.see(attacker)
		r.until("it is told", func() bool { return len(r.told()) == i+1 })
		stop()
		p := r.told()
		last := p[len(p)-1]
		if p[0].Time.After(last.Time) {
			last = p[0]
		}
		if last.Changed != step.changed || step.changed && last.Previous != "220 one" || last.Fields["banner"] != step.line {
			t.Errorf("step %d: told %+v", i, last)
		}
		r.age(attacker, 25*time.Hour)
	}
}

func (r *rig) turn(off bool) {
	r.Helper()
	if err := bus.Switches.Set(r.Context(), r.bus, decnet.Switch{Off: off, Since: time.Now()}, prober.SwitchKey); err != nil {
		r.Fatal(err)
	}
}

// The switch ends what is going on at once, on all instances, and holds for those that start
// later. What was not begun is due once it is on again.
func TestSwitch(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, true)
	late := newHost(t, attacker, false)
	cfg := config(h.port, late.port)
	cfg.Timeout, cfg.Budget = time.Minute, time.Hour
	a, _ := r.start(cfg)
	b, stop := r.start(cfg)
	r.see(attacker)
	<-h.connected
	begun := time.Now()
	r.turn(true)
	isOff := func(env worker.Env) bool { return env.Health.Snapshot().Status == decnet.StatusDegraded }
	r.until("both know", func() bool { return isOff(a) && isOff(b) })
	r.until("the probe has ended", func() bool { return counter(a, "attackers")+counter(b, "attackers") == 1 })
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	stop()
	c, _ := r.start(cfg)
	if !isOff(c) {
		t.Errorf("one that starts is %+v", c.Health.Snapshot())
	}
	r.see(attacker, netip.MustParseAddr("127.0.0.22"))
	r.until("they are refused", func() bool { return counter(a, "refused")+counter(c, "refused") >= 2 })
	if h.connections.Load() != 1 || late.connections.Load() != 0 {
		t.Errorf("%d and %d connections while it was off", h.connections.Load(), late.connections.Load())
	}
	r.turn(false)
	r.until("both know", func() bool { return !isOff(a) && !isOff(c) })
	r.see(attacker)
	r.until("the rest is told", func() bool { return len(r.told()) == 1 })
	if h.connections.Load() != 1 || late.connections.Load() != 1 {
		t.Errorf("%d and %d connections, want one each", h.connections.Load(), late.connections.Load())
	}
}

func TestDry(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, false)
	cfg := config(h.port)
	cfg.Dry = true
	env := workertest.Env(t, "prober", r.server.Connect("prober"))
	var log lockedBuffer
	env.Log = slog.New(slog.NewTextHandler(&log, nil))
	stop := r.startAs(cfg, env)
	r.see(attacker, attacker)
	r.until("it says so", func() bool { return counter(env, "dry") == 1 })
	stop()
	if want := fmt.Sprintf(`msg="dry: would probe" attacker=127.0.0.20 tasks=[banner-%d]`, h.port); strings.Count(log.String(), want) != 1 {
		t.Errorf("the log has %s, want %s", log.String(), want)
	}
	_, found, err := bus.Probes.Get(t.Context(), r.bus, string(decnet.AttackerIDOf(attacker)))
	if err != nil || found || h.connections.Load() != 0 || len(r.told()) != 0 {
		t.Errorf("found %v, %v; %d connections; told %v", found, err, h.connections.Load(), r.told())
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Who is muted, a decky, old news or one too many is not probed.
func TestWhoIsLeftOut(t *testing.T) {
	r := newRig(t)
	muted, decky, stale, fine := netip.MustParseAddr("127.0.0.31"), netip.MustParseAddr("127.0.0.32"), netip.MustParseAddr("127.0.0.33"), netip.MustParseAddr("127.0.0.34")
	h := newHost(t, fine, false)
	label := decnet.SourceLabel{Prefix: netip.PrefixFrom(muted, 32), Name: "ours", Kind: decnet.LabelOwn, Mute: true}
	if err := bus.Labels.Set(t.Context(), r.bus, label, label.Key()); err != nil {
		t.Fatal(err)
	}
	if err := bus.Fleet.Set(t.Context(), r.bus, decnet.Decky{Name: "web-01", Host: "h1", Address: decky}, "h1", "web-01"); err != nil {
		t.Fatal(err)
	}
	env, _ := r.start(config(h.port))
	r.see(muted, decky)
	r.seeAt(stale, time.Now().Add(-2*time.Hour))
	r.see(fine)
	r.until("the last is told", func() bool { return len(r.told()) == 1 })
	r.until("the others are counted", func() bool { return counter(env, "refused") == 2 && counter(env, "stale") == 1 })
	if n := counter(env, "connections"); n != 1 {
		t.Errorf("%d connections", n)
	}
	// A decky that is no more is anybody's address.
	e, found, err := bus.Fleet.Get(t.Context(), r.bus, "h1", "web-01")
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if err := bus.Fleet.Delete(t.Context(), r.bus, e.Revision, "h1", "web-01"); err != nil {
		t.Fatal(err)
	}
	r.until("it is probed", func() bool { r.see(decky); return counter(env, "attackers") == 2 })
}

// What does not fit is counted, and comes with its next sighting.
func TestQueueIsBounded(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, true)
	cfg := config(h.port)
	cfg.Queue, cfg.Concurrency, cfg.Timeout, cfg.Budget = 2, 1, time.Minute, time.Hour
	env, _ := r.start(cfg)
	r.see(attacker)
	<-h.connected // the only worker has it in hand
	addrs := make([]netip.Addr, 10)
	for i := range addrs {
		addrs[i] = netip.AddrFrom4([4]byte{127, 0, 1, byte(i)})
	}
	r.see(addrs...)
	r.until("what does not fit is counted", func() bool { return counter(env, "overflow") == 8 })
}

// What is in hand when the worker is told to end is written down.
func TestEnd(t *testing.T) {
	r := newRig(t)
	h, hold := newHost(t, attacker, false), newHost(t, attacker, true)
	cfg := config(h.port, hold.port)
	cfg.Timeout, cfg.Budget = time.Minute, time.Hour
	_, stop := r.start(cfg)
	r.see(attacker)
	<-hold.connected
	stop()
	if told := r.told(); len(told) != 1 || told[0].Port != h.port {
		t.Errorf("told %+v", told)
	}
	e, found, err := bus.Probes.Get(context.WithoutCancel(t.Context()), r.bus, string(decnet.AttackerIDOf(attacker)))
	if err != nil || !found || e.Value.Probes[fmt.Sprintf("banner-%d", h.port)].Value != "220 ready" {
		t.Errorf("kept %+v, %v", e, err)
	}
}

func TestDisabled(t *testing.T) {
	r := newRig(t)
	h := newHost(t, attacker, false)
	cfg := config(h.port)
	cfg.Enabled = false
	_, stop := r.start(cfg)
	r.see(attacker)
	stop()
	if h.connections.Load() != 0 {
		t.Errorf("%d connections", h.connections.Load())
	}
}
