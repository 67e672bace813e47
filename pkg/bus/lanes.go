package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Lane returns the lane that key belongs to, as it is in the subject. Messages of one
// key have to be published to its lane.
func (i Info) Lane(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))                               // never fails
	return laneName(int(h.Sum32() % uint32(max(i.Lanes, 1)))) //nolint:gosec // lanes are few
}

func laneName(n int) string { return fmt.Sprintf("%02d", n) }

// laneTarget is how long a batch of lanes should take: while it takes longer fewer
// lanes are taken at once, so that other instances have something to do.
const laneTarget = 100 * time.Millisecond

// consumeLanes reads every lane through a durable of its own that has one message in
// hand at a time, and hands over together what the lanes bring.
func (t Topic[T]) consumeLanes(ctx context.Context, b *Bus, c Consumer, handle func(context.Context, []*Message[T]) error) error {
	if c.Ordered {
		return fmt.Errorf("consume %s as %s: a lane is in order by itself", t.Name, c.Name)
	}
	c.Batch = min(c.Batch, t.Lanes)
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle, laned: true, marks: marks{}}
	r.fair.Store(1)
	durables := make([]jetstream.Consumer, t.Lanes)
	var made errgroup.Group
	made.SetLimit(8)
	for n := range durables {
		made.Go(func() (err error) {
			lane := c
			lane.Name += "-" + laneName(n)
			if durables[n], err = b.durable(ctx, t.Info, lane, t.Name+"."+laneName(n)); err == nil && c.Exclusive {
				_, err = b.rewind(ctx, t.Info, lane)
			}
			return err
		})
	}
	if err := made.Wait(); err != nil {
		return err
	}
	lctx, stop := context.WithCancel(ctx)
	l := &lanes{arrived: make(chan arrival), alive: c.AckWait / 3}
	var readers sync.WaitGroup
	defer readers.Wait()
	defer stop()
	for _, cons := range durables {
		// There is never more than one on its way; the rest of the pull waits at the server.
		iter, err := cons.Messages(jetstream.PullMaxMessages(8), jetstream.PullHeartbeat(5*time.Second), jetstream.PullExpiry(30*time.Second))
		if err != nil {
			return fmt.Errorf("consume %s as %s: %w", t.Name, c.Name, err)
		}
		readers.Go(func() { l.read(lctx, iter) })
	}
	r.source = l
	return r.runAll(ctx)
}

// lanes is the source of many consumers.
type lanes struct {
	arrived chan arrival
	alive   time.Duration // how often the server is told of a message that waits here
}

type arrival struct {
	msg jetstream.Msg
	err error
}

func (l *lanes) next(ctx context.Context, wait time.Duration) (jetstream.Msg, error) {
	var over <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case a := <-l.arrived:
		return a.msg, a.err
	case <-over:
		return nil, nats.ErrTimeout
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read passes on what one lane brings until ctx is done, and then lets other instances
// have what it has.
func (l *lanes) read(ctx context.Context, iter jetstream.MessagesContext) {
	defer func() {
		iter.Drain()
		for {
			m, err := iter.Next(jetstream.NextMaxWait(time.Second))
			if err != nil {
				iter.Stop()
				return
			}
			_ = m.Nak()
		}
	}()
	for ctx.Err() == nil {
		m, err := iter.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil && m == nil || !l.pass(ctx, m, err) {
			return
		}
		if err != nil && !errors.Is(err, jetstream.ErrNoHeartbeat) {
			return
		}
	}
}

// pass hands over one message, and keeps it alive until somebody takes it.
func (l *lanes) pass(ctx context.Context, m jetstream.Msg, err error) bool {
	tick := time.NewTicker(l.alive)
	defer tick.Stop()
	for {
		select {
		case l.arrived <- arrival{m, err}:
			return true
		case <-tick.C:
			if m != nil {
				_ = m.InProgress()
			}
		case <-ctx.Done():
			if m != nil {
				_ = m.Nak()
			}
			return false
		}
	}
}

// share sets how many lanes the next batch takes by how long this one took.
func (r *reader[T]) share(messages int, took time.Duration) {
	fair := r.fair.Load()
	switch {
	case !r.laned:
	case took > laneTarget:
		r.fair.Store(max(fair/2, 1))
	case took < laneTarget/2 && messages >= int(fair):
		r.fair.Store(min(2*fair, int32(r.cfg.Batch))) //nolint:gosec // lanes are few
	}
}

// marks is for every lane the number of the last message that there was when the lane
// was first looked at after a rest. Without lanes it is nil.
type marks map[string]uint64

// reached reports whether everything that waited after the last rest is done, and then
// forgets the marks: a batch that has nothing of before is all that is left.
func (m marks) reached(msgs []jetstream.Msg) bool {
	if m == nil {
		return true
	}
	all := len(msgs) > 0
	for _, msg := range msgs {
		meta, err := msg.Metadata()
		if err != nil {
			continue
		}
		mark, known := m[meta.Consumer]
		if !known {
			mark = meta.Sequence.Consumer + meta.NumPending
			m[meta.Consumer] = mark
		}
		all = all && meta.Sequence.Consumer >= mark
	}
	if all {
		clear(m)
	}
	return all
}
