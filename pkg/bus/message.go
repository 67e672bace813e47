package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Header names of the envelope.
const (
	headerID      = "ce-id"
	headerType    = "ce-type"
	headerSource  = "ce-source"
	headerTime    = "ce-time"
	headerVersion = "ce-specversion"
)

// Message is one message as a handler gets it.
type Message[T any] struct {
	ID      string
	Subject string
	// Keys are the subject's tokens after the topic's name.
	Keys []string
	Body T
	// Sequence is its position in the stream, and 0 for core messages.
	Sequence uint64
	// Again says that the message may have been handled before, in part or as a whole: by a handler that
	// failed, or by an instance that died.
	Again bool

	ctx     context.Context
	dropped error
}

// Context carries the message's span; what the handler publishes because of
// this message is to be made with it.
func (m *Message[T]) Context() context.Context { return m.ctx }

// Drop marks one message of a batch as one that no retry can help. When the
// handler returns nil it becomes a dead letter with err as its reason.
func (m *Message[T]) Drop(err error) { m.dropped = err }

// Bodies returns the bodies of messages.
func Bodies[T any](messages []*Message[T]) []T {
	out := make([]T, len(messages))
	for i, m := range messages {
		out[i] = m.Body
	}
	return out
}

// encode renders o with its envelope.
func (b *Bus) encode(o Outgoing) (*nats.Msg, error) {
	subject, err := o.topic.subject(o.keys)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(o.body)
	if err != nil {
		return nil, fmt.Errorf("topic %s: encode body: %w", o.topic.Name, err)
	}
	h := nats.Header{
		headerID:      {o.id},
		headerType:    {o.topic.Type},
		headerSource:  {b.source},
		headerTime:    {o.time.UTC().Format(time.RFC3339Nano)},
		headerVersion: {"1.0"},
	}
	if o.topic.Stream != "" && o.id != "" {
		h[jetstream.MsgIDHeader] = []string{o.id}
	}
	return &nats.Msg{Subject: subject, Header: h, Data: body}, nil
}

// decode reads the envelope and body of what arrived on subject.
func decode[T any](t Topic[T], subject string, h nats.Header, data []byte) (*Message[T], error) {
	m := &Message[T]{ID: carrier(h).Get(headerID), Subject: subject}
	var err error
	if m.Keys, err = t.ParseKeys(subject); err != nil {
		return m, err
	}
	if typ := carrier(h).Get(headerType); typ != t.Type {
		return m, fmt.Errorf("message has ce-type %q: want %q", typ, t.Type)
	}
	if err := json.Unmarshal(data, &m.Body); err != nil {
		return m, fmt.Errorf("decode body of %s: %w", t.Type, err)
	}
	return m, nil
}
