package eventlog_test

import (
	"maps"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

func paramsOf(line []byte) map[string]string {
	out := map[string]string{}
	eventlog.Params(line, func(name, value []byte) bool {
		out[string(name)] = string(value)
		return true
	})
	return out
}

func TestParamsAreThoseOfTheElement(t *testing.T) {
	e := &decnet.Event{
		Time: time.Unix(1, 5), Decky: "web-01", Service: "ssh", Kind: "command", Message: `[decnet@32473 seq="9"]`,
		Fields: map[string]string{"boot": "b1", "seq": "7", "command": `x seq="8"] \`},
	}
	want := map[string]string{"ns": "1000000005", "boot": "b1", "seq": "7", "command": `x seq=\"8\"\] \\`}
	if have := paramsOf(eventlog.Append(nil, e)); !maps.Equal(have, want) {
		t.Errorf("have %q", have)
	}
	for _, bad := range []string{"", "[decnet@32473", "[decnet@32473 a", `[decnet@32473 a="`, `[decnet@32473 a="\`, `[decnet@32473 a=b`, "nothing"} {
		if have := paramsOf([]byte(bad)); len(have) > 0 {
			t.Errorf("%q: have %q", bad, have)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add([]byte(`[decnet@32473 a="\"]" b="c"] x`))
	f.Fuzz(func(t *testing.T, line []byte) {
		for name, value := range paramsOf(line) {
			if len(name)+len(value) > len(line) {
				t.Fatalf("%q=%q is longer than %q", name, value, line)
			}
		}
		// What Parse understands, Params finds.
		e, err := eventlog.Parse(line)
		if err != nil {
			return
		}
		have := paramsOf(eventlog.Append(nil, e))
		for name := range e.Fields {
			if _, ok := have[name]; !ok {
				t.Fatalf("%q of %q is not found", name, line)
			}
		}
	})
}
