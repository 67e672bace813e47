package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Durable is a consumer as its stream keeps it, whether anybody reads or not.
type Durable struct {
	Name string
	// Note is what Consumer.Note said when it was made.
	Note string
	// Floor is the sequence up to which every message is settled.
	Floor uint64
}

// durable returns the consumer that c describes, made if there is none.
func (b *Bus) durable(ctx context.Context, t Info, c Consumer, filter string) (jetstream.Consumer, error) {
	cfg := jetstream.ConsumerConfig{
		Durable: c.Name, Description: c.Note, FilterSubject: filter, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: c.AckWait, MaxDeliver: -1, MaxAckPending: (3 + c.Parallel) * c.Batch, DeliverPolicy: jetstream.DeliverAllPolicy,
	}
	if t.Lanes > 0 {
		cfg.MaxAckPending = 1 // whoever has a lane's message has the lane
	}
	if !c.Since.IsZero() {
		since := c.Since.UTC()
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &since
		// One that is there began at a time of its own, which cannot be changed.
		have, err := b.js.Consumer(ctx, t.Stream, c.Name)
		if err == nil {
			was := have.CachedInfo().Config
			cfg.DeliverPolicy, cfg.OptStartTime = was.DeliverPolicy, was.OptStartTime
		} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil, fmt.Errorf("look at consumer %s of %s: %w", c.Name, t.Stream, err)
		}
	}
	cons, err := b.js.CreateOrUpdateConsumer(ctx, t.Stream, cfg)
	if err != nil {
		return nil, fmt.Errorf("create consumer %s of %s: %w", c.Name, t.Stream, err)
	}
	return cons, nil
}

// rewind has everything come again that is not settled, in order, and returns
// the sequence from which on it does.
func (b *Bus) rewind(ctx context.Context, t Info, c Consumer) (next uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	done, err := b.js.ResetConsumer(ctx, t.Stream, c.Name)
	if err != nil {
		return 0, fmt.Errorf("take over consumer %s of %s: %w", c.Name, t.Stream, err)
	}
	return done.ResetSeq, nil
}

// Durables lists the topic's consumers whose names begin with prefix.
func (t Topic[T]) Durables(ctx context.Context, b *Bus, prefix string) ([]Durable, error) {
	stream, err := b.js.Stream(ctx, t.Stream)
	if err != nil {
		return nil, fmt.Errorf("list consumers of %s: %w", t.Stream, err)
	}
	var out []Durable
	list := stream.ListConsumers(ctx)
	for info := range list.Info() {
		if strings.HasPrefix(info.Name, prefix) {
			out = append(out, Durable{Name: info.Name, Note: info.Config.Description, Floor: info.AckFloor.Stream})
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list consumers of %s: %w", t.Stream, err)
	}
	return out, nil
}

// Forget deletes a consumer; one that is made anew under its name begins where
// its Since says. That there is none is no error.
func (t Topic[T]) Forget(ctx context.Context, b *Bus, name string) error {
	err := b.js.DeleteConsumer(ctx, t.Stream, name)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("delete consumer %s of %s: %w", name, t.Stream, err)
	}
	return nil
}
