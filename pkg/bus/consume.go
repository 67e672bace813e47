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
	// Ordered hands over the messages in the stream's order, none before the
	// ones in front of it are settled, and none twice to one call. There must be
	// one call at a time, see Hold; what another took all the same is fetched again.
	Ordered bool
	// Since is where a consumer that is made now begins: with the first message
	// stored at that time or later. Zero is the oldest there is.
	Since time.Time
	// Note is kept with the consumer, for whoever lists them; see Durables.
	Note string
	// Bytes bounds what waits in this process, in bytes; 0 means no bound. It
	// must be more than one message has.
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

// Consume hands the topic's messages to handle in batches until ctx is done; the
// batch in hand is finished first. What handle's error means is told in the
// package comment. One call runs one handler at a time.
func (t Topic[T]) Consume(ctx context.Context, b *Bus, c Consumer, handle func(context.Context, []*Message[T]) error) error {
	c = c.withDefaults()
	cons, err := b.durable(ctx, t.Info, c)
	if err != nil {
		return err
	}
	r := reader[T]{bus: b, topic: t, cfg: c, handle: handle}
	if c.Exclusive || c.Ordered {
		if r.next, err = b.rewind(ctx, t.Info, c); err != nil {
			return err
		}
	}
	if c.Ordered {
		// What was taken and not settled is the next call's, and does not count as
		// delivered should the stream remove it meanwhile.
		defer func() { _, _ = b.rewind(context.WithoutCancel(ctx), t.Info, c) }()
	}
	for {
		again, err := r.read(ctx, cons)
		if err != nil || !again {
			return err
		}
	}
}

// read hands over what cons delivers until ctx is done. It returns true to be
// called again, where messages of an ordered consumer came out of order.
func (r *reader[T]) read(ctx context.Context, cons jetstream.Consumer) (again bool, err error) {
	c := r.cfg
	var most jetstream.PullMessagesOpt = jetstream.PullMaxMessages(2 * c.Batch)
	if c.Bytes > 0 {
		most = jetstream.PullMaxMessagesWithBytesLimit(2*c.Batch, c.Bytes)
	}
	iter, err := cons.Messages(most, jetstream.PullHeartbeat(5*time.Second), jetstream.PullExpiry(30*time.Second))
	if err != nil {
		return false, fmt.Errorf("consume %s as %s: %w", r.topic.Name, c.Name, err)
	}
	defer iter.Stop()
	for {
		msgs, err := fetch(ctx, iter, c)
		inOrder := true
		if c.Ordered && len(msgs) > 0 {
			msgs, inOrder = r.inOrder(context.WithoutCancel(ctx), msgs)
		}
		if len(msgs) > 0 {
			r.process(ctx, msgs)
		}
		switch {
		case ctx.Err() != nil:
			return false, nil
		case !inOrder:
			_, err := r.bus.rewind(ctx, r.topic.Info, c)
			return true, err
		case errors.Is(err, jetstream.ErrNoHeartbeat) || errors.Is(err, nats.ErrConnectionClosed) && r.bus.nc.IsReconnecting():
			continue // the server is away; the iterator asks again by itself
		case err != nil:
			return false, fmt.Errorf("consume %s as %s: %w", r.topic.Name, c.Name, err)
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
