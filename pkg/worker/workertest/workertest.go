// Package workertest runs a worker in a test as its supervisor would.
package workertest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// Host is the host that workers in tests run on.
const Host = "test-host"

// Env is what a worker called name gets, on bus b. Its log goes to the test's.
func Env(t testing.TB, name string, b *bus.Bus) worker.Env {
	t.Helper()
	return worker.Env{
		Host: Host, Version: "0.0.0-test", Bus: b, Traces: noop.NewTracerProvider(),
		Log:    slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Health: worker.NewHealth(name, Host, "0.0.0-test"),
	}
}

// Start runs the worker until stop is called or the test ends, and returns once
// it is ready. stop waits until it has drained.
func Start(t testing.TB, env worker.Env, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stopped := false
	stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("worker: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("worker did not drain within 20 s")
		}
	}
	t.Cleanup(stop)
	Eventually(t, "the worker is ready", func() bool {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("worker ended before it was ready: %v", err)
		default:
		}
		return env.Health.Snapshot().Status != decnet.StatusStarting
	})
	return stop
}

// Eventually waits until what has become true, for at most 20 s.
func Eventually(t testing.TB, what string, isTrue func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !isTrue() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s in vain: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
