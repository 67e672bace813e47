package decoytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// complaints stands in for a test that fails.
type complaints struct {
	testing.TB
	said []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

func TestCaptureHoldsEventsAgainstTheSpec(t *testing.T) {
	spec := decnet.ServiceSpec{Slug: "echo", Events: decoy.Events(decnet.EventSpec{
		Kind: "line", Doc: "A line.", Fields: []decnet.FieldSpec{{Name: "text", Type: decnet.TypeString, Doc: "It."}, {Name: "data", Type: decnet.TypeBase64, Doc: "It."}},
	})}
	tests := []struct {
		name, kind string
		fields     map[string]string
		allow      bool
		complaint  string
	}{
		{"what is declared", "line", map[string]string{"text": "x"}, false, ""},
		{"what every service has", "disconnect", map[string]string{"bytes_in": "1"}, false, ""},
		{"an unknown kind", "lines", nil, false, "does not declare this kind"},
		{"an unknown field", "line", map[string]string{"texts": "x"}, false, `field "texts"`},
		{"a value of another type", "line", map[string]string{"data": "a"}, false, "no value of type base64"},
		{"a value that was cut", "line", map[string]string{"data": "a", "cut": "data=9000"}, false, ""},
		{"a failure", "error", map[string]string{"reason": "x"}, false, "the decoy failed"},
		{"an expected failure", "error", map[string]string{"reason": "x"}, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tb := &complaints{TB: t}
			c := newCapture(tb, spec, test.allow)
			w := decoy.NewEventWriter()
			_ = w.Swap(c)
			w.Record(&decnet.Event{Time: time.Now(), Decky: "d-1", Service: "echo", Kind: test.kind, Fields: test.fields})
			if have := strings.Join(tb.said, "|"); (have == "") != (test.complaint == "") || !strings.Contains(have, test.complaint) {
				t.Errorf("have %q, want %q", have, test.complaint)
			}
			if len(c.all()) != 1 || len(ofKind(c.all(), test.kind)) != 1 {
				t.Errorf("have events %v", c.all())
			}
		})
	}
}

func TestCaptureWantsOneLineAWrite(t *testing.T) {
	for _, line := range []string{"half a line", "two\nlines\n", "no event\n"} {
		tb := &complaints{TB: t}
		if _, err := newCapture(tb, decnet.ServiceSpec{}, false).Write([]byte(line)); err != nil || len(tb.said) != 1 {
			t.Errorf("%q: have %q, %v", line, tb.said, err)
		}
	}
	c := newCapture(t, decnet.ServiceSpec{}, false)
	_ = c.Close()
	if _, err := c.Write([]byte("x\n")); err == nil {
		t.Error("a closed file can be written to")
	}
}
