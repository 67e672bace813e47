package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
)

const (
	// maxBacklog is how many lines the ingesters may be behind before the collector
	// waits for them. The bus pushes out its oldest lines when it is full, read or
	// not; so few it always has room for. What waits is in the spool, whose bound
	// is shared between deckies, and in the engine's logs.
	maxBacklog = 20_000
	// lookEvery is how often that is looked at; between two looks no more is
	// published than fits in.
	lookEvery = 100 * time.Millisecond
	// behindFor is after how long of waiting somebody is told.
	behindFor = 10 * time.Second
	// ingesters is the name of their group on the bus.
	ingesters = "ingester"
)

// pace keeps the collector from running ahead of the ingesters.
type pace struct {
	room   int // how many lines may be published before the next look
	looked time.Time
}

// awaitIngesters returns when n lines may be published, or ctx is done.
func (c *Collector) awaitIngesters(ctx context.Context, n int) {
	c.pacing.Lock()
	defer c.pacing.Unlock()
	p := &c.pace
	for begin := time.Now(); ; {
		if p.room >= n && time.Since(p.looked) < lookEvery {
			break
		}
		backlog, err := bus.LogsRaw.Backlog(ctx, c.env.Bus, ingesters)
		if err != nil {
			break // publishing will say what is wrong
		}
		p.room, p.looked = maxBacklog-int(min(backlog, maxBacklog)), time.Now()
		if p.room >= min(n, maxBacklog) {
			break
		}
		if time.Since(begin) > behindFor {
			c.env.Health.Degraded(fmt.Sprintf("the ingesters are behind: %d lines wait for them on the bus, and the others in the spool", backlog))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery / 4):
		}
	}
	p.room -= n
}
