package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Consumer says how a group of workers reads a topic. Instances with the same
// Name share the work.
type Consumer struct {
	Name string
	// Batch is the most messages handed over at once; 0 means 256. A batch
	// holds what has arrived, nobody waits for it to fill.
	Batch int
	// Linger is how long to wait for a second message, for consumers whose
	// work costs the same for one and for many; 0 means not at all. In lanes it is
	// how old a message has to be: what was published until then is done with it.
	Linger time.Duration
	// Parallel is how many batches may be in hand at once, each in a handler of
	// its own; 0 means 1. A further one begins only when it is full or no other
	// is in hand, so that a little work is still done in one piece.
	Parallel int
	// Rest is for how many times as long as a batch took nothing is done after
	// it, at most maxRest, so that work which is the same for one message and
	// for all that follow it takes only a part of the processor.
	Rest int
	// AckWait is how long a crashed instance's messages stay with it; 0 means
	// 10 s. Slow handlers are kept alive meanwhile.
	AckWait time.Duration
	// Exclusive says that there is no other instance: what a predecessor had
	// in hand when it died comes at once, and in its old order.
	Exclusive bool
	// Ordered hands over the messages in the stream's order, none before the
	// ones in front of it are settled, and none twice to one call. There must be
	// one call at a time, see Hold; what another took all the same is fetched again.
	Ordered bool
	// Since is where a consumer that is made now begins: with the first message
	// stored at that time or later. Zero is the oldest there is.
	Since time.Time
	// Note is kept with the consumer, for whoever lists them; see Durables.
	Note string
	// Bytes bounds what waits in this process to be handled, in bytes; 0 means
	// 32 MiB. It must be more than one message has.
	Bytes int
	// OnLost hears of messages of the whole stream that were removed from it
	// before an Ordered consumer got them. It may be nil.
	OnLost func(messages uint64)
	// Attempts is how often a failing message is tried; 0 means 5.
	Attempts int
	// OnPause hears of waits for something that is down, and nil when it is
	// over. It may be nil itself.
	OnPause func(error)
}

func (c Consumer) withDefaults() Consumer {
	if c.Batch == 0 {
		c.Batch = 256
	}
	if c.Parallel = max(c.Parallel, 1); c.Ordered {
		c.Parallel = 1
	}
	if c.Bytes == 0 {
		c.Bytes = maxPull
	}
	if c.AckWait == 0 {
		c.AckWait = 10 * time.Second
	}
	if c.Attempts == 0 {
		c.Attempts = 5
	}
	if c.OnPause == nil {
		c.OnPause = func(error) {}
	}
	if c.OnLost == nil {
		c.OnLost = func(uint64) {}
	}
	return c
}

const (
	// maxRest bounds how long a consumer rests after a batch.
	maxRest = 2 * time.Second
	// maxPull bounds what waits in this process to be handled, in bytes.
	maxPull = 32 << 20
)

// Consume hands the topic's messages to handle in batches until ctx is done; the
// batches in hand are finished first. What handle's error means is told in the
// package comment. One call runs up to c.Parallel handlers at a time.
func (t Topic[T]) Consume(ctx context.Context, b *Bus, c Consumer, handle func(context.Context, []*Message[T]) error) error {
	c = c.withDefaults()
	if t.Lanes > 0 {
		return t.ConsumeLanes(ctx, b, c, nil, handle)
	}
	cons, err := b.durable(ctx, t.Info, c, t.Filter())
	if err != nil {
		return unlessEnded(ctx, err)
	}
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle, began: time.Now()}
	if c.Exclusive || c.Ordered {
		if r.next, err = b.rewind(ctx, t.Info, c); err != nil {
			return unlessEnded(ctx, err)
		}
	}
	if c.Ordered {
		// What was taken and not settled is the next call's, and does not count as
		// delivered should the stream remove it meanwhile.
		defer func() { _, _ = b.rewind(context.WithoutCancel(ctx), t.Info, c) }()
	}
	for {
		err := r.read(ctx, cons)
		if !errors.Is(err, errDisorder) {
			return err
		}
		if _, err := b.rewind(ctx, t.Info, c); err != nil {
			return unlessEnded(ctx, err)
		}
	}
}

// unlessEnded is err, or nil if it came of ctx being done: to be ended before all is set up is no failure.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it ends because of that
	}
	return err
}

// read hands over what cons delivers until ctx is done.
func (r *reader[T]) read(ctx context.Context, cons jetstream.Consumer) error {
	var err error
	r.iter, err = cons.Messages(jetstream.PullMaxMessagesWithBytesLimit(2*r.cfg.Batch, r.cfg.Bytes), jetstream.PullHeartbeat(5*time.Second), jetstream.PullExpiry(30*time.Second))
	if err != nil {
		return fmt.Errorf("consume %s as %s: %w", r.topic.Name, r.cfg.Name, err)
	}
	defer r.iter.Stop()
	return r.runAll(ctx)
}

// runAll handles batches until ctx is done, as many at once as there may be.
func (r *reader[T]) runAll(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for range r.cfg.Parallel {
		g.Go(func() error { return r.run(ctx) })
	}
	return g.Wait()
}

// run handles one batch after the other.
func (r *reader[T]) run(ctx context.Context) error {
	for {
		msgs, err := r.fetch(ctx)
		begin := time.Now()
		if len(msgs) > 0 {
			if inOrder := r.inOrder(ctx, &msgs); !inOrder {
				err = errDisorder
			}
			r.process(ctx, msgs)
			r.inHand.Add(-1)
			r.lanes.share(len(msgs), time.Since(begin))
		}
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // it ends because of that
		case r.lanes.mayRecover(err):
			continue
		case errors.Is(err, jetstream.ErrNoHeartbeat) || errors.Is(err, nats.ErrConnectionClosed) && r.bus.nc.IsReconnecting():
			continue // the server is away; the iterator asks again by itself
		case err != nil:
			return fmt.Errorf("consume %s as %s: %w", r.topic.Name, r.cfg.Name, err)
		}
		if r.cfg.Rest > 0 {
			rest(ctx, min(time.Duration(r.cfg.Rest)*time.Since(begin), maxRest))
		}
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// fetch waits for one message and takes along those that are there already, or come
// while other batches are in hand.
func (r *reader[T]) fetch(ctx context.Context) ([]jetstream.Msg, error) {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	if r.lanes != nil {
		return r.fetchLanes(ctx)
	}
	first, err := r.iter.Next(jetstream.NextContext(ctx))
	if err != nil {
		return nil, err
	}
	msgs := append(make([]jetstream.Msg, 0, r.cfg.Batch), first)
	defer r.inHand.Add(1)
	deadline := time.Now().Add(max(r.cfg.Linger, 200*time.Microsecond))
	latest := time.Now().Add(r.cfg.AckWait / 3) // whoever waits longer has to say so to the server
	for len(msgs) < r.cfg.Batch {
		m, err := r.iter.Next(jetstream.NextMaxWait(max(time.Until(deadline), time.Millisecond)))
		switch {
		case err == nil:
			msgs = append(msgs, m)
		case !errors.Is(err, nats.ErrTimeout):
			return msgs, err
		case r.inHand.Load() == 0 || ctx.Err() != nil || time.Now().After(latest):
			return msgs, nil
		}
	}
	return msgs, nil
}
