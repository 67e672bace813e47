package bus

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
)

// reader is one running Consume.
type reader[T any] struct {
	bus    *Bus
	topic  Topic[T]
	cfg    Consumer
	handle func(context.Context, []*Message[T]) error
	began  time.Time
	// next is the sequence that an ordered consumer's next message has, if the
	// stream still has it.
	next uint64

	fetching sync.Mutex // held by who asks iter or lanes
	iter     jetstream.MessagesContext
	lanes    *lanes       // instead of iter, of a topic that has some
	inHand   atomic.Int32 // batches
}

// delivery is one message in hand with everything that has to end with it.
type delivery[T any] struct {
	raw  jetstream.Msg
	msg  *Message[T]
	span trace.Span
}

// process brings one batch to its end: every message acknowledged, dead, or left
// for redelivery. It finishes even when ctx ends, unless it has to wait.
func (r *reader[T]) process(ctx context.Context, raw []jetstream.Msg) {
	work := context.WithoutCancel(ctx)
	alive := keepAlive(raw, r.cfg.AckWait/3)
	defer alive()
	batch := make([]delivery[T], 0, len(raw))
	for _, m := range raw {
		msg, err := decode(r.topic, m.Subject(), m.Headers(), m.Data())
		if err != nil {
			r.dead(work, m, err)
			continue
		}
		if meta, err := m.Metadata(); err == nil {
			msg.Sequence, msg.Again = meta.Sequence.Stream, r.again(meta)
		}
		d := delivery[T]{raw: m, msg: msg}
		msg.ctx, d.span = r.bus.startProcess(work, r.topic.Info, msg.ID, m.Headers())
		batch = append(batch, d)
	}
	r.settle(ctx, work, batch)
}

// again reports whether a message may have been handled before. To an exclusive consumer everything that was
// there when it began comes as if for the first time.
func (r *reader[T]) again(meta *jetstream.MsgMetadata) bool {
	return meta.NumDelivered > 1 || r.cfg.Exclusive && !meta.Timestamp.After(r.began)
}

// settle calls the handler and does what its error says. A batch that fails is
// tried again one by one, so that only the guilty message suffers.
func (r *reader[T]) settle(ctx, work context.Context, batch []delivery[T]) {
	if len(batch) == 0 {
		return
	}
	err := r.callUntilReady(ctx, work, batch)
	switch {
	case err == nil:
		for i, d := range batch {
			r.done(work, d, r.cfg.Ordered && i == len(batch)-1)
		}
	case isLater(err): // ctx ended while waiting: let another instance have them
		for _, d := range batch {
			_ = d.raw.Nak()
			endSpan(d.span, err)
		}
	case len(batch) > 1:
		for i := range batch {
			r.settle(ctx, work, batch[i:i+1])
		}
	case r.cfg.Ordered:
		r.insist(ctx, work, batch[0], err)
	default:
		r.fail(work, batch[0], err)
	}
}

// callUntilReady repeats the handler while what it needs is down.
func (r *reader[T]) callUntilReady(ctx, work context.Context, batch []delivery[T]) error {
	msgs := make([]*Message[T], len(batch))
	for i, d := range batch {
		msgs[i] = d.msg
	}
	for n := 0; ; n++ {
		err := call(func() error { return r.handle(work, msgs) })
		for _, m := range msgs {
			m.Again = true
		}
		if !isLater(err) && !unreachable(err) {
			if n > 0 {
				r.cfg.OnPause(nil)
			}
			return err
		}
		r.cfg.OnPause(err)
		select {
		case <-ctx.Done():
			return Later(err)
		case <-time.After(pause(n)):
		}
	}
}

// done acknowledges a handled message, or buries it if the handler dropped it.
// With certain it waits until the server knows it, and with it all before.
func (r *reader[T]) done(ctx context.Context, d delivery[T], certain bool) {
	if d.msg.dropped != nil {
		r.dead(ctx, d.raw, d.msg.dropped)
		endSpan(d.span, d.msg.dropped)
		return
	}
	var err error
	if certain {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		err = d.raw.DoubleAck(ctx)
	} else {
		err = d.raw.Ack()
	}
	endSpan(d.span, err)
}

// fail decides about the one message that the handler could not take.
func (r *reader[T]) fail(ctx context.Context, d delivery[T], err error) {
	defer endSpan(d.span, err)
	meta, merr := d.raw.Metadata()
	if isDrop(err) || merr == nil && meta.NumDelivered >= uint64(r.cfg.Attempts) { //nolint:gosec // attempts are few
		r.dead(ctx, d.raw, err)
		return
	}
	r.bus.log.Warn("message failed, will be tried again", "topic", r.topic.Name, "id", d.msg.ID, "error", err)
	n := 0
	if merr == nil {
		n = int(min(meta.NumDelivered, 16))
	}
	_ = d.raw.NakWithDelay(pause(n)) // an unsent nak ends in redelivery too
}

func (r *reader[T]) dead(ctx context.Context, m jetstream.Msg, reason error) {
	if err := r.bus.deadLetter(ctx, r.topic.Stream, r.cfg.Name, m, reason); err != nil {
		r.bus.log.Error("cannot keep a dead letter, its message will come again", "subject", m.Subject(), "error", err)
		_ = m.NakWithDelay(time.Second)
	}
}

// keepAlive tells the server now and then that msgs are being worked on, and
// returns what stops it.
func keepAlive(msgs []jetstream.Msg, every time.Duration) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				for _, m := range msgs {
					_ = m.InProgress() // fails for those settled meanwhile, which is fine
				}
			}
		}
	}()
	return func() { close(quit); <-ended }
}
