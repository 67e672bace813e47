package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
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
	most      atomic.Int32 // how many are taken at once
	bound     int32        // of that
	answered  atomic.Int64 // when the server last did, in nanoseconds
	// done reports whether there is nothing to do about a message.
	done func(jetstream.Msg) bool
}

// ConsumeLanes is Consume for a topic that has lanes. Every lane is read through a
// durable of its own, with Consumer.Name and the lane as its name, that has one message in
// hand at a time; a batch has messages of different lanes. What done says of a body,
// if it is not nil, spares the handler messages about which there is nothing to do, of
// which many may be in front of others.
func (t Topic[T]) ConsumeLanes(ctx context.Context, b *Bus, c Consumer, done func(T) bool, handle func(context.Context, []*Message[T]) error) error {
	c = c.withDefaults()
	if c.Ordered || c.Rest > 0 {
		return fmt.Errorf("consume %s as %s: a lane is in order by itself, and there is no rest from lanes", t.Name, c.Name)
	}
	l := &lanes{bus: b, consumers: make([]jetstream.Consumer, t.Lanes), bound: int32(min(c.Batch, t.Lanes))} //nolint:gosec // lanes are few
	l.done = func(m jetstream.Msg) bool {
		if meta, err := m.Metadata(); done == nil || err != nil || meta.NumPending == 0 {
			return false
		}
		msg, err := decode(t, m.Subject(), m.Headers(), m.Data())
		return err == nil && done(msg.Body)
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
		return err
	}
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle, lanes: l}
	return r.runAll(ctx)
}

// fetchLanes waits until a lane has a message and returns what several have.
func (r *reader[T]) fetchLanes(ctx context.Context) ([]jetstream.Msg, error) {
	for wait := time.Millisecond; ctx.Err() == nil; wait = min(2*wait, lanePause) {
		msgs, err := r.lanes.take(int(r.lanes.most.Load()))
		if len(msgs) > 0 {
			r.inHand.Add(1)
			return r.gather(ctx, msgs), nil // an error comes again
		}
		if err != nil {
			rest(ctx, lanePause)
			return nil, err
		}
		rest(ctx, wait)
	}
	return nil, ctx.Err()
}

// gather waits until the first message is as old as Consumer.Linger wants it, and takes
// along what other lanes have by then.
func (r *reader[T]) gather(ctx context.Context, msgs []jetstream.Msg) []jetstream.Msg {
	most := int(r.lanes.most.Load())
	meta, err := msgs[0].Metadata()
	if err != nil || r.cfg.Linger <= 0 {
		return msgs
	}
	wait := r.cfg.untilOld(time.Since(meta.Timestamp))
	if wait <= 0 {
		return msgs
	}
	if rest(ctx, wait); len(msgs) < most && ctx.Err() == nil {
		more, _ := r.lanes.take(most - len(msgs)) // an error comes again
		msgs = append(msgs, more...)
	}
	return msgs
}

// untilOld is how long a message of some age has to wait. The server's clock, by which it
// is that old, may be another; and whoever waits longer has to say so to the server.
func (c *Consumer) untilOld(age time.Duration) time.Duration {
	return min(c.Linger-age, c.Linger, c.AckWait/3)
}

// take returns what lanes have, at most one message of each and so many in all. It asks no more of them at once than may bring what is wanted.
func (l *lanes) take(most int) (msgs []jetstream.Msg, err error) {
	if !l.bus.Connected() {
		if l.bus.nc.IsClosed() {
			return nil, nats.ErrConnectionClosed
		}
		l.answered.Store(time.Now().UnixNano()) // patience begins when it is back
		return nil, nats.ErrConnectionReconnecting
	}
	begin := time.Now()
	for looked := 0; looked < len(l.consumers) && len(msgs) < most && err == nil; {
		n := min(most-len(msgs), len(l.consumers)-looked)
		asked := make([]jetstream.Consumer, n)
		for i := range asked {
			asked[i] = l.consumers[l.next]
			l.next = (l.next + 1) % len(l.consumers)
		}
		looked += n
		for len(asked) > 0 && err == nil && time.Since(begin) < laneTarget {
			var some []jetstream.Msg
			some, asked, err = l.ask(asked)
			msgs = append(msgs, some...)
		}
	}
	if err == nil {
		l.answered.Store(time.Now().UnixNano())
	}
	return msgs, err
}

// ask returns what consumers have, and those that have to be asked again, since there was
// nothing to do about what they had.
func (l *lanes) ask(asked []jetstream.Consumer) (msgs []jetstream.Msg, again []jetstream.Consumer, err error) {
	answers := make([]jetstream.MessageBatch, len(asked))
	for i, cons := range asked {
		if answers[i], err = cons.Fetch(1, jetstream.FetchMaxWait(laneAnswer)); err != nil {
			answers = answers[:i]
			break
		}
	}
	for i, answer := range answers {
		for m := range answer.Messages() {
			if l.done(m) {
				_ = m.Ack() // or it comes again
				again = append(again, asked[i])
			} else {
				msgs = append(msgs, m)
			}
		}
		err = errors.Join(err, answer.Error())
	}
	return msgs, again, err
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
