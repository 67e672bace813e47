package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// Common is the part of a configuration that every process has.
type Common struct {
	Host      string          `mapstructure:"host" doc:"name of this machine in subjects and events; lower-case letters, digits and hyphens"`
	Instance  string          `mapstructure:"instance" doc:"name of this process among those that run the same worker; empty is the host's"`
	Bus       bus.Config      `mapstructure:"bus"`
	Log       LogConfig       `mapstructure:"log"`
	Telemetry TelemetryConfig `mapstructure:"telemetry"`
	Metrics   MetricsConfig   `mapstructure:"metrics"`
}

// DefaultCommon is quiet and local.
func DefaultCommon() Common {
	return Common{Host: Hostname(), Bus: bus.Default(), Log: DefaultLog(), Telemetry: DefaultTelemetry()}
}

// Base makes Common reachable in every configuration that embeds it.
func (c *Common) Base() *Common { return c }

// Validate reports the first setting that cannot work.
func (c *Common) Validate() error {
	if err := decnet.CheckName(c.Host); err != nil {
		return fmt.Errorf("host: %w", err)
	}
	if c.Instance != "" && decnet.CheckName(c.Instance) != nil {
		return fmt.Errorf("instance: %w", decnet.CheckName(c.Instance))
	}
	return errors.Join(c.Bus.Validate(), c.Log.Validate(), c.Telemetry.Validate(), c.Metrics.Validate())
}

// Env is what a worker's code gets to work with.
type Env struct {
	Host    string
	Version string
	Log     *slog.Logger
	Bus     *bus.Bus
	Health  *Health
	Traces  trace.TracerProvider
}

// Runtime makes the Env of each worker of one process.
type Runtime struct {
	Common    Common
	Version   string
	Log       *slog.Logger
	Telemetry *Telemetry
	// Dialer is the bus of this process, if it runs one.
	Dialer bus.Dialer
	// Alone says that nobody else sees to what the workers need: each makes the
	// streams of the bus, and waits for a server that is not there yet.
	Alone bool

	mu      sync.Mutex
	healths []*Health
}

// Unit is a worker called name under this runtime: every time it is started it
// gets a connection of its own, and its health is reported while it runs.
func (rt *Runtime) Unit(name string, run func(context.Context, Env) error) Unit {
	h := NewHealth(name, rt.Common.Host, rt.Version)
	h.h.Instance = cmp.Or(rt.Common.Instance, rt.Common.Host)
	rt.mu.Lock()
	rt.healths = append(rt.healths, h)
	rt.mu.Unlock()
	return Unit{Name: name, Health: h, Run: func(ctx context.Context) error {
		log := rt.Log.With("worker", name)
		traces := rt.Telemetry.Provider(name)
		b, err := rt.join(ctx, h, log, bus.WithName("decnet-"+name), bus.WithLogger(log), bus.WithDialer(rt.Dialer), bus.WithTracerProvider(traces))
		switch {
		case err != nil && ctx.Err() != nil:
			return nil // it was stopped before it began
		case err != nil:
			return err
		}
		defer b.Close()
		// The report ends last, so that "stopped" is still said.
		rctx, stop := context.WithCancel(context.WithoutCancel(ctx))
		var report sync.WaitGroup
		report.Go(func() {
			if err := h.Report(rctx, b); err != nil && rctx.Err() == nil {
				log.Warn("health cannot be reported", "error", err)
			}
		})
		ctx, restart := context.WithCancelCause(ctx)
		defer restart(nil)
		defer h.whenAsked(ctx, func() { restart(errRestart) })()
		env := Env{Host: rt.Common.Host, Version: rt.Version, Log: log, Bus: b, Health: h, Traces: traces}
		err = rt.patiently(ctx, h, log, func() error { return run(ctx, env) })
		switch {
		case errors.Is(context.Cause(ctx), errRestart):
			err = errors.Join(errRestart, err)
		case ctx.Err() != nil:
			h.set(decnet.StatusStopped, "")
		}
		stop()
		report.Wait()
		return err
	}}
}

// errRestart ends a worker that is asked to begin anew.
var errRestart = errors.New("a restart was asked for")

// whenAsked calls restart if somebody asks for one, until stop is called.
func (h *Health) whenAsked(ctx context.Context, restart func()) (stop func()) {
	var waiting sync.WaitGroup
	end := make(chan struct{})
	waiting.Go(func() {
		select {
		case <-h.restart:
			restart()
		case <-ctx.Done():
		case <-end:
		}
	})
	return func() {
		close(end)
		waiting.Wait()
	}
}

// Healths are those of all units made so far.
func (rt *Runtime) Healths() []decnet.Health {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	out := make([]decnet.Health, len(rt.healths))
	for i, h := range rt.healths {
		out[i] = h.Snapshot()
	}
	return out
}

// Close sends the traces that are left. The log stays open.
func (rt *Runtime) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := rt.Telemetry.Shutdown(ctx); err != nil {
		rt.Log.Warn("telemetry", "error", err)
	}
}
