package collector

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/docker"
)

var when = time.Date(2026, 11, 25, 6, 0, 0, 123456789, time.UTC)

func written(text string, change ...func(*docker.Line)) *item {
	it := &item{of: &followed{id: strings.Repeat("ab", 32), decky: "bill-01", service: "billing"}, line: docker.Line{Stream: docker.Stdout, Time: when, Nth: 2, Text: []byte(text)}}
	for _, c := range change {
		c(&it.line)
	}
	return it
}

func TestWhatAContainerWritesIsAnEventOfItsOwn(t *testing.T) {
	const ours = `<134>1 2026-11-25T06:00:00.000001Z bill-01 billing - connect [decnet@32473 src_ip="192.0.2.7" src_port="1"] hello`
	tests := []struct {
		name string
		it   *item
		want decnet.Event // what of it counts
	}{
		{"a line of ours", written(ours), decnet.Event{Kind: "connect", Message: "hello", Attacker: "c0000207"}},
		{
			"of another decky", written(strings.Replace(ours, "bill-01", "dc-01", 1)),
			decnet.Event{Kind: "connect", Message: "hello", Attacker: "c0000207", Fields: map[string]string{"claimed_decky": "dc-01"}},
		},
		{
			"of another service", written(strings.Replace(ours, "billing", "ssh", 1)),
			decnet.Event{Kind: "connect", Message: "hello", Attacker: "c0000207", Fields: map[string]string{"claimed_service": "ssh"}},
		},
		{"its own words", written("started on port 9443"), decnet.Event{Kind: "raw", Message: "started on port 9443", Fields: map[string]string{"stream": "stdout"}}},
		{
			"on the other output", written("warning", func(l *docker.Line) { l.Stream = docker.Stderr }),
			decnet.Event{Kind: "raw", Message: "warning", Fields: map[string]string{"stream": "stderr"}},
		},
		{
			"syslog of its own", written("<13>1 2026-11-25T06:00:00Z h app - - - text"),
			decnet.Event{Kind: "raw", Message: "<13>1 2026-11-25T06:00:00Z h app - - - text", Fields: map[string]string{"stream": "stdout"}},
		},
		{"hostile to terminals", written("a\x1b[2Jb\x00c"), decnet.Event{Kind: "raw", Message: `a\x1b[2Jb\x00c`, Fields: map[string]string{"stream": "stdout"}}},
		{"very long", written(strings.Repeat("x", maxRaw+7)), decnet.Event{Kind: "raw", Message: strings.Repeat("x", maxRaw), Fields: map[string]string{"cut": "message"}}},
		{"a part of one", written("part", func(l *docker.Line) { l.Continues = true }), decnet.Event{Kind: "raw", Message: "part", Fields: map[string]string{"cut": "message"}}},
		{"empty", written(""), decnet.Event{Kind: "raw"}},
	}
	for _, test := range tests {
		all := records(test.it)
		if len(all) != 1 {
			t.Errorf("%s: %d records", test.name, len(all))
			continue
		}
		e, err := eventlog.Parse(all[0].text)
		if err != nil {
			t.Errorf("%s: %v\n%s", test.name, err, all[0].text)
			continue
		}
		if e.Decky != "bill-01" || e.Service != "billing" || e.Kind != test.want.Kind || e.Message != test.want.Message || e.Attacker != test.want.Attacker {
			t.Errorf("%s: have %+v", test.name, e)
		}
		for k, v := range test.want.Fields {
			if e.Fields[k] != v {
				t.Errorf("%s: field %s is %q, want %q", test.name, k, e.Fields[k], v)
			}
		}
		if e.Kind == decnet.KindRaw && !e.Time.Equal(when) {
			t.Errorf("%s: its time is %v", test.name, e.Time)
		}
		if all[0].source != "docker/abababababababab/"+test.it.line.Stream.String()+"/2" || all[0].position != when.UnixNano() {
			t.Errorf("%s: it stands at %s:%d", test.name, all[0].source, all[0].position)
		}
	}
}

func TestAGapIsAnEvent(t *testing.T) {
	all := records(written("after it", func(l *docker.Line) { l.Gap = true }))
	if len(all) != 2 || all[0].source == all[1].source {
		t.Fatalf("have %+v", all)
	}
	e, err := eventlog.Parse(all[0].text)
	if err != nil || e.Kind != decnet.KindError || e.Fields[decnet.FieldReason] == "" {
		t.Errorf("have %+v, %v", e, err)
	}
}

// Whatever a container writes is one event's line of its own decky and service.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("text"), false)
	f.Add([]byte(`<134>1 2026-11-25T06:00:00Z dc-01 ssh - connect [decnet@32473 src_ip="192.0.2.7"] x`), true)
	f.Add(bytes.Repeat([]byte("\\\x01"), 20_000), true)
	f.Fuzz(func(t *testing.T, text []byte, gap bool) {
		for _, r := range records(written(string(text), func(l *docker.Line) { l.Gap = gap })) {
			if len(r.text) > eventlog.MaxLine || bytes.ContainsAny(r.text, "\n\r") {
				t.Fatalf("a line of %d bytes", len(r.text))
			}
			e, err := eventlog.Parse(r.text)
			if err != nil || e.Decky != "bill-01" || e.Service != "billing" {
				t.Fatalf("%v: %+v from %q", err, e, text)
			}
		}
	})
}
