package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// publish brings lines onto the bus in batches until ctx ends.
func (l *containerLogs) publish(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case first := <-l.lines:
			batch := l.gather(ctx, first)
			if err := l.deliver(ctx, batch); err != nil && ctx.Err() == nil {
				return err
			} // or the engine keeps them for the next collector
		}
	}
}

// gather takes what comes soon after the first item.
func (l *containerLogs) gather(ctx context.Context, first item) []item {
	batch := []item{first}
	linger := time.NewTimer(l.c.cfg.Linger)
	defer linger.Stop()
	for len(batch) < l.c.cfg.Batch {
		select {
		case i := <-l.lines:
			batch = append(batch, i)
		case <-linger.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// deliver publishes the lines of a batch, and only then moves positions and meets
// marks.
func (l *containerLogs) deliver(ctx context.Context, batch []item) error {
	var lines []line
	var all []record
	for i := range batch {
		if it := &batch[i]; it.met == nil {
			for _, r := range records(it) {
				lines, all = append(lines, line{text: r.text}), append(all, r)
			}
		}
	}
	if len(lines) > 0 {
		if err := l.c.forward(ctx, lines, func(ctx context.Context, i int) bus.Outgoing { return l.message(ctx, &all[i]) }); err != nil {
			return err
		}
	}
	for i := range batch {
		if it := &batch[i]; it.met == nil {
			l.moved(it.of, it.line.Position)
		}
	}
	if err := l.positions.save(); err != nil {
		return err
	}
	for i := range batch {
		if batch[i].met != nil {
			close(batch[i].met)
		}
	}
	return nil
}

func (l *containerLogs) message(ctx context.Context, r *record) bus.Outgoing {
	host := l.c.env.Host
	raw := decnet.RawLog{ID: decnet.EventID(host, r.source, r.position), Host: host, Source: r.source, Position: r.position, Collected: time.Now().UTC()}
	raw.SetBytes(r.text)
	raw.Target = l.c.targets.of(r.of.decky)
	return bus.LogsRaw.New(ctx, raw.ID, raw, host, r.of.decky, r.of.service)
}

// sourceOf names where a line stands: its container, its output, and its place among
// lines that the engine read in the same nanosecond.
func sourceOf(it *item) string {
	return fmt.Sprintf("docker/%s/%s/%d", it.of.id[:min(16, len(it.of.id))], it.line.Stream, it.line.Nth)
}
