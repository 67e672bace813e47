package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/decnet/decnet/pkg/decnet"
)

// Letter returns the dead letter with that number: the sequence of the message that
// Newest gave. There is none of a number that was settled: CodeNotFound.
func (b *Bus) Letter(ctx context.Context, number uint64) (*Message[decnet.DeadLetter], error) {
	stream, err := b.js.Stream(ctx, DeadLetters.Stream)
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", number, err)
	}
	raw, err := stream.GetMsg(ctx, number)
	if errors.Is(err, jetstream.ErrMsgNotFound) || number == 0 {
		return nil, noLetter(number)
	}
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", number, err)
	}
	m, err := decode(DeadLetters, raw.Subject, raw.Header, raw.Data)
	if err != nil {
		return nil, fmt.Errorf("read dead letter %d: %w", number, err)
	}
	m.Sequence, m.ctx = number, ctx
	return m, nil
}

func noLetter(number uint64) error {
	return &decnet.Error{Code: decnet.CodeNotFound, Message: fmt.Sprintf("there is no dead letter %d: it was replayed, discarded or is too old", number)}
}

// ReplayLetter puts the message of a dead letter back into its stream, where whoever
// failed on it gets it once more, and discards the letter. The message is a new one for
// the stream and the same for its consumers, which know what they have done by its id;
// all consumers of the stream get it. A letter of no stream, such as a line that was too
// long to be published, cannot be replayed: CodeInvalid.
func (b *Bus) ReplayLetter(ctx context.Context, number uint64) error {
	m, err := b.Letter(ctx, number)
	if err != nil {
		return err
	}
	letter := &m.Body
	if _, err := b.js.Stream(ctx, letter.Stream); err != nil {
		if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrInvalidStreamName) {
			return &decnet.Error{Code: decnet.CodeInvalid, Message: fmt.Sprintf("dead letter %d is of %s, which is no stream: it can be read and discarded", number, letter.Stream)}
		}
		return fmt.Errorf("replay dead letter %d: %w", number, err)
	}
	msg := &nats.Msg{Subject: letter.Subject, Header: nats.Header{}, Data: letter.Body}
	for name, values := range letter.Headers {
		if !strings.HasPrefix(name, "Nats-") { // those are for the server that took it first
			msg.Header[name] = values
		}
	}
	// The stream knows the old id and would take this for a repetition; two replays
	// of one letter are one.
	msg.Header.Set(jetstream.MsgIDHeader, "replay-"+strconv.FormatUint(number, 10)+"-"+letter.ID)
	if _, err := b.js.PublishMsg(ctx, msg, jetstream.WithExpectStream(letter.Stream)); err != nil {
		return fmt.Errorf("replay dead letter %d: %w", number, err)
	}
	return b.DiscardLetter(ctx, number)
}

// DiscardLetter deletes a dead letter. It is gone then.
func (b *Bus) DiscardLetter(ctx context.Context, number uint64) error {
	stream, err := b.js.Stream(ctx, DeadLetters.Stream)
	if err == nil {
		err = stream.DeleteMsg(ctx, number)
	}
	var api *jetstream.APIError
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeMessageNotFound || errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return noLetter(number)
	}
	if err != nil {
		return fmt.Errorf("discard dead letter %d: %w", number, err)
	}
	return nil
}
