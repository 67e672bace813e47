package record

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// keeper is a recorder of events and content.
type keeper struct {
	events []decnet.Event
	blob   bytes.Buffer
	ids    map[string]bool
	ends   int
	room   int64
}

func (k *keeper) Record(e *decnet.Event) { k.events = append(k.events, *e) }

func (k *keeper) RecordChunk(c *eventlog.Chunk) string {
	if c.Offset+int64(len(c.Data)) > k.room {
		return "no room"
	}
	if k.ids == nil {
		k.ids = map[string]bool{}
	}
	k.ids[c.ID] = true
	k.blob.Write(c.Data)
	if c.Last {
		k.ends++
	}
	return ""
}

// lines are those of the recording, with the header decoded apart.
func (k *keeper) lines(t *testing.T) (header map[string]any, events [][]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(k.blob.Bytes()))
	if err := d.Decode(&header); err != nil {
		t.Fatal(err)
	}
	last := -1.0
	for d.More() {
		var e []any
		if err := d.Decode(&e); err != nil || len(e) != 3 {
			t.Fatalf("%v: %v", e, err)
		}
		if at, ok := e[0].(float64); !ok || at < last {
			t.Fatalf("times go back: %v", e)
		} else {
			last = at
		}
		events = append(events, e)
	}
	return header, events
}

func begin(t *testing.T, room int64) (*Recording, *keeper, func()) {
	t.Helper()
	k := &keeper{room: room}
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	conn := decoy.NewConn(ours, netip.MustParseAddrPort("203.0.113.7:1234"), "ssh", decoy.Machine{Decky: "web-01"}, decoy.Limits{}, k)
	r := Start(conn, Terminal{Columns: 100, Rows: 30, Term: "xterm", User: "root", Nth: 2})
	return r, k, func() {
		r.End()
		conn.Wait()
	}
}

func TestRecordingIsAnAsciicast(t *testing.T) {
	r, k, end := begin(t, 1<<20)
	in, out := r.Reader(strings.NewReader("ls\r")), r.Writer(io.Discard)
	for _, p := range []string{"$ ", "\xc3", "\xa4 \xff<b>\x1b[2J", "\xe2\x82"} {
		if _, err := io.WriteString(out, p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.ReadAll(in); err != nil {
		t.Fatal(err)
	}
	r.Resize(0, 1<<31)
	end()
	header, events := k.lines(t)
	if header["version"] != 2.0 || header["width"] != 100.0 || header["height"] != 30.0 || header["timestamp"] == nil {
		t.Errorf("have header %v", header)
	}
	want := [][2]string{{"o", "$ "}, {"o", "ä \ufffd<b>\x1b[2J"}, {"i", "ls\r"}, {"r", "80x4096"}, {"o", "\ufffd"}}
	if len(events) != len(want) {
		t.Fatalf("have %q", events)
	}
	for i, e := range events {
		if e[1] != want[i][0] || e[2] != want[i][1] {
			t.Errorf("have %q, want %q", e, want[i])
		}
	}
	e := k.events[len(k.events)-1]
	if len(k.events) != 1 || e.Kind != decnet.KindRecorded || e.Fields["stored"] != "true" || e.Fields["user"] != "root" || e.Fields["reason"] != "" {
		t.Errorf("have %+v", k.events)
	}
	if id := e.Fields["artifact"]; !k.ids[id] || id != e.Session+"02" || k.ends != 1 {
		t.Errorf("have %v under %q", k.ids, id)
	}
}

func TestRecordingIsBounded(t *testing.T) {
	r, k, end := begin(t, 1<<30)
	out := r.Writer(io.Discard)
	block := bytes.Repeat([]byte("a"), 100<<10)
	for range 200 {
		if _, err := out.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	end()
	if n := k.blob.Len(); n > most || n < most-len(block)-marker {
		t.Errorf("have %d bytes", n)
	}
	_, events := k.lines(t)
	if last := events[len(events)-1]; last[1] != "m" {
		t.Errorf("it ends in %.80q", last)
	}
	if f := k.events[0].Fields; f["stored"] != "true" || !strings.Contains(f["reason"], "larger") {
		t.Errorf("have %v", f)
	}
}

func TestWhatIsNotStoredIsTold(t *testing.T) {
	r, k, end := begin(t, 0)
	if _, err := io.WriteString(r.Writer(io.Discard), "hello"); err != nil {
		t.Fatal(err)
	}
	end()
	if f := k.events[0].Fields; f["stored"] != "false" || f["artifact"] != "" || f["reason"] != "no room" {
		t.Errorf("have %v", f)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("ä€𝄞"), uint8(1))
	f.Add([]byte("\xf0\x9d\x84a\xc3"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		var x text
		var have strings.Builder
		for rest := b; len(rest) > 0; {
			n := min(len(rest), int(step%7)+1)
			s := x.take(rest[:n])
			rest = rest[n:]
			if !utf8.ValidString(s) || len(x.pending) >= utf8.UTFMax {
				t.Fatalf("have %q with %q to come", s, x.pending)
			}
			have.WriteString(s)
		}
		have.WriteString(x.rest())
		if utf8.Valid(b) && have.String() != string(b) {
			t.Fatalf("have %q of %q", have.String(), b)
		}
	})
}
