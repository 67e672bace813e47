package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Consumer says how a group of workers reads a topic. Instances with the same
// Name share the work.
type Consumer struct {
	Name string
	// Batch is the most messages handed over at once; 0 means 256. A batch
	// holds what has arrived, nobody waits for it to fill.
	Batch int
	// Linger is how long to wait for a second message, for consumers whose
	// work costs the same for one and for many; 0 means not at all.
	Linger time.Duration
	// AckWait is how long a crashed instance's messages stay with it; 0 means
	// 10 s. Slow handlers are kept alive meanwhile.
	AckWait time.Duration
	// Exclusive says that there is no other instance: what a predecessor had
	// in hand when it died comes at once, and in its old order.
	Exclusive bool
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
	if c.AckWait == 0 {
		c.AckWait = 10 * time.Second
	}
	if c.Attempts == 0 {
		c.Attempts = 5
	}
	if c.OnPause == nil {
		c.OnPause = func(error) {}
	}
	return c
}

// Consume hands the topic's messages to handle in batches until ctx is done; the
// batch in hand is finished first. What handle's error means is told in the
// package comment. One call runs one handler at a time.
func (t Topic[T]) Consume(ctx context.Context, b *Bus, c Consumer, handle func(context.Context, []*Message[T]) error) error {
	c = c.withDefaults()
	cons, err := b.js.CreateOrUpdateConsumer(ctx, t.Stream, jetstream.ConsumerConfig{
		Durable: c.Name, FilterSubject: t.Filter(), AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: c.AckWait, MaxDeliver: -1, MaxAckPending: 4 * c.Batch, DeliverPolicy: jetstream.DeliverAllPolicy,
	})
	if err != nil {
		return fmt.Errorf("create consumer %s of %s: %w", c.Name, t.Stream, err)
	}
	if c.Exclusive {
		if _, err := b.js.ResetConsumer(ctx, t.Stream, c.Name); err != nil {
			return fmt.Errorf("take over consumer %s of %s: %w", c.Name, t.Stream, err)
		}
	}
	iter, err := cons.Messages(jetstream.PullMaxMessages(2*c.Batch), jetstream.PullHeartbeat(5*time.Second), jetstream.PullExpiry(30*time.Second))
	if err != nil {
		return fmt.Errorf("consume %s as %s: %w", t.Name, c.Name, err)
	}
	defer iter.Stop()
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle}
	for {
		msgs, err := fetch(ctx, iter, c)
		if len(msgs) > 0 {
			r.process(ctx, msgs)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, jetstream.ErrNoHeartbeat) || errors.Is(err, nats.ErrConnectionClosed) && b.nc.IsReconnecting():
			continue // the server is away; the iterator asks again by itself
		case err != nil:
			return fmt.Errorf("consume %s as %s: %w", t.Name, c.Name, err)
		}
	}
}

// fetch waits for one message and takes along those that are there already.
func fetch(ctx context.Context, iter jetstream.MessagesContext, c Consumer) ([]jetstream.Msg, error) {
	first, err := iter.Next(jetstream.NextContext(ctx))
	if err != nil {
		return nil, err
	}
	msgs := append(make([]jetstream.Msg, 0, c.Batch), first)
	deadline := time.Now().Add(max(c.Linger, 200*time.Microsecond))
	for len(msgs) < c.Batch {
		m, err := iter.Next(jetstream.NextMaxWait(max(time.Until(deadline), time.Microsecond)))
		if errors.Is(err, nats.ErrTimeout) {
			break
		}
		if err != nil {
			return msgs, err
		}
		msgs = append(msgs, m)
	}
	return msgs, nil
}
