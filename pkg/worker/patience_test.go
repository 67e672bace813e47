package worker_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// alone is a runtime of a worker that is a process of its own, and its log.
func alone(t *testing.T, url string) (*worker.Runtime, *lockedBuffer) {
	t.Helper()
	telemetry, err := worker.NewTelemetry(t.Context(), worker.DefaultTelemetry(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	rt := &worker.Runtime{Common: worker.DefaultCommon(), Version: "1.2.3", Log: slog.New(slog.NewTextHandler(log, nil)), Telemetry: telemetry, Alone: true}
	rt.Common.Host, rt.Common.Instance, rt.Common.Bus.URL = "h1", "second", url
	return rt, log
}

// A worker of its own waits for the bus and then for its database, makes the
// streams, and says meanwhile what it waits for.
func TestAWorkerAloneWaitsForWhatItNeeds(t *testing.T) {
	s := bustest.Start(t)
	url := s.URL()
	s.Stop()
	rt, log := alone(t, url)
	database := make(chan struct{})
	u := rt.Unit("sample", func(ctx context.Context, env worker.Env) error {
		select {
		case <-database:
		default:
			return &decnet.Error{Code: decnet.CodeUnavailable, Message: "the database is away"}
		}
		env.Health.Ready()
		<-ctx.Done()
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended, ready := make(chan error, 1), make(chan struct{})
	sup := supervisor()
	sup.StartTimeout = -1
	go func() { ended <- sup.Run(ctx, func() { close(ready) }, u) }()
	waits := func(what string) func() bool {
		return func() bool {
			h := u.Health.Snapshot()
			return h.Status == decnet.StatusStarting && strings.Contains(h.Reason, what) && strings.Contains(log.String(), what)
		}
	}
	workertest.Eventually(t, "it waits for the bus", waits("connect to bus"))
	s.Restart()
	workertest.Eventually(t, "it waits for the database", waits("the database is away"))
	b := s.Connect("test")
	workertest.Eventually(t, "others see what it waits for", func() bool {
		list, err := bus.Workers.List(t.Context(), b)
		return err == nil && len(list) == 1 && list[0].Keys[1] == "second" && list[0].Value.Host == "h1" && strings.Contains(list[0].Value.Reason, "the database")
	})
	close(database)
	<-ready
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// To be stopped while it waits is how a worker may end.
func TestAWorkerAloneIsStoppedWhileItWaits(t *testing.T) {
	s := bustest.Start(t)
	url := s.URL()
	s.Stop()
	rt, log := alone(t, url)
	u := rt.Unit("sample", func(context.Context, worker.Env) error { return nil })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- supervisor().Run(ctx, func() {}, u) }()
	workertest.Eventually(t, "it waits", func() bool { return strings.Contains(log.String(), "waiting for what") })
	cancel()
	if err := <-ended; err != nil || u.Health.Snapshot().Status != decnet.StatusStopped || strings.Contains(log.String(), "ended badly") {
		t.Errorf("have %v, %v, log %s", err, u.Health.Snapshot().Status, log)
	}
}

// What time does not mend ends a worker as ever.
func TestAWorkerAloneDoesNotWaitInVain(t *testing.T) {
	s := bustest.Start(t)
	broken := errors.New("port in use")
	fails := func(context.Context, worker.Env) error { return broken }
	rt, _ := alone(t, s.URL())
	if err := supervisor().Run(t.Context(), func() {}, rt.Unit("sample", fails)); !errors.Is(err, broken) {
		t.Errorf("have %v", err)
	}
	rt, _ = alone(t, "nats://not-the-token@"+s.URL()[strings.LastIndexByte(s.URL(), '@')+1:])
	if err := supervisor().Run(t.Context(), func() {}, rt.Unit("sample", fails)); err == nil || !strings.Contains(err.Error(), "Authorization Violation") {
		t.Errorf("with another token: have %v", err)
	}
	rt, _ = alone(t, s.URL())
	rt.Alone = false
	s.Stop()
	if err := supervisor().Run(t.Context(), func() {}, rt.Unit("sample", fails)); err == nil || !strings.Contains(err.Error(), "connect to bus") {
		t.Errorf("a worker beside others without a bus: have %v", err)
	}
}

func TestProbe(t *testing.T) {
	rt, _ := alone(t, "nats://127.0.0.1:1")
	u := rt.Unit("sample", nil)
	rt.Common.Metrics.Listen = "127.0.0.1:0"
	l, err := rt.ListenMetrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- rt.ServeMetrics(ctx, l) }()
	cfg := &configuration{Common: worker.DefaultCommon()}
	ask := func(listen string) error {
		t.Setenv("DECNET_METRICS_LISTEN", listen)
		return worker.Probe(t.Context(), cfg)
	}
	at := l.Addr().String()
	everywhere := at[strings.LastIndexByte(at, ':'):]
	if err := ask(at); err == nil || !strings.Contains(err.Error(), "not ready") || !strings.Contains(err.Error(), "sample") {
		t.Errorf("a worker that starts: have %v", err)
	}
	u.Health.Ready()
	for _, listen := range []string{at, everywhere, "0.0.0.0" + everywhere} {
		if err := ask(listen); err != nil {
			t.Errorf("a worker that is ready on %s: have %v", listen, err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := ask(at); err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("a worker that has ended: have %v", err)
	}
	cfg.Metrics.Listen = ""
	if err := ask(""); err == nil || !strings.Contains(err.Error(), "metrics.listen") {
		t.Errorf("without an address: have %v", err)
	}
}

// configuration is that of a worker which has nothing to set.
type configuration struct {
	worker.Common `mapstructure:",squash"`
}
