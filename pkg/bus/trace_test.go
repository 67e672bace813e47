package bus_test

import (
	"context"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// A message's trace goes on at its consumer and in what the consumer publishes
// because of it: one trace, each span the child of the one before.
func TestTraceFollowsTheMessage(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(provider)
	defer otel.SetTracerProvider(before)

	b := bustest.New(t)
	ctx, root := provider.Tracer("test").Start(t.Context(), "read line")
	if err := b.Publish(ctx, lines(ctx, 1)...); err != nil {
		t.Fatal(err)
	}
	root.End()
	var done atomic.Bool
	drain(t, b, bus.Consumer{Name: "c"}, func(ctx context.Context, ms []*bus.Message[decnet.RawLog]) error {
		defer done.Store(true)
		return b.Publish(ctx, bus.AttackersSeen.New(ms[0].Context(), "s1", decnet.Sightings{}, bus.AttackersSeen.Lane("cb007107")))
	}, done.Load)

	parents := map[string]string{}
	byID := map[string]string{}
	for _, s := range spans.Ended() {
		if s.SpanContext().TraceID() != root.SpanContext().TraceID() {
			t.Errorf("span %s is in another trace", s.Name())
		}
		byID[s.SpanContext().SpanID().String()] = s.Name()
	}
	for _, s := range spans.Ended() {
		parents[s.Name()] = byID[s.Parent().SpanID().String()]
	}
	want := map[string]string{"read line": "", "send logs.raw": "read line", "process logs.raw": "send logs.raw", "send attackers.seen": "process logs.raw"}
	for span, parent := range want {
		if have, ok := parents[span]; !ok || have != parent {
			t.Errorf("span %q has parent %q (recorded: %v), want %q", span, have, ok, parent)
		}
	}
}
