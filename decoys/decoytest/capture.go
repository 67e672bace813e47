package decoytest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// capture stands in for the event file. It reads each line back, as a collector
// does, and holds it against the spec.
type capture struct {
	t           testing.TB
	spec        decnet.ServiceSpec
	allowErrors bool

	mu     sync.Mutex
	closed bool
	events []decnet.Event
	// artifacts are what was kept, by their ids on the way, in order.
	artifacts []*Artifact
}

func newCapture(t testing.TB, spec decnet.ServiceSpec, allowErrors bool) *capture {
	t.Helper()
	return &capture{t: t, spec: spec, allowErrors: allowErrors}
}

// Write takes one line. One call is one system call on a real file, and a line
// must not be spread over two.
func (c *capture) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, errors.New("the event file is closed")
	}
	if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
		c.t.Errorf("an event was not written as one line at once: %.200q", line)
		return len(line), nil
	}
	if eventlog.IsChunk(line) {
		c.keep(line[:len(line)-1])
		return len(line), nil
	}
	e, err := eventlog.Parse(line[:len(line)-1])
	if err != nil {
		c.t.Errorf("an event does not parse: %v: %.200q", err, line)
		return len(line), nil
	}
	if err := declared(&c.spec, e); err != nil {
		c.t.Errorf("event %s: %v", e.Kind, err)
	}
	if e.Kind == decnet.KindError && !c.allowErrors {
		c.t.Errorf("the decoy failed: %s: %s", e.Fields[decnet.FieldReason], e.Message)
	}
	c.events = append(c.events, *e)
	return len(line), nil
}

// Close makes later writes fail.
func (c *capture) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

func (c *capture) all() []decnet.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.events)
}

// declared reports what the spec does not say of e.
func declared(spec *decnet.ServiceSpec, e *decnet.Event) error {
	i := slices.IndexFunc(spec.Events, func(s decnet.EventSpec) bool { return s.Kind == e.Kind })
	if i < 0 {
		return fmt.Errorf("the spec of %s does not declare this kind", spec.Slug)
	}
	known := append(decoy.CommonFields(), spec.Events[i].Fields...)
	for name, value := range e.Fields {
		k := slices.IndexFunc(known, func(f decnet.FieldSpec) bool { return f.Name == name })
		if k < 0 {
			return fmt.Errorf("the spec of %s does not declare field %q", spec.Slug, name)
		}
		if err := known[k].Check(value, e.Fields[decnet.FieldCut]); err != nil {
			return err
		}
	}
	return nil
}

func ofKind(events []decnet.Event, kind string) []decnet.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e decnet.Event) bool { return e.Kind != kind })
}

func summary(events []decnet.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = e.Kind + ": " + e.Message
	}
	return out
}
