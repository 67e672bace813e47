package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
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
	var chunks []*eventlog.Chunk
	for i := range batch {
		if it := &batch[i]; it.met == nil {
			rs := records(it)
			if c := chunkOf(it); c != nil { // and not the line, which is the last
				chunks, rs = append(chunks, c), rs[:len(rs)-1]
			}
			for _, r := range rs {
				lines, all = append(lines, line{text: r.text}), append(all, r)
			}
		}
	}
	if err := l.c.forward(ctx, lines, func(ctx context.Context, i int) bus.Outgoing { return l.message(ctx, &all[i]) }); err != nil {
		return err
	}
	l.c.blobs.keep(chunks)
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

// chunkOf is the piece of an artifact that a line is, or nil. It is of the decky that the
// container's labels name, and so has no name in common with what is another's.
func chunkOf(it *item) *eventlog.Chunk {
	if it.line.More || it.line.Continues || !eventlog.IsChunk(it.line.Text) {
		return nil
	}
	c, err := eventlog.ParseChunk(it.line.Text)
	if err != nil {
		return nil // a line like any other
	}
	c.Decky, c.Service = it.of.decky, it.of.service
	return c
}

// sourceOf names where a line stands: its container, its output, and its place among
// lines that the engine read in the same nanosecond.
func sourceOf(it *item) string {
	return fmt.Sprintf("docker/%s/%s/%d", it.of.id[:min(16, len(it.of.id))], it.line.Stream, it.line.Nth)
}
