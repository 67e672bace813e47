package bus

import (
	"context"
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Lane returns the lane that key belongs to, as it is in the subject. All messages of a
// key have to be published to its lane.
func (i Info) Lane(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key))                               // never fails
	return laneName(int(h.Sum32() % uint32(max(i.Lanes, 1)))) //nolint:gosec // lanes are few
}

func laneName(n int) string { return fmt.Sprintf("%02d", n) }

const (
	// laneTarget is how long a batch should take: while it takes longer fewer lanes are
	// taken at once, so that other instances have something to do.
	laneTarget = 100 * time.Millisecond
	// lanePause is the longest pause between two looks at lanes that have nothing. What
	// comes meanwhile waits on average half as long.
	lanePause = 250 * time.Millisecond
	// laneAnswer is how long a lane without a message has to say so. The server does not
	// answer a request that cannot wait where another has the lane's message in hand.
	laneAnswer = 2 * time.Millisecond
	// lanePatience is how long a server may be without the consumers, as one that starts.
	lanePatience = 10 * time.Second
)

// lanes are the consumers of a topic's lanes. They are asked for what they have now: a
// request that waits while a batch is handled takes a message that another instance, which
// has nothing to do, could have.
type lanes struct {
	bus       *Bus
	consumers []jetstream.Consumer
	next      int          // the one to be asked next
	mine      []bool       // by lane, whether it had something when it was asked last
	takes     int          // how often they were asked
	young     []unripe     // by lane, what is to become older before it is handled
	most      atomic.Int32 // how many are taken at once
	bound     int32        // of that
	answered  atomic.Int64 // when the server last did, in nanoseconds
	// done reports whether there is nothing to do about a message.
	done func(jetstream.Msg) bool
}

// ConsumeLanes is Consume for a topic that has lanes. Every lane is read through a
// durable of its own, with Consumer.Name and the lane as its name, that has one message in
// hand at a time; a batch has messages of different lanes. What done says of a message,
// if it is not nil, spares the handler messages about which there is nothing to do, of
// which many may be in front of others.
func (t Topic[T]) ConsumeLanes(ctx context.Context, b *Bus, c Consumer, done func(*Message[T]) bool, handle func(context.Context, []*Message[T]) error) error {
	c = c.withDefaults()
	if c.Ordered || c.Rest > 0 {
		return fmt.Errorf("consume %s as %s: a lane is in order by itself, and there is no rest from lanes", t.Name, c.Name)
	}
	l := &lanes{bus: b, consumers: make([]jetstream.Consumer, t.Lanes), young: make([]unripe, t.Lanes), mine: make([]bool, t.Lanes), bound: int32(min(c.Batch, t.Lanes))} //nolint:gosec // lanes are few
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle, lanes: l, began: time.Now()}
	l.done = func(m jetstream.Msg) bool {
		meta, err := m.Metadata()
		if done == nil || err != nil || meta.NumPending == 0 {
			return false
		}
		msg, err := decode(t, m.Subject(), m.Headers(), m.Data())
		msg.Again = r.again(meta)
		return err == nil && done(msg)
	}
	l.most.Store(1)
	l.answered.Store(time.Now().UnixNano())
	var made errgroup.Group
	made.SetLimit(8)
	for n := range l.consumers {
		made.Go(func() (err error) {
			lane := c
			lane.Name += "-" + laneName(n)
			if l.consumers[n], err = b.durable(ctx, t.Info, lane, t.Name+"."+laneName(n)); err == nil && c.Exclusive {
				_, err = b.rewind(ctx, t.Info, lane)
			}
			return err
		})
	}
	if err := made.Wait(); err != nil {
		return unlessEnded(ctx, err)
	}
	defer l.giveBack()
	return r.runAll(ctx)
}

// fetchLanes waits until lanes have messages that are as old as Consumer.Linger wants
// them, and returns those.
func (r *reader[T]) fetchLanes(ctx context.Context) ([]jetstream.Msg, error) {
	l := r.lanes
	for wait := time.Millisecond; ctx.Err() == nil; wait = min(2*wait, lanePause) {
		most := int(l.most.Load())
		msgs, next := l.ripe(most)
		more, err := l.take(most - len(msgs))
		for _, m := range more {
			if left := r.cfg.untilOld(age(m.Msg)); left > 0 {
				l.young[m.lane] = unripe{m.Msg, time.Now().Add(left), time.Now().Add(r.cfg.AckWait * 2 / 3)}
				next = min(next, left)
			} else {
				msgs = append(msgs, m.Msg)
			}
		}
		if len(msgs) > 0 {
			r.inHand.Add(1)
			return msgs, nil // an error comes again
		}
		if err != nil {
			rest(ctx, lanePause)
			return nil, err
		}
		rest(ctx, min(wait, next))
	}
	return nil, ctx.Err()
}

// untilOld is how long a message of some age has to wait. The server's clock, by which it
// is that old, may be another; and whoever waits longer has to say so to the server.
func (c *Consumer) untilOld(age time.Duration) time.Duration {
	return min(c.Linger-age, c.Linger, c.AckWait/3)
}

// mayRecover reports whether err is one that passes when the server is back. Consumers
// that somebody deleted do not come back.
func (l *lanes) mayRecover(err error) bool {
	if l == nil || err == nil || !unreachable(err) {
		return false
	}
	return time.Since(time.Unix(0, l.answered.Load())) < lanePatience
}

// share sets how many lanes the next batch takes by how long one took.
func (l *lanes) share(messages int, took time.Duration) {
	if l == nil {
		return
	}
	most := l.most.Load()
	switch {
	case took > laneTarget:
		l.most.Store(max(most/2, 1))
	case took < laneTarget/2 && messages >= int(most):
		l.most.Store(min(2*most, l.bound))
	}
}
