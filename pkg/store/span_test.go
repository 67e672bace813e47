package store

import (
	"path/filepath"
	"testing"

	otelcodes "go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestSpan(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))

	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	ctx, parent := provider.Tracer("test").Start(t.Context(), "handle")
	if _, err := s.Ingest(ctx, someEvents(7)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ingest(ctx, []decnet.Event{{}}); err == nil {
		t.Error("an event without an id is stored")
	}
	parent.End()

	ended := spans.Ended()
	if len(ended) != 3 {
		t.Fatalf("%d spans, want 3", len(ended))
	}
	for i, want := range []struct {
		size   int64
		status otelcodes.Code
	}{{7, otelcodes.Unset}, {1, otelcodes.Error}} {
		span := ended[i]
		var size int64
		for _, a := range span.Attributes() {
			if a.Key == "db.operation.batch.size" {
				size = a.Value.AsInt64()
			}
		}
		if span.Name() != "insert events" || span.Parent().SpanID() != parent.SpanContext().SpanID() ||
			size != want.size || span.Status().Code != want.status {
			t.Errorf("span %d: %s of %s, size %d, status %v", i, span.Name(), span.Parent().SpanID(), size, span.Status())
		}
	}
}
