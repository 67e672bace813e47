package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// maxWait is the longest pause between two looks at a server that is not there yet.
const maxWait = 5 * time.Second

// join connects a worker to the bus, and sees to its streams where nobody else does.
func (rt *Runtime) join(ctx context.Context, h *Health, log *slog.Logger, opts ...bus.Option) (*bus.Bus, error) {
	var b *bus.Bus
	err := rt.patiently(ctx, h, log, func() (err error) {
		if b, err = bus.Connect(ctx, rt.Common.Bus, opts...); err != nil || !rt.Alone {
			return err
		}
		if err = b.EnsureTopology(ctx); err != nil {
			b.Close()
			b = nil
		}
		return err
	})
	if err == nil && b == nil {
		err = ctx.Err()
	}
	return b, err
}

// patiently calls try again while it fails before the worker was ready for a bus or
// a store that is not there. What else it fails for is no matter of time. To be
// stopped while it waits is no failure.
func (rt *Runtime) patiently(ctx context.Context, h *Health, log *slog.Logger, try func() error) error {
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, maxWait) {
		err := try()
		if !rt.Alone || !bus.Unavailable(err) || h.Snapshot().Status != decnet.StatusStarting || ctx.Err() != nil {
			return err
		}
		h.set(decnet.StatusStarting, "waiting: "+err.Error())
		log.Warn("waiting for what is not there yet", "error", err, "again_in", pause.String())
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}
