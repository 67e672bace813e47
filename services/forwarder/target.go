package forwarder

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// batch is the most lines that are sent, and sent again, as one; and what
	// waits in this process for one target, in bytes.
	batch     = 256
	batchSize = 4 << 20
	// minWait and maxWait are the pauses before a target that is away is tried again.
	minWait = 200 * time.Millisecond
	maxWait = 30 * time.Second
	// last is how long a batch in hand may take after the forwarder is to stop.
	last = 2 * time.Second
)

// target is one log target as long as its lines are this forwarder's business.
type target struct {
	f       *Forwarder
	name    decnet.LogTarget
	durable string
	stop    context.CancelFunc
	ended   chan struct{}
	// since is where its consumer begins if there is none, in nanoseconds.
	since atomic.Int64

	// gone is since when no decky names it, and mark the sequence up to which its
	// consumer has to come before it is ended. They are adjust's.
	gone time.Time
	mark uint64

	conn *receiver // serve's
}

// serve brings lines to the target until ctx is done.
func (t *target) serve(ctx context.Context) {
	defer t.hangUp()
	work := t.consume
	if !t.f.cfg.Exclusive {
		work = func(ctx context.Context) error {
			return t.f.env.Bus.Hold(ctx, t.f.env.Host, t.consume, "forwarder", t.durable)
		}
	}
	for n := 0; ctx.Err() == nil; n++ {
		begin := time.Now()
		err := work(ctx)
		t.hangUp()
		if ctx.Err() != nil {
			return
		}
		if time.Since(begin) > time.Minute {
			n = 0
		}
		t.f.env.Log.Warn("lines for a log target cannot be read from the bus", "target", t.name, "error", err)
		t.sleep(ctx, n)
	}
}

// consume sends what the bus has for the target, while this instance is the one
// that does so.
func (t *target) consume(ctx context.Context) error {
	return bus.LogsRaw.Consume(ctx, t.f.env.Bus, bus.Consumer{
		Name: t.durable, Note: string(t.name), Since: time.Unix(0, t.since.Load()), Ordered: true, Batch: batch, Bytes: batchSize, OnLost: t.lost,
	}, func(_ context.Context, ms []*bus.Message[decnet.RawLog]) error {
		lines := make([][]byte, 0, len(ms))
		for _, m := range ms {
			if m.Body.Target == t.name { // those of others are done with
				lines = append(lines, t.render(&m.Body))
			}
		}
		if len(lines) == 0 {
			return nil
		}
		return t.deliver(ctx, lines)
	})
}

func (t *target) render(raw *decnet.RawLog) []byte {
	limit := t.f.cfg.MaxLine
	if network, _ := t.name.Split(); network == decnet.LogOverUDP {
		limit = min(limit, maxDatagram)
	}
	text, cut := render(raw.Bytes(), limit)
	if cut {
		t.f.env.Health.Counter("log_target_cut").Add(1)
	}
	return text
}

// deliver tries until the target has the lines or ctx is done.
func (t *target) deliver(ctx context.Context, lines [][]byte) error {
	for n := 0; ; n++ {
		tried, err := t.send(ctx, lines)
		if err == nil {
			t.f.env.Health.Counter("log_target_sent").Add(int64(len(lines)))
			if t.f.states.set(t.name, nil) {
				t.f.env.Log.Info("log target is back", "target", t.name)
			}
			return nil
		}
		t.hangUp()
		if ctx.Err() != nil {
			return bus.Later(err)
		}
		if tried {
			t.f.env.Health.Counter("log_target_resent").Add(int64(len(lines)))
		}
		if t.f.states.set(t.name, err) {
			t.f.env.Log.Warn("log target is away; its lines wait", "target", t.name, "error", err)
		}
		t.sleep(ctx, n)
	}
}

// send tries once and returns whether the target may have got some of the lines.
func (t *target) send(ctx context.Context, lines [][]byte) (tried bool, err error) {
	ctx, cancel := outlive(ctx, last)
	defer cancel()
	if t.conn != nil && t.conn.alive() != nil { // it ended while there was nothing to send
		t.hangUp()
	}
	if t.conn == nil {
		if t.conn, err = t.f.cfg.dial(ctx, t.name); err != nil {
			return false, err
		}
	}
	secure := t.conn.secure && time.Now().Before(t.conn.trusted)
	return true, t.f.cfg.explain(t.conn.send(ctx, lines), secure)
}

// outlive is a context that is done some time after ctx is.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		wait := time.NewTimer(by)
		defer wait.Stop()
		select {
		case <-wait.C:
			cancel()
		case <-out.Done():
		}
	})
	return out, func() { stop(); cancel() }
}

func (t *target) hangUp() {
	if t.conn != nil {
		t.conn.close()
		t.conn = nil
	}
}

// lost counts lines that the bus no longer has. Whose they were went with them.
func (t *target) lost(n uint64) {
	t.f.env.Health.Counter("log_target_lost").Add(int64(n)) //nolint:gosec // a stream does not reach 2^63 messages
	t.f.env.Log.Warn("log target was away for so long that the bus gave up lines before it got them", "target", t.name, "lines_at_most", n)
}

// sleep is the pause after the n-th fault (from 0), or until ctx is done.
func (t *target) sleep(ctx context.Context, n int) {
	wait := min(minWait<<min(n, 10), maxWait)
	select {
	case <-ctx.Done():
	case <-time.After(wait - rand.N(wait/4)):
	}
}
