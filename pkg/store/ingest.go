package store

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/decnet/decnet/pkg/decnet"
)

// Ingested is what a batch amounts to. It depends on what is stored and not on
// whether this call stored it, so a batch that is delivered again gives the same
// messages to publish again; only New, and how far a sighting reaches, differ.
type Ingested struct {
	// New is how many events were not stored before.
	New int
	// Events are the events of the batch, index by index, as they are stored,
	// with their Seq.
	Events []decnet.Event
	// Sightings has one entry per attacker in the batch, in the order of their
	// first event; Through is the attacker's last event stored so far.
	Sightings []decnet.Sighting
	// Credentials are those of all distinct events that carry one, in order.
	Credentials []decnet.Credential
	// Bounties are those that an event of the batch was the first to have, as it
	// had them: with a count of one.
	Bounties []decnet.Bounty
}

// Ingest stores a batch of events in one transaction: all of them or, when it
// returns an error, none. An event whose id is already stored changes nothing.
// The others are numbered per attacker in the order given, and their credentials
// and bounties counted. Seq of the events given is ignored.
//
// An event that Check refuses fails the batch with CodeInvalid. Batches of one
// hundred to a few thousand events are fast; one transaction per event is not.
func (s *Store) Ingest(ctx context.Context, events []decnet.Event) (Ingested, error) {
	if len(events) == 0 {
		return Ingested{}, nil
	}
	// Looked up on each call, because the provider is set when telemetry starts.
	ctx, span := trace.SpanFromContext(ctx).TracerProvider().Tracer("github.com/decnet/decnet/pkg/store").Start(ctx, "insert events",
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(
			attribute.String("db.system.name", s.dialect.system),
			attribute.Int("db.operation.batch.size", len(events))))
	defer span.End()

	done, err := s.insert(ctx, events)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(otelcodes.Error, "insert events")
		return Ingested{}, err
	}
	span.SetAttributes(attribute.Int("decnet.events.new", done.New))
	return done, nil
}

func (s *Store) insert(ctx context.Context, events []decnet.Event) (Ingested, error) {
	b := batch{events: make([]decnet.Event, len(events))}
	for i := range events {
		if err := Check(&events[i]); err != nil {
			return Ingested{}, fmt.Errorf("insert events: number %d of %d: %w", i+1, len(events), err)
		}
		b.events[i] = normal(events[i])
	}
	if err := s.engine.ingest(ctx, &b); err != nil {
		return Ingested{}, wrap(err, fmt.Sprintf("insert %d events", len(events)))
	}
	return b.result(), nil
}
