package bus

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/nats-io/nats.go/jetstream"
)

// deadLetter keeps msg with the reason and then ends its delivery. If it cannot
// be kept, delivery goes on, so that nothing disappears without a trace.
func (b *Bus) deadLetter(ctx context.Context, stream, consumer string, msg jetstream.Msg, reason error) error {
	meta, err := msg.Metadata()
	if err != nil {
		return err
	}
	id := carrier(msg.Headers()).Get(headerID)
	if id == "" {
		id = decnet.EventID(stream, msg.Subject(), int64(meta.Sequence.Stream)) //nolint:gosec // a stream does not reach 2^63 messages
	}
	letter := decnet.DeadLetter{
		ID: id, Stream: stream, Consumer: consumer, Subject: msg.Subject(),
		Reason: reason.Error(), Attempts: meta.NumDelivered, Time: time.Now().UTC(),
		Headers: msg.Headers(), Body: msg.Data(),
	}
	// One that was replayed and failed again is another letter.
	once := fmt.Sprintf("dead-%s-%d-%s", consumer, meta.Sequence.Stream, id)
	out := DeadLetters.New(ctx, once, letter, strings.ToLower(stream), consumer)
	if err := b.Publish(ctx, out); err != nil {
		return err
	}
	b.log.Warn("dead letter", "stream", stream, "consumer", consumer, "id", id, "reason", reason)
	return msg.TermWithReason(reason.Error())
}
