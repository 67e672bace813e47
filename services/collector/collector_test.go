package collector_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/collector"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a collector on a spool of its own.
type rig struct {
	*testing.T
	bus  *bus.Bus
	cfg  collector.Config
	seg  spool.Segment
	file *os.File
	stop func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, bus: bustest.New(t), cfg: collector.Default(t.TempDir())}
	if err := os.MkdirAll(r.cfg.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	r.newSegment()
	r.start()
	return r
}

func (r *rig) newSegment() {
	var err error
	if r.seg, r.file, err = spool.Create(r.cfg.Spool); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) start() {
	env := workertest.Env(r.T, "collector", r.bus)
	c, err := collector.New(r.cfg, env)
	if err != nil {
		r.Fatal(err)
	}
	r.stop = workertest.Start(r.T, env, c.Run)
}

// write writes lines as decoys do; one without a newline is torn.
func (r *rig) write(s string) {
	r.Helper()
	for l := range strings.Lines(s) {
		text, whole := strings.CutSuffix(l, "\n")
		framed := string(spool.AppendFrame(nil, []byte(text)))
		if !whole {
			framed = strings.TrimSuffix(framed, "\n")
		}
		r.scrawl(framed)
	}
}

// scrawl writes what no decoy does.
func (r *rig) scrawl(s string) {
	r.Helper()
	if _, err := r.file.WriteString(s); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) count() uint64 {
	_, n, err := bus.LogsRaw.Newest(r.Context(), r.bus, 0)
	if err != nil {
		r.Fatal(err)
	}
	return n
}

// lines returns what is in the stream, oldest first, once there are n.
func (r *rig) lines(n uint64) []decnet.RawLog {
	r.Helper()
	workertest.Eventually(r.T, fmt.Sprint(n, " lines are on the bus"), func() bool { return r.count() >= n })
	time.Sleep(30 * time.Millisecond) // a line too many would come now
	ms, have, err := bus.LogsRaw.Newest(r.Context(), r.bus, 10_000)
	if err != nil || have != n {
		r.Fatalf("have %d lines, %v; want %d", have, err, n)
	}
	out := make([]decnet.RawLog, len(ms))
	for i, m := range ms {
		out[len(ms)-1-i] = m.Body
	}
	return out
}

const header = "<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - command [decnet@32473] "

func TestLinesComeInOrderWithTheirPlace(t *testing.T) {
	r := newRig(t)
	for i := range 1000 {
		r.write(fmt.Sprintf("%s%04d\n", header, i))
	}
	got := r.lines(1000)
	for i, l := range got {
		if !strings.HasSuffix(l.Line, fmt.Sprintf(" %04d", i)) || l.ID != decnet.EventID(workertest.Host, r.seg.Name, l.Position) {
			t.Fatalf("line %d is %+v", i, l)
		}
	}
}

func TestARestartRepeatsNothingAndForgetsNothing(t *testing.T) {
	tests := []struct {
		name   string
		before func(*rig)
	}{
		{"orderly", func(*rig) {}},
		{"with its position lost, as when it was killed before saving", func(r *rig) { _ = os.Remove(r.cfg.Position) }},
		{"with its position corrupt", func(r *rig) { _ = os.WriteFile(r.cfg.Position, []byte("{\"segm"), 0o600) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.write(strings.Repeat(header+"x\n", 300))
			r.lines(300)
			r.stop()
			r.write(strings.Repeat(header+"y\n", 300))
			test.before(r)
			r.start()
			r.lines(600)
		})
	}
}

func TestSealedSegmentsAreDeliveredAndDeleted(t *testing.T) {
	r := newRig(t)
	r.write(header + "whole\n" + header + "without its newline")
	old := r.seg
	if got := r.lines(1); !strings.HasSuffix(got[0].Line, "whole") {
		t.Errorf("have %q", got[0].Line)
	}
	r.newSegment()
	r.write(header + "next\n")
	if err := spool.Seal(old); err != nil {
		t.Fatal(err)
	}
	r.lines(3)
	workertest.Eventually(t, "the sealed segment is gone", func() bool {
		list, err := spool.List(r.cfg.Spool)
		return err == nil && len(list) == 1 && list[0].Name == r.seg.Name
	})
}

func TestAWriterThatOutlivesTheSealingIsHeard(t *testing.T) {
	r := newRig(t)
	r.write(header + "before\n")
	r.lines(1)
	if err := spool.Seal(r.seg); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // the collector has seen that it is sealed
	r.write(header + "after\n")
	r.lines(2)
}

func TestSealedSegmentsAreReadInWholeLines(t *testing.T) {
	r := newRig(t)
	r.stop()
	const n = 8000 // several times what is read at once
	for i := range n {
		r.write(fmt.Sprintf("%s%04d\n", header, i))
	}
	if err := spool.Seal(r.seg); err != nil {
		t.Fatal(err)
	}
	r.start()
	for i, l := range r.lines(n) {
		if !strings.HasSuffix(l.Line, fmt.Sprintf(" %04d", i)) {
			t.Fatalf("line %d is %q", i, l.Line)
		}
	}
}

func TestOddLinesAreKept(t *testing.T) {
	r := newRig(t)
	r.scrawl("\n\n")
	r.write(header + "good\n")
	r.write("\xff\xfe not UTF-8\n")
	r.write("no header at all\n")
	r.scrawl(strings.Repeat("m", 1<<20) + "\n")
	r.scrawl(strings.Repeat("\n", 600<<10))
	r.scrawl(strings.Repeat("l", 3<<20) + "\n")
	r.write(header + "good too\n")
	got := r.lines(4)
	if string(got[1].LineBytes) != "\xff\xfe not UTF-8" || got[1].Line != "" {
		t.Errorf("have %+v, want the exact bytes", got[1])
	}
	letters, n, err := bus.DeadLetters.Newest(t.Context(), r.bus, 100)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[byte]int{}
	for _, l := range letters {
		kept[l.Body.Body[0]] += len(l.Body.Body)
		if !strings.Contains(l.Body.Reason, "line") {
			t.Errorf("reason is %q", l.Body.Reason)
		}
	}
	if kept['m'] != 1<<20 || kept['l'] != 3<<20 {
		t.Errorf("%d dead letters keep %v bytes, want all of the 1 MiB and the 3 MiB line", n, kept)
	}
}

func TestLogFileIsSafeToReadAndFollowsRotation(t *testing.T) {
	r := newRig(t)
	r.write(header + "one \x1b[2J\n")
	holds := func(path, want string) func() bool {
		return func() bool {
			data, err := os.ReadFile(path)
			return err == nil && string(data) == want
		}
	}
	workertest.Eventually(t, "the first line is in the file, its escape made visible", holds(r.cfg.LogFile, header+`one \x1b[2J`+"\n"))
	moved := filepath.Join(filepath.Dir(r.cfg.LogFile), "moved.log")
	if err := os.Rename(r.cfg.LogFile, moved); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // it looks once a second
	r.write(header + "two\n")
	workertest.Eventually(t, "the second line is in a new file", holds(r.cfg.LogFile, header+"two\n"))
	if !holds(moved, header+`one \x1b[2J`+"\n")() {
		t.Error("the file that was moved away has changed")
	}
}

func TestBusAwayIsWaitedFor(t *testing.T) {
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, bus: b, cfg: collector.Default(t.TempDir())}
	if err := os.MkdirAll(r.cfg.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	r.newSegment()
	r.start()
	restarted := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(restarted)
		for i := 0; i < 2000 && ctx.Err() == nil; i++ {
			_, _ = r.file.Write(spool.AppendFrame(nil, fmt.Appendf(nil, "%s%d", header, i)))
			if i%100 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	s.Restart()
	<-restarted
	cancel()
	r.lines(2000)
}

// event is the line of an event with a number of a decoy process.
func event(seq int) string {
	return strings.TrimSuffix(header, "] ") + fmt.Sprintf(" boot=\"b1\" seq=\"%d\"] x\n", seq)
}

func TestEventsThatAreMissingAreAnEvent(t *testing.T) {
	r := newRig(t)
	r.write(event(1) + event(2))
	r.lines(2)
	r.stop()
	// Three are lost: one is not there, one is damaged, one is in a segment that
	// somebody removed.
	r.write(event(4))
	damaged := spool.AppendFrame(nil, []byte(strings.TrimSuffix(event(5), "\n")))
	damaged[30] ^= 1
	r.scrawl(string(damaged))
	old := r.seg
	r.newSegment()
	r.write(event(7))
	if err := spool.Seal(old); err != nil {
		t.Fatal(err)
	}
	r.start()
	lines := r.lines(6) // four of them, and two gaps
	missing := 0
	for _, l := range lines {
		if strings.Contains(l.Line, " events_missing ") {
			missing += strings.Count(l.Line, `missing="1"`) + 2*strings.Count(l.Line, `missing="2"`)
		}
	}
	if missing != 3 {
		t.Errorf("%d events are said to be missing, want 3:\n%v", missing, lines)
	}
	r.stop()
	r.start() // and that is told once
	r.write(event(8))
	r.lines(7)
	if _, letters, err := bus.DeadLetters.Newest(t.Context(), r.bus, 0); err != nil || letters != 1 {
		t.Errorf("%d dead letters, %v; want the damaged line", letters, err)
	}
}
