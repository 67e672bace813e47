package bus

import (
	"context"

	"github.com/nats-io/nats.go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// carrier puts W3C Trace Context into NATS headers. Keys stay in lower case as
// the W3C writes them: NATS headers are case-sensitive, and the HTTP carrier's
// "Traceparent" would be invisible to peers that look for the exact name.
type carrier nats.Header

func (c carrier) Get(key string) string {
	if v := c[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (c carrier) Set(key, value string) { c[key] = []string{value} }

func (c carrier) Keys() []string {
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	return keys
}

var propagator = propagation.TraceContext{}

// scope names this package in traces.
const scope = "github.com/decnet/decnet/pkg/bus"

// startSend begins the producer span of one message. Span names hold the topic
// and never the whole subject, so that their number stays small.
func (b *Bus) startSend(ctx context.Context, t Info, id string) (context.Context, trace.Span) {
	if b.silent {
		return ctx, noop.Span{}
	}
	return b.tracer.Start(ctx, "send "+t.Name, trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(attributes(t, id)...))
}

// startProcess begins the consumer span of one message as a child of the span
// that sent it.
func (b *Bus) startProcess(ctx context.Context, t Info, id string, h nats.Header) (context.Context, trace.Span) {
	ctx = propagator.Extract(ctx, carrier(h))
	if b.silent { // whoever is told because of this is in its sender's trace all the same
		return ctx, noop.Span{}
	}
	return b.tracer.Start(ctx, "process "+t.Name, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(attributes(t, id)...))
}

func endSpan(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

// attributes follow the OpenTelemetry semantic conventions for messaging.
func attributes(t Info, id string) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("messaging.system", "nats"),
		attribute.String("messaging.destination.template", t.Pattern()),
		attribute.String("messaging.message.id", id),
	}
}
