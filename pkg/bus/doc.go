// Package bus carries typed messages between workers over NATS JetStream.
//
// What goes in is a Go value and the keys of its subject; what comes out at
// every consumer is the same value, at least once, with its trace. Which topics,
// streams and buckets exist is data: the tables in topics.go and streams.go.
//
// # Usage
//
//	b, err := bus.Connect(ctx, bus.Config{URL: "nats://…"})
//	msg := bus.LogsRaw.New(ctx, raw.ID, raw, host, decky, service)
//	err = b.Publish(ctx, msg)                         // returns once it is on disk
//	err = bus.LogsRaw.Consume(ctx, b, bus.Consumer{Name: "ingester"}, handle)
//
// # What is promised
//
// Publish returns nil only after the stream acknowledged every message; messages
// of one stream are published as one atomic batch in the order given. A message
// that was published twice with one id within the stream's duplicate window is
// stored once. Consumers get each message at least once, so handlers must be
// idempotent; they need not be concerned with acknowledging, retries, dead
// letters, spans or keeping long work alive, since Consume does all that. The
// order is the stream's for Consumer.Ordered alone; Hold sees to it that one
// instance at a time consumes so.
//
// A topic with lanes is divided by a key, see Info.Lane. The messages of a lane are handed
// over in order, one at a time: none before the one in front of it is settled, and by one of
// all instances, any of which may serve any lane. A batch has messages of several lanes.
//
// # What a handler's error means
//
// nil acknowledges. Later(err) says that something the handler needs is down:
// the same batch is handed over again after a pause, as often as it takes, and
// counts against no message. Drop(err), or Message.Drop for one of a batch, says
// that no retry can help: the message goes to the dead letters with the reason.
// Any other error is retried, message by message, up to Consumer.Attempts times.
//
// # Envelope
//
// Bodies are JSON. The envelope is in the headers as CloudEvents 1.0 binary mode
// (ce-id, ce-type, ce-source, ce-time), with W3C Trace Context in traceparent
// and tracestate, all in lower case exactly.
//
// nats.go is imported by this package alone, nats-server by bus/embed alone.
// Tests use bus/bustest, which runs the real server in process.
package bus
