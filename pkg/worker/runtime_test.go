package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// newRuntime is a runtime on a bus of the test's own.
func newRuntime(t *testing.T) (*worker.Runtime, *bus.Bus) {
	t.Helper()
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	telemetry, err := worker.NewTelemetry(t.Context(), worker.DefaultTelemetry(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	rt := &worker.Runtime{Common: worker.DefaultCommon(), Version: "1.2.3", Log: slog.New(slog.DiscardHandler), Telemetry: telemetry, Dialer: s}
	rt.Common.Host, rt.Common.Bus.URL = "h1", s.URL()
	return rt, b
}

func TestAWorkerIsSeenOnTheBusFromStartToStop(t *testing.T) {
	rt, b := newRuntime(t)
	u := rt.Unit("sample", func(ctx context.Context, env worker.Env) error {
		env.Health.Counter("things").Add(7)
		env.Health.Ready()
		<-ctx.Done()
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- supervisor().Run(ctx, func() { close(ready) }, u) }()
	<-ready

	present := func(status decnet.Status) func() bool {
		return func() bool {
			list, err := bus.Workers.List(t.Context(), b)
			return err == nil && len(list) == 1 && list[0].Value.Status == status
		}
	}
	workertest.Eventually(t, "it is listed as ready", present(decnet.StatusReady))
	var h decnet.Health
	workertest.Eventually(t, "it answers when asked", func() bool {
		actx, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		var err error
		h, err = bus.SystemPing.Request(actx, b, struct{}{}, "sample", "h1")
		return err == nil
	})
	if h.Counters["things"] != 7 || h.Version != "1.2.3" || h.PID != os.Getpid() {
		t.Errorf("it says %+v", h)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	workertest.Eventually(t, "it is listed as stopped", present(decnet.StatusStopped))
}

func TestAWorkerBeginsAnewWhenAsked(t *testing.T) {
	rt, b := newRuntime(t)
	lives := make(chan int, 10)
	n := 0
	u := rt.Unit("sample", func(ctx context.Context, env worker.Env) error {
		n++
		lives <- n
		env.Health.Ready()
		<-ctx.Done()
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() { ended <- supervisor().Run(ctx, func() { close(ready) }, u) }()
	<-ready
	ask := func() {
		workertest.Eventually(t, "it takes the request", func() bool {
			actx, done := context.WithTimeout(t.Context(), time.Second)
			defer done()
			_, err := bus.SystemRestart.Request(actx, b, struct{}{}, "sample", "h1")
			return err == nil
		})
	}
	for want := 1; want <= 3; want++ {
		if life := <-lives; life != want {
			t.Fatalf("life %d, want %d", life, want)
		}
		if want < 3 {
			workertest.Eventually(t, "it is ready", func() bool { return u.Health.Snapshot().Status == decnet.StatusReady })
			ask()
		}
	}
	if h := u.Health.Snapshot(); h.Restarts != 2 {
		t.Errorf("it was restarted %d times", h.Restarts)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestMetricsAndReadiness(t *testing.T) {
	rt, _ := newRuntime(t)
	u := rt.Unit("sample", nil)
	u.Health.Counter("things").Add(7)
	rt.Common.Metrics.Listen = "127.0.0.1:0"
	l, err := rt.ListenMetrics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- rt.ServeMetrics(ctx, l) }()
	get := func(path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	if code, body := get("/healthz"); code != http.StatusOK {
		t.Errorf("a process that lives: have %d %s", code, body)
	}
	rt.Common.Metrics.Listen = l.Addr().String()
	if _, err := rt.ListenMetrics(t.Context()); err == nil || !strings.Contains(err.Error(), "metrics.listen") {
		t.Errorf("an address in use: have %v", err)
	}
	if code, body := get("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "sample") {
		t.Errorf("a worker that starts: have %d %s", code, body)
	}
	u.Health.Ready()
	var ready struct{ Ready bool }
	code, body := get("/readyz")
	if err := json.Unmarshal([]byte(body), &ready); err != nil || code != http.StatusOK || !ready.Ready {
		t.Errorf("a worker that is ready: have %d %s, %v", code, body, err)
	}
	_, body = get("/metrics")
	for _, want := range []string{`decnet_worker_up{status="ready",worker="sample"} 1`, `decnet_worker_total{name="things",worker="sample"} 7`, "go_goroutines"} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLogFileIsBoundedAndKeepsTheLastBut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "decnet.log")
	log, closer, err := worker.NewLogger(worker.LogConfig{Level: "info", Format: "json", File: path})
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("x", 1<<16)
	for range 200 { // 12.5 MiB
		log.Info("filler", "text", filler)
	}
	log.Debug("not wanted")
	log.Info("last")
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	now, err := os.ReadFile(path)
	if err != nil || len(now) > 10<<20 || !strings.Contains(string(now), `"last"`) || strings.Contains(string(now), "not wanted") {
		t.Errorf("the log has %d bytes, %v", len(now), err)
	}
	if info, err := os.Stat(path + ".1"); err != nil || info.Size() < 9<<20 {
		t.Errorf("the log before: %v", err)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	tests := []struct {
		want   string
		change func(*worker.Common)
	}{
		{"host", func(c *worker.Common) { c.Host = "My Laptop" }},
		{"bus.url", func(c *worker.Common) { c.Bus.URL = "localhost" }},
		{"log.level", func(c *worker.Common) { c.Log.Level = "loud" }},
		{"log.format", func(c *worker.Common) { c.Log.Format = "xml" }},
		{"telemetry.endpoint", func(c *worker.Common) { c.Telemetry.Endpoint = "localhost:4317" }},
		{"telemetry.sample", func(c *worker.Common) { c.Telemetry.Sample = 2 }},
		{"metrics.listen", func(c *worker.Common) { c.Metrics.Listen = "9464" }},
	}
	for _, test := range tests {
		c := worker.DefaultCommon()
		if err := c.Validate(); err != nil {
			t.Fatalf("the defaults: %v", err)
		}
		test.change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("have %v, want an error that names %s", err, test.want)
		}
	}
	c := worker.DefaultCommon()
	c.Bus.URL = "nats://secret@:0:0"
	if err := c.Validate(); err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("%v shows the token", err)
	}
	c.Telemetry.Endpoint = "ftp://u:secret@host"
	if err := c.Telemetry.Validate(); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v shows the password", err)
	}
	if _, _, err := worker.NewLogger(worker.LogConfig{Level: "info", Format: "text", File: "/proc/nowhere/x.log"}); err == nil || errors.Unwrap(err) == nil {
		t.Errorf("a log that cannot be opened: have %v", err)
	}
}
