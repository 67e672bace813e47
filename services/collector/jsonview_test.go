package collector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// lineAt is a line of an event at some milliseconds.
func lineAt(ms int, kind, source string, fields map[string]string) line {
	e := decnet.Event{
		Time: when.Add(time.Duration(ms) * time.Millisecond), Decky: "web-01", Service: "ssh", Kind: kind,
		Source: netip.MustParseAddr(source), SourcePort: 4444, Session: "ab", Fields: fields, Message: "text",
	}
	return line{text: eventlog.Append(nil, &e)}
}

// jsonEvent is an object of the view.
type jsonEvent struct {
	Timestamp  string            `json:"timestamp"`
	Decky      string            `json:"decky"`
	Service    string            `json:"service"`
	EventType  string            `json:"event_type"`
	AttackerIP string            `json:"attacker_ip"`
	Port       uint16            `json:"attacker_port"`
	Session    string            `json:"session"`
	Fields     map[string]string `json:"fields"`
	Message    string            `json:"msg"`
	RawLine    string            `json:"raw_line"`
}

func TestTheJSONViewHasTheEventToTheNanosecond(t *testing.T) {
	l := lineAt(0, "auth_attempt", "203.0.113.7", map[string]string{"principal": "root", "odd": "a\x1b[2J\u009b\x7f\u2028\"<"})
	text := newJSONView().render(nil, l)
	if !bytes.Contains(text, []byte(`"raw_line":"<134>1 `)) {
		t.Errorf("it is not to be searched: %s", text)
	}
	if bytes.Count(text, []byte("\n")) != 1 || bytes.ContainsAny(text, "\x1b\x7f\u009b\u2028") {
		t.Errorf("it is not one safe line: %q", text)
	}
	var o jsonEvent
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	if o.Timestamp != "2026-11-25T06:00:00.123456789Z" || o.AttackerIP != "203.0.113.7" || o.Port != 4444 || o.EventType != "auth_attempt" ||
		o.Fields["odd"] != "a\x1b[2J\u009b\x7f\u2028\"<" || o.RawLine != string(l.text) || o.Session != "ab" || o.Message != "text" {
		t.Errorf("have %+v", o)
	}
}

func TestConnectionsThatRepeatAreShownOnceASecond(t *testing.T) {
	v := newJSONView()
	for i, step := range []struct {
		line  line
		shown bool
	}{
		{lineAt(0, "connect", "203.0.113.7", nil), true},
		{lineAt(10, "disconnect", "203.0.113.7", nil), true},
		{lineAt(20, "connect", "203.0.113.7", nil), false},
		{lineAt(30, "connect", "203.0.113.8", nil), true},
		{lineAt(40, "auth_attempt", "203.0.113.7", nil), true},
		{lineAt(41, "auth_attempt", "203.0.113.7", nil), true},
		{lineAt(999, "connect", "203.0.113.7", nil), false},
		{lineAt(1000, "connect", "203.0.113.7", nil), true},
		{lineAt(500, "connect", "203.0.113.7", nil), true}, // a clock that jumped back hides nothing
		{line{text: []byte("no event")}, false},
		{line{text: lineAt(0, "command", "203.0.113.7", nil).text, reason: "too long"}, false},
	} {
		if got := len(v.render(nil, step.line)) > 0; got != step.shown {
			t.Errorf("step %d: shown %t", i, got)
		}
	}
}

func TestTheMemoryOfNoiseIsBounded(t *testing.T) {
	v := newJSONView()
	for i := range 3 * maxNoise {
		v.render(nil, lineAt(i/100, "connect", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), nil))
		if len(v.shown) > maxNoise {
			t.Fatalf("%d are remembered", len(v.shown))
		}
	}
}

// Both files are written, and opened again when somebody has moved them away.
func TestFilesAreOpenedAgainAfterARotation(t *testing.T) {
	dir := t.TempDir()
	for name, f := range map[string]*logFile{
		"events.log":  {path: filepath.Join(dir, "events.log"), render: plainLine},
		"events.json": {path: filepath.Join(dir, "events.json"), render: newJSONView().render},
	} {
		write := func(command string) {
			if err := f.append([]line{lineAt(0, "command", "203.0.113.7", map[string]string{"command": command})}); err != nil {
				t.Fatal(err)
			}
		}
		write("first")
		if err := os.Rename(f.path, f.path+".1"); err != nil {
			t.Fatal(err)
		}
		f.checked = time.Time{} // a second later
		write("second")
		f.close()
		for path, want := range map[string]string{f.path + ".1": "first", f.path: "second"} {
			data, err := os.ReadFile(path)
			if err != nil || strings.Count(string(data), "\n") != 1 || !strings.Contains(string(data), want) {
				t.Errorf("%s: %v\n%s", name, err, data)
			}
		}
	}
}

// Whatever is in a line, it is one line of the view at most, and valid JSON.
func FuzzJSONView(f *testing.F) {
	f.Add([]byte("text"))
	f.Add(lineAt(0, "command", "203.0.113.7", map[string]string{"command": "\x00\u009b]0;"}).text)
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.IndexByte(text, '\n') >= 0 {
			return // it would be two lines
		}
		out := newJSONView().render(nil, line{text: text})
		if len(out) > 0 && (!json.Valid(out) || bytes.IndexByte(out, '\n') != len(out)-1 || bytes.ContainsAny(out, "\x1b\x7f\r\u009b")) {
			t.Fatalf("have %q", out)
		}
	})
}

func BenchmarkJSONView(b *testing.B) {
	v, l := newJSONView(), lineAt(0, "auth_attempt", "203.0.113.7", map[string]string{"principal": "root", "secret_printable": "hunter2"})
	var buf []byte
	for b.Loop() {
		buf = v.render(buf[:0], l)
	}
	b.SetBytes(int64(len(buf)))
}
