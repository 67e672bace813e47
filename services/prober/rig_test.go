package prober_test

import (
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/prober"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var attacker = netip.MustParseAddr("127.0.0.20")

// host is an attacker's host with one port, which says a line to everybody.
type host struct {
	port        uint16
	line        atomic.Pointer[string]
	connections atomic.Int64
	connected   chan struct{} // has an element for each connection, as far as somebody takes them
}

// newHost listens at address until the test ends. With hold it says nothing, and waits for
// the peer to go.
func newHost(t *testing.T, address netip.Addr, hold bool) *host {
	t.Helper()
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: address.AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	h := &host{port: l.Addr().(*net.TCPAddr).AddrPort().Port(), connected: make(chan struct{}, 1000)}
	h.says("220 ready")
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			h.connections.Add(1)
			h.connected <- struct{}{}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				if !hold {
					_, _ = c.Write([]byte(*h.line.Load() + "\r\n"))
				}
				_, _ = c.Read(make([]byte, 1))
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return h
}

func (h *host) says(line string) { h.line.Store(&line) }

// rig is a bus with as many probers as a test wants, and all that they tell.
type rig struct {
	*testing.T
	bus    *bus.Bus
	server *bustest.Server
	n      int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	s := bustest.Start(t)
	r := &rig{T: t, server: s, bus: s.Connect("test")}
	if err := r.bus.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// config asks for banners at once, of loopback.
func config(ports ...uint16) prober.Config {
	c := prober.Default()
	c.Allow, c.Delay, c.Jitter, c.Pause = []string{"127.0.0.0/8"}, 0, 0, 0
	c.Attackers, c.Connections = 10_000, 100_000
	c.Ports = prober.Ports{}
	for _, p := range ports {
		c.Ports.Banner = append(c.Ports.Banner, strconv.Itoa(int(p)))
	}
	return c
}

// start runs one more prober.
func (r *rig) start(cfg prober.Config) (env worker.Env, stop func()) {
	r.Helper()
	env = workertest.Env(r.T, "prober", r.server.Connect("prober"))
	env.Log = slog.New(slog.NewTextHandler(r.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	return env, r.startAs(cfg, env)
}

func (r *rig) startAs(cfg prober.Config, env worker.Env) (stop func()) {
	r.Helper()
	p, err := prober.New(cfg, env)
	if err != nil {
		r.Fatal(err)
	}
	return workertest.Start(r.T, env, p.Run)
}

// see publishes a sighting of each address.
func (r *rig) see(addrs ...netip.Addr) {
	r.Helper()
	for _, a := range addrs {
		r.n++
		r.seeAt(a, time.Now())
	}
}

func (r *rig) seeAt(a netip.Addr, when time.Time) {
	r.Helper()
	r.n++
	one := decnet.Sightings{Sightings: []decnet.Sighting{{Attacker: decnet.AttackerIDOf(a), Address: a, Through: uint64(r.n), Time: when}}}
	if err := r.bus.Publish(r.Context(), bus.AttackersSeen.New(r.Context(), one.ID(), one, one.Lane(bus.AttackersSeen.Lane))); err != nil {
		r.Fatal(err)
	}
}

// told is everything that was told of attackers so far.
func (r *rig) told() []decnet.Probe {
	r.Helper()
	found, _, err := bus.AttackersProbed.Newest(r.Context(), r.bus, 1000)
	if err != nil {
		r.Fatal(err)
	}
	out := make([]decnet.Probe, len(found))
	for i, m := range found {
		out[i] = m.Body
	}
	return out
}

func (r *rig) until(what string, isTrue func() bool) {
	r.Helper()
	workertest.Eventually(r.T, what, isTrue)
}

func counter(env worker.Env, name string) int64 { return env.Health.Counter(name).Load() }
