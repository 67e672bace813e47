package forwarder_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/forwarder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a bus with lines on it and as many forwarders as a test wants.
type rig struct {
	*testing.T
	server *bustest.Server
	bus    *bus.Bus
	cfg    forwarder.Config
	grace  time.Duration
	limit  time.Duration
	n      atomic.Int64
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, server: bustest.Start(t), cfg: forwarder.Default(), grace: 300 * time.Millisecond, limit: time.Hour}
	r.bus = r.server.Connect("test")
	if err := r.bus.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// instance is one running forwarder.
type instance struct {
	env  worker.Env
	stop func()
	// die ends it as if its process had been killed.
	die func()
}

func (r *rig) start() *instance {
	r.Helper()
	b, err := bus.Connect(r.Context(), bus.Config{URL: r.server.URL()}, bus.WithName("forwarder"), bus.WithDialer(r.server))
	if err != nil {
		r.Fatal(err)
	}
	env := workertest.Env(r.T, "forwarder", b)
	f, err := forwarder.New(r.cfg, env)
	if err != nil {
		r.Fatal(err)
	}
	forwarder.Hasten(f, r.grace, r.limit)
	var dead atomic.Bool
	stop := workertest.Start(r.T, env, func(ctx context.Context) error {
		defer b.Close()
		if err := f.Run(ctx); !dead.Load() {
			return err
		}
		return nil
	})
	return &instance{env: env, stop: stop, die: func() { dead.Store(true); b.Close(); stop() }}
}

func (i *instance) counter(name string) int64 { return i.env.Health.Snapshot().Counters[name] }

// wants puts a decky with a log target into the fleet.
func (r *rig) wants(name string, target decnet.LogTarget) {
	r.Helper()
	d := decnet.Decky{Name: name, Host: "h1", Fleet: "f", Address: netip.MustParseAddr("127.0.0.9"), LogTarget: target, Created: time.Now()}
	if err := bus.Fleet.Set(r.Context(), r.bus, d, d.Host, d.Name); err != nil {
		r.Fatal(err)
	}
}

// forgets takes a decky out of the fleet.
func (r *rig) forgets(name string) {
	r.Helper()
	entries, err := bus.Fleet.List(r.Context(), r.bus)
	if err != nil {
		r.Fatal(err)
	}
	for _, e := range entries {
		if e.Value.Name == name {
			if err := bus.Fleet.Delete(r.Context(), r.bus, e.Revision, e.Keys...); err != nil {
				r.Fatal(err)
			}
		}
	}
}

// log publishes lines as a collector would.
func (r *rig) log(target decnet.LogTarget, lines ...string) {
	r.Helper()
	out := make([]bus.Outgoing, len(lines))
	for i, line := range lines {
		n := r.n.Add(1)
		raw := decnet.RawLog{ID: decnet.EventID("h1", "seg", n), Host: "h1", Source: "seg", Position: n, Target: target}
		raw.SetBytes([]byte(line))
		out[i] = bus.LogsRaw.New(r.Context(), raw.ID, raw, "h1", "web-01", "ssh")
	}
	if err := r.bus.Publish(r.Context(), out...); err != nil {
		r.Error(err)
	}
}

const header = "<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - command [decnet@32473] "

// numbered are lines with the numbers from to upto.
func numbered(from, upto int) []string {
	out := make([]string, 0, upto-from)
	for i := from; i < upto; i++ {
		out = append(out, fmt.Sprint(header, "line ", i))
	}
	return out
}

// first are lines by the order in which each arrived the first time.
func first(lines []string) []string {
	seen, out := make(map[string]bool, len(lines)), make([]string, 0, len(lines))
	for _, l := range lines {
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// gets waits until the receiver has exactly want, by the order of first arrival.
func (r *rig) gets(from interface{ lines() []string }, want []string) {
	r.Helper()
	var have []string
	deadline := time.Now().Add(60 * time.Second)
	for {
		if have = first(from.lines()); len(have) >= len(want) {
			break
		}
		if time.Now().After(deadline) {
			r.Fatalf("has %d lines of %d", len(have), len(want))
		}
		time.Sleep(5 * time.Millisecond)
	}
	for i, line := range have {
		if i >= len(want) || line != want[i] {
			r.Fatalf("line %d of %d (want %d) is %.200q of %d bytes", i, len(have), len(want), line, len(line))
		}
	}
}

// says waits until the forwarder's health says why.
func (i *instance) says(t *testing.T, parts ...string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		h := i.env.Health.Snapshot()
		said := h.Status == decnet.StatusDegraded
		for _, part := range parts {
			said = said && strings.Contains(h.Reason, part)
		}
		if said {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("health is %s %q, want %q", h.Status, h.Reason, parts)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (i *instance) isWell(t *testing.T) {
	t.Helper()
	workertest.Eventually(t, "all is well", func() bool { return i.env.Health.Snapshot().Status == decnet.StatusReady })
}

// durables are the targets that have a consumer.
func (r *rig) durables() []string {
	r.Helper()
	list, err := bus.LogsRaw.Durables(context.WithoutCancel(r.Context()), r.bus, "forwarder-")
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, d := range list {
		out = append(out, d.Note)
	}
	return out
}
