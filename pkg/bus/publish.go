package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"
)

// MaxBatch bounds one atomic batch; it is the server's own limit.
const MaxBatch = 1000

// ErrRefused says that the stream will not take a message however often it is
// tried, such as one that is too large.
var ErrRefused = errors.New("refused by the stream")

// Publish sends messages and returns once all are acknowledged. Those of one
// stream go as atomic batches of up to MaxBatch in the order given; different
// streams are served at the same time, since each waits for the disk. On an
// error some batches may have been stored: publish all again, their ids make
// that harmless.
func (b *Bus) Publish(ctx context.Context, messages ...Outgoing) error {
	byStream := make(map[string][]*nats.Msg)
	spans := make([]trace.Span, 0, len(messages))
	var err error
	defer func() {
		for _, s := range spans {
			endSpan(s, err)
		}
	}()
	for _, o := range messages {
		var msg *nats.Msg
		if msg, err = b.encode(o); err != nil {
			return err
		}
		sctx, span := b.startSend(o.ctx, o.topic, o.id)
		spans = append(spans, span)
		propagator.Inject(sctx, carrier(msg.Header))
		byStream[o.topic.Stream] = append(byStream[o.topic.Stream], msg)
	}
	var g errgroup.Group
	for stream, msgs := range byStream {
		g.Go(func() error { return b.publishTo(ctx, stream, msgs) })
	}
	err = g.Wait()
	return err
}

func (b *Bus) publishTo(ctx context.Context, stream string, msgs []*nats.Msg) error {
	if stream == "" {
		for _, m := range msgs {
			if err := b.nc.PublishMsg(m); err != nil {
				return fmt.Errorf("publish %s: %w", m.Subject, err)
			}
		}
		return nil
	}
	for len(msgs) > 0 {
		n := min(len(msgs), MaxBatch)
		if err := b.publishBatch(ctx, stream, msgs[:n]); err != nil {
			return err
		}
		msgs = msgs[n:]
	}
	return nil
}

// publishBatch stores msgs atomically. A batch that holds an id the stream
// already has is refused as a whole; then an earlier attempt got through in
// part or in whole, and one by one the known ones are acknowledged as such.
func (b *Bus) publishBatch(ctx context.Context, stream string, msgs []*nats.Msg) error {
	if len(msgs) > 1 {
		_, err := jetstreamext.PublishMsgBatch(ctx, b.js, msgs)
		if err == nil {
			return nil
		}
		if !splittable(err) {
			return fmt.Errorf("publish %d messages to %s: %w", len(msgs), stream, err)
		}
		for _, m := range msgs {
			for _, h := range []string{jetstreamext.BatchIDHeader, jetstreamext.BatchSeqHeader, jetstreamext.BatchCommitHeader} {
				m.Header.Del(h)
			}
			m.Reply = ""
		}
	}
	for _, m := range msgs {
		if _, err := b.js.PublishMsg(ctx, m, jetstream.WithExpectStream(stream)); err != nil {
			return fmt.Errorf("publish %s: %w", m.Subject, refusal(err))
		}
	}
	return nil
}

// splittable reports errors that say something about one message of a batch.
func splittable(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == jetstreamext.JSErrCodeBatchPublishDuplicateMsgID || isTooLarge(err)
}

// codeTooLarge is the server's JSStreamMessageExceedsMaximumErr.
const codeTooLarge jetstream.ErrorCode = 10054

func isTooLarge(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == codeTooLarge || errors.Is(err, nats.ErrMaxPayload)
}

func refusal(err error) error {
	if isTooLarge(err) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}
