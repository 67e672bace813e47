package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// From says where reading a stream begins.
type From struct {
	after uint64
	all   bool
}

// FromNow begins with the next message.
var FromNow = From{}

// FromAfter begins with the first message after sequence, or the oldest kept.
func FromAfter(sequence uint64) From { return From{after: sequence, all: true} }

// Tail calls handle for the topic's messages in order, without taking them from
// anybody and without acknowledging, until ctx is done or handle fails. What
// does not decode is skipped: it is for the stream's consumers to bury it.
func (t Topic[T]) Tail(ctx context.Context, b *Bus, from From, handle func(*Message[T]) error) error {
	cfg := jetstream.OrderedConsumerConfig{FilterSubjects: []string{t.Filter()}, DeliverPolicy: jetstream.DeliverNewPolicy}
	if from.all {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, from.after+1
	}
	return t.read(ctx, b, cfg, handle)
}

// Latest returns the last message of every subject of the topic, in the order in
// which they were stored.
func (t Topic[T]) Latest(ctx context.Context, b *Bus) ([]*Message[T], error) {
	cons, err := b.js.OrderedConsumer(ctx, t.Stream, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{t.Filter()}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.Name, err)
	}
	if info := cons.CachedInfo(); info == nil || info.NumPending == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var out []*Message[T]
	err = iterate(ctx, t, cons, func(m *Message[T], pending uint64) error {
		if m != nil {
			out = append(out, m)
		}
		if pending == 0 {
			cancel()
		}
		return nil
	})
	return out, err
}

func (t Topic[T]) read(ctx context.Context, b *Bus, cfg jetstream.OrderedConsumerConfig, handle func(*Message[T]) error) error {
	cons, err := b.js.OrderedConsumer(ctx, t.Stream, cfg)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	return iterate(ctx, t, cons, func(m *Message[T], _ uint64) error {
		if m == nil {
			return nil
		}
		return handle(m)
	})
}

// iterate decodes what cons delivers; a message that does not decode is nil.
func iterate[T any](ctx context.Context, t Topic[T], cons jetstream.Consumer, handle func(m *Message[T], pending uint64) error) error {
	iter, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("read %s: %w", t.Name, err)
	}
	defer iter.Stop()
	for ctx.Err() == nil {
		raw, err := iter.Next(jetstream.NextContext(ctx))
		if ctx.Err() != nil || errors.Is(err, jetstream.ErrMsgIteratorClosed) {
			return nil
		}
		if errors.Is(err, jetstream.ErrNoHeartbeat) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		meta, err := raw.Metadata()
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Name, err)
		}
		m, err := decode(t, raw.Subject(), raw.Headers(), raw.Data())
		if err != nil {
			m = nil
		} else {
			m.Sequence, m.ctx = meta.Sequence.Stream, propagator.Extract(ctx, carrier(raw.Headers()))
		}
		if err := handle(m, meta.NumPending); err != nil {
			return err
		}
	}
	return nil
}

// Listen calls handle for messages of a topic that no stream keeps, until ctx is
// done. Who is not listening misses them; ready is called when nothing is missed
// any more.
func (t Topic[T]) Listen(ctx context.Context, b *Bus, ready func(), handle func(*Message[T])) error {
	sub, err := b.nc.SubscribeSync(t.Filter())
	if err != nil {
		return fmt.Errorf("listen to %s: %w", t.Name, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone already
	if err := b.nc.FlushTimeout(5 * time.Second); err != nil {
		return fmt.Errorf("listen to %s: %w", t.Name, err)
	}
	ready()
	for {
		raw, err := sub.NextMsgWithContext(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("listen to %s: %w", t.Name, err)
		}
		if m, err := decode(t, raw.Subject, raw.Header, raw.Data); err == nil {
			m.ctx = propagator.Extract(ctx, carrier(raw.Header))
			handle(m)
		}
	}
}

// Newest returns up to limit of the topic's stored messages, the newest first,
// and how many there are in all.
func (t Topic[T]) Newest(ctx context.Context, b *Bus, limit int) ([]*Message[T], uint64, error) {
	stream, err := b.js.Stream(ctx, t.Stream)
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", t.Name, err)
	}
	state := stream.CachedInfo().State
	var out []*Message[T]
	for seq := state.LastSeq; seq >= state.FirstSeq && seq > 0 && len(out) < limit; seq-- {
		raw, err := stream.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", t.Name, err)
		}
		if m, err := decode(t, raw.Subject, raw.Header, raw.Data); err == nil {
			m.Sequence, m.ctx = seq, ctx
			out = append(out, m)
		}
	}
	return out, state.Msgs, nil
}

// LastSequence is the sequence of the last message of a stream, 0 if it never
// had one.
func (b *Bus) LastSequence(ctx context.Context, stream string) (uint64, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", stream, err)
	}
	return s.CachedInfo().State.LastSeq, nil
}

// Backlog is how many messages of the topic a group of consumers has not finished: all
// that are kept, if there is no such group yet.
func (t Topic[T]) Backlog(ctx context.Context, b *Bus, consumer string) (uint64, error) {
	cons, err := b.js.Consumer(ctx, t.Stream, consumer)
	switch {
	case err == nil:
		info := cons.CachedInfo()
		return info.NumPending + uint64(info.NumAckPending), nil //nolint:gosec // a count
	case !errors.Is(err, jetstream.ErrConsumerNotFound):
		return 0, fmt.Errorf("look at consumer %s of %s: %w", consumer, t.Stream, err)
	}
	s, err := b.js.Stream(ctx, t.Stream)
	if err != nil {
		return 0, fmt.Errorf("look at stream %s: %w", t.Stream, err)
	}
	return s.CachedInfo().State.Msgs, nil
}
