package eventlog_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

func chunk() *eventlog.Chunk {
	return &eventlog.Chunk{
		Time: time.Date(2026, 11, 23, 6, 37, 55, 123456789, time.UTC), Decky: "web-01", Service: "ssh", ID: "0123456789abcdef0123",
		Type: artifact.Session, Offset: 4096, Data: bytes.Repeat([]byte{0, '\n', '"', 0xff}, eventlog.MaxChunk/4),
	}
}

func TestChunkSurvivesItsLine(t *testing.T) {
	want := chunk()
	line := eventlog.AppendChunk(nil, want)
	if len(line) > eventlog.MaxLine {
		t.Fatalf("the largest chunk has a line of %d bytes", len(line))
	}
	if !eventlog.IsChunk(line) {
		t.Error("it does not look like a chunk")
	}
	have, err := eventlog.ParseChunk(line)
	if err != nil || !reflect.DeepEqual(have, want) {
		t.Errorf("have %+v, %v", have, err)
	}
	if eventlog.IsChunk(eventlog.Append(nil, sample())) {
		t.Error("an event looks like a chunk")
	}
}

func TestParseChunkRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*eventlog.Chunk)
		reason string
	}{
		{"a path for an id", func(c *eventlog.Chunk) { c.ID = "../../../../etc/cron.d/x" }, "no name of an artifact"},
		{"an unknown type", func(c *eventlog.Chunk) { c.Type = "program" }, "no type"},
		{"a negative offset", func(c *eventlog.Chunk) { c.Offset = -1 }, "within"},
		{"an offset beyond the bound", func(c *eventlog.Chunk) { c.Offset = artifact.MaxBytes }, "within"},
	}
	for _, test := range tests {
		c := chunk()
		test.change(c)
		if _, err := eventlog.ParseChunk(eventlog.AppendChunk(nil, c)); err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: have %v", test.name, err)
		}
	}
}

func FuzzParseChunk(f *testing.F) {
	f.Add(eventlog.AppendChunk(nil, chunk()))
	f.Add([]byte(`<134>1 - web-01 ssh - blob [decnet@32473 ns="1" id="0123456789abcdef" type="file" offset="0" last="true" data=""]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		eventlog.IsChunk(line)
		c, err := eventlog.ParseChunk(line)
		if err != nil {
			return
		}
		if _, err := artifact.Dir("/x").Path(artifact.Session, c.ID); err != nil || c.Offset < 0 || c.Offset+int64(len(c.Data)) > artifact.MaxBytes {
			t.Fatalf("have %+v: %v", c, err)
		}
		if !eventlog.IsChunk(line) {
			// A header may be longer than it looks at; nothing of ours is.
			return
		}
	})
}
