package collector

import (
	"context"
	"fmt"
	"os"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// pass publishes up to a batch from every segment and returns how many lines
// that were.
func (c *Collector) pass(ctx context.Context) (int, error) {
	segments, err := spool.List(c.cfg.Spool)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, s := range segments {
		seg, err := c.segment(s)
		if err != nil {
			return total, err
		}
		lines, err := seg.next(c.cfg.Batch)
		if err != nil {
			return total, err
		}
		if len(lines) > 0 {
			if err := c.deliver(ctx, seg, lines); err != nil {
				return total, err
			}
			total += len(lines)
			if s.Sealed {
				// What is in later ones was written later.
				return total, c.reportGaps(ctx)
			}
			continue
		}
		if seg.complete() {
			if err := c.finish(seg, s); err != nil {
				return total, err
			}
		}
	}
	return total, c.reportGaps(ctx)
}

// reportGaps tells of events that are missing.
func (c *Collector) reportGaps(ctx context.Context) error {
	due := c.position.gaps.due()
	if len(due) == 0 {
		return nil
	}
	lines := make([]line, len(due))
	for i := range due {
		lines[i].text = due[i].line()
		c.env.Log.Warn("events are missing in the spool", "events", due[i].count(), "process", due[i].boot, "from", due[i].From)
		c.env.Health.Counter("missing").Add(int64(due[i].count())) //nolint:gosec // nobody writes as many
	}
	err := c.forward(ctx, lines, func(ctx context.Context, i int) bus.Outgoing {
		return c.raw(ctx, lines[i], "gap/"+due[i].boot, int64(due[i].From)) //nolint:gosec // bounded when it was read
	})
	if err != nil {
		return err
	}
	for _, m := range due {
		c.position.gaps.told(m)
	}
	return c.position.save()
}

func (c *Collector) segment(s spool.Segment) (*segment, error) {
	seg := c.open[s.Name]
	if seg == nil {
		f, err := os.Open(s.Path())
		if err != nil {
			return nil, fmt.Errorf("open spool segment: %w", err)
		}
		seg = &segment{name: s.Name, file: f, offset: c.position.of(s.Name)}
		c.open[s.Name] = seg
	}
	seg.sealed = s.Sealed
	return seg, nil
}

// finish forgets a segment whose every line is delivered.
func (c *Collector) finish(seg *segment, s spool.Segment) error {
	_ = seg.file.Close() // was only read
	delete(c.open, s.Name)
	if err := spool.Remove(s); err != nil {
		return err
	}
	return c.position.forget(s.Name)
}

// deliver publishes lines, and only then moves the position behind them.
func (c *Collector) deliver(ctx context.Context, seg *segment, lines []line) error {
	next := lines[len(lines)-1].next
	lines, chunks := takeChunks(lines)
	err := c.forward(ctx, lines, func(ctx context.Context, i int) bus.Outgoing { return c.message(ctx, seg, lines[i]) })
	if err != nil {
		return err
	}
	c.blobs.keep(chunks)
	seg.offset = next
	for i := range lines {
		if lines[i].reason == "" {
			c.position.note(seg.name, &lines[i])
		}
	}
	return c.position.advance(seg.name, seg.offset)
}

// takeChunks takes the pieces of artifacts out of lines.
func takeChunks(lines []line) (others []line, chunks []*eventlog.Chunk) {
	others = make([]line, 0, len(lines))
	for _, l := range lines {
		if l.reason == "" && eventlog.IsChunk(l.text) {
			c, err := eventlog.ParseChunk(l.text)
			if err == nil {
				chunks = append(chunks, c)
				continue
			}
			l.reason = "a piece of an artifact that cannot be read: " + err.Error()
		}
		others = append(others, l)
	}
	return others, chunks
}
