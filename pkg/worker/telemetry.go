package worker

import (
	"context"
	"fmt"
	"net/url"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TelemetryConfig says where traces go. Without an endpoint there are none and
// they cost nothing.
type TelemetryConfig struct {
	Endpoint string  `mapstructure:"endpoint" env:"DECNET_OTEL_ENDPOINT,OTEL_EXPORTER_OTLP_ENDPOINT" doc:"OTLP/HTTP endpoint for traces, such as http://localhost:4318 (4317 is for gRPC, which is not spoken here); empty turns tracing off"`
	Sample   float64 `mapstructure:"sample" doc:"share of attacker sessions to trace, from 0 to 1"`
}

// DefaultTelemetry traces every session once an endpoint is set.
func DefaultTelemetry() TelemetryConfig { return TelemetryConfig{Sample: 1} }

// Validate refuses what is no URL and no share.
func (c TelemetryConfig) Validate() error {
	if c.Endpoint != "" {
		u, err := url.Parse(c.Endpoint)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("telemetry.endpoint %q: want http://host:port or https://host:port", redact(c.Endpoint, true))
		}
	}
	if c.Sample < 0 || c.Sample > 1 {
		return fmt.Errorf("telemetry.sample %v: want a share from 0 to 1", c.Sample)
	}
	return nil
}

// Telemetry makes one tracer provider per worker, all with one exporter, so that
// each worker is a service of its own in a trace although they share a process.
type Telemetry struct {
	processor sdktrace.SpanProcessor
	sampler   sdktrace.Sampler
	version   string
}

// NewTelemetry prepares the exporter; it connects when there is something to send.
func NewTelemetry(ctx context.Context, c TelemetryConfig, version string) (*Telemetry, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Endpoint == "" {
		return &Telemetry{}, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(tracesURL(c.Endpoint)))
	if err != nil {
		return nil, fmt.Errorf("telemetry.endpoint %s: %w", redact(c.Endpoint, true), err)
	}
	return &Telemetry{
		processor: sdktrace.NewBatchSpanProcessor(exporter),
		sampler:   sdktrace.ParentBased(sessionSampler{c.Sample}),
		version:   version,
	}, nil
}

// tracesURL adds the path that OTLP/HTTP gives to traces unless there is one.
func tracesURL(endpoint string) string {
	u, _ := url.Parse(endpoint) // validated
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces"
	}
	return u.String()
}

// Provider is what the worker called name makes its spans with.
func (t *Telemetry) Provider(name string) trace.TracerProvider {
	if t.processor == nil {
		return noop.NewTracerProvider()
	}
	return sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(t.processor), sdktrace.WithSampler(t.sampler),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.namespace", "decnet"),
			attribute.String("service.name", "decnet-"+name),
			attribute.String("service.version", t.version),
		)),
	)
}

// Shutdown sends what is left.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if t.processor == nil {
		return nil
	}
	if err := t.processor.Shutdown(ctx); err != nil {
		return fmt.Errorf("send remaining traces: %w", err)
	}
	return nil
}

// SessionKey is the attribute of a root span by which it is sampled: all spans
// of one attacker session are traced or none, and a flood of packets in one
// session is one decision.
const SessionKey = attribute.Key("decnet.session")

// sessionSampler keeps the given share of sessions, and of traces without one.
type sessionSampler struct{ share float64 }

func (s sessionSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	key := p.TraceID[:]
	for _, a := range p.Attributes {
		if a.Key == SessionKey {
			key = []byte(a.Value.AsString())
		}
	}
	decision := sdktrace.Drop
	if share(key) < s.share {
		decision = sdktrace.RecordAndSample
	}
	return sdktrace.SamplingResult{Decision: decision, Tracestate: trace.SpanContextFromContext(p.ParentContext).TraceState()}
}

func (s sessionSampler) Description() string { return fmt.Sprintf("SessionSampler{%v}", s.share) }

// share maps a key evenly to [0,1): FNV-1a, folded through a multiplication so
// that similar session ids do not fall together.
func share(key []byte) float64 {
	h := uint64(14695981039346656037)
	for _, c := range key {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return float64(h*0x9e3779b97f4a7c15>>11) / (1 << 53)
}
