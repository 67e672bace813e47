package twin

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// serve answers each connection with f until the test ends.
func serve(t *testing.T, f func(c *net.TCPConn)) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f(c.(*net.TCPConn))
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

// greeter says hello and then what it hears, in capitals.
func greeter(reply func(string) string, end func(*net.TCPConn)) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		_, _ = io.WriteString(c, "hello\r\n")
		buf := make([]byte, 100)
		n, _ := c.Read(buf)
		_, _ = io.WriteString(c, reply(string(buf[:n])))
		end(c)
	}
}

func toTheEnd(*net.TCPConn) {}

func hold(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }

func reset(c *net.TCPConn) {
	time.Sleep(300 * time.Millisecond) // so that what was said has arrived
	_ = c.SetLinger(0)
}

func testTwin() *Twin {
	return &Twin{
		Name: "greeter", Parallel: 1,
		Dialogues: func() []Dialogue {
			return []Dialogue{{Name: "greeting/abc", Steps: []Step{Await(), Send([]byte("abc")), Await()}}}
		},
	}
}

func recordOf(t *testing.T, f func(*net.TCPConn)) Record {
	t.Helper()
	tw := testTwin()
	records, err := tw.record(context.Background(), serve(t, f), tw.corpus(t), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	return records[0]
}

func TestEachCauseIsSeen(t *testing.T) {
	upper := strings.ToUpper
	genuine := recordOf(t, greeter(upper, toTheEnd))
	if v := genuine.Variants[0]; v.End != EndEOF || len(v.Replies) != 2 || v.Replies[0].After != "connect" || v.Replies[0].Lines[0] != `hello\r\n` || v.Replies[1].Lines[0] != "ABC" {
		t.Fatalf("have %+v", v)
	}
	for name, test := range map[string]struct {
		decoy func(*net.TCPConn)
		want  []Cause
	}{
		"nothing":      {greeter(upper, toTheEnd), nil},
		"bytes":        {greeter(strings.ToLower, toTheEnd), []Cause{Bytes}},
		"end open":     {greeter(upper, hold), []Cause{End}},
		"end reset":    {greeter(upper, reset), []Cause{End}},
		"bytes in all": {hold, []Cause{End, Bytes, Bytes}},
	} {
		t.Run(name, func(t *testing.T) {
			ours := recordOf(t, test.decoy)
			var have []Cause
			for _, d := range compare(&genuine, &ours, false) {
				have = append(have, d.Cause)
			}
			if len(have) != len(test.want) {
				t.Fatalf("have %v, want %v", have, test.want)
			}
			for i := range have {
				if have[i] != test.want[i] {
					t.Errorf("have %v, want %v", have, test.want)
				}
			}
		})
	}
}

// A transcript made by hand is exact where a machine would have to be timed.
func made(segments, delay int, lines ...string) *Record {
	r := &Record{Name: "made/by hand"}
	r.add(Transcript{Replies: []Reply{{After: "send", Lines: lines, Segments: segments, delay: time.Duration(delay) * time.Millisecond}}, End: EndOpen})
	return r
}

func TestOrderSegmentsAndTime(t *testing.T) {
	genuine := made(2, 2000, "a", "b")
	for name, test := range map[string]struct {
		ours  *Record
		exact bool
		want  Cause
	}{
		"same":               {made(2, 2100, "a", "b"), true, ""},
		"order":              {made(2, 2000, "b", "a"), true, Order},
		"segments":           {made(1, 2000, "a", "b"), true, Segmentation},
		"segments, fixture":  {made(1, 2000, "a", "b"), false, ""},
		"too early":          {made(2, 3, "a", "b"), false, Timing},
		"too late":           {made(2, 9000, "a", "b"), true, Timing},
		"late on a busy day": {made(2, 9000, "a", "b"), false, ""},
	} {
		d := compare(genuine, test.ours, test.exact)
		if len(d) > 1 || len(d) == 1 && d[0].Cause != test.want || len(d) == 0 && test.want != "" {
			t.Errorf("%s: have %v, want %q", name, d, test.want)
		}
	}
	// One of several things that the genuine daemon was seen to do is enough.
	genuine.add(made(2, 2000, "b", "a").Variants[0].Transcript)
	if d := compare(genuine, made(2, 2000, "b", "a"), false); len(d) == 1 && d[0].Cause == Order {
		t.Errorf("have %v", d)
	}
}

func TestKnownDifferences(t *testing.T) {
	reasons, err := parseKnown("x", "# a comment\n\ngreeting/* bytes it is in capitals\nother/* * never\n")
	if err != nil {
		t.Fatal(err)
	}
	explained, rest := split([]Difference{{Dialogue: "greeting/a", Cause: Bytes}, {Dialogue: "greeting/a", Cause: End}}, reasons)
	if len(explained) != 1 || len(rest) != 1 || rest[0].Cause != End || !reasons[0].used || reasons[1].used {
		t.Errorf("have %v and %v, %+v", explained, rest, reasons)
	}
	for _, bad := range []string{"greeting/* bytes", "[ bytes because", "greeting/* size because"} {
		if _, err := parseKnown("x", bad); err == nil || !strings.HasPrefix(err.Error(), "x:1: ") {
			t.Errorf("%q: have %v", bad, err)
		}
	}
}

func TestFixtureIsReadAsItWasWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	tw := testTwin()
	text := []string{"1", "2", "3", "4", "\x1b\\x1b"}
	var records []Record
	for range 4 {
		records = append(records, *made(1, 5, text...))
	}
	if err := tw.save(tw.newFixture(records)); err != nil {
		t.Fatal(err)
	}
	f, err := tw.loadFixture()
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Texts) != 1 || len(f.Records) != 4 {
		t.Errorf("have %d texts, %d dialogues", len(f.Texts), len(f.Records))
	}
	for i := range f.Records {
		if d := compare(&records[i], &f.Records[i], true); len(d) > 0 {
			t.Error(d)
		}
	}
}

func TestQuote(t *testing.T) {
	if have := strings.Join(Quote([]byte("a\r\n\\\x00\xff\nb")), "|"); have != `a\r\n|\\\x00\xff\n|b` {
		t.Errorf("have %s", have)
	}
}

func TestReportPutsTogetherWhatIsAlike(t *testing.T) {
	r := &Report{Twin: "x", Daemon: "y 1", Dialogues: 4, Differences: []Difference{{"a/1", Bytes, "send", "A", "B"}, {"a/2", Bytes, "send", "A", "B"}, {"a/2", End, "send", "eof", "open"}}}
	if have := r.String(); r.Identical() != 50 || !strings.Contains(have, "50.0 % identical") || !strings.Contains(have, "2 × genuine: A") || !strings.Contains(have, "a/1 (after send), a/2 (after send)") {
		t.Errorf("have %.1f:\n%s", r.Identical(), have)
	}
}

// What a client has read itself is put into order as what nobody understood is.
func TestRepliesAreSettledWhoeverReadThem(t *testing.T) {
	tw := testTwin()
	tw.Settle = func(lines []string) []string { return slices.Sorted(slices.Values(lines)) }
	tw.Describe = func(data []byte) []string { return strings.Split(string(data), ",") }
	tw.Dialogues = func() []Dialogue {
		return []Dialogue{{Name: "greeting/abc", Steps: []Step{
			Await(), Do("read", func(_ context.Context, w *Wire) error { w.Note("read", "b", "a"); return nil }),
		}}}
	}
	addr := serve(t, func(c *net.TCPConn) { _, _ = c.Write([]byte("d,c")); hold(c) })
	records, err := tw.record(t.Context(), addr, tw.corpus(t), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range records[0].Variants[0].Replies {
		all = append(all, strings.Join(r.Lines, ""))
	}
	if have := strings.Join(all, " "); have != "cd ab" {
		t.Errorf("the replies are %q, want %q", have, "cd ab")
	}
}
