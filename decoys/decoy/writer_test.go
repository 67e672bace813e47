package decoy_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// disk is an event file that can be full.
type disk struct {
	mu     sync.Mutex
	data   bytes.Buffer
	writes int
	room   int // bytes that still fit; negative is endless
	closed bool
}

func (d *disk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.writes++
	if d.room < 0 || len(p) <= d.room {
		if d.room >= 0 {
			d.room -= len(p)
		}
		return d.data.Write(p)
	}
	n, _ := d.data.Write(p[:d.room])
	d.room = 0
	return n, syscall.ENOSPC
}

func (d *disk) Close() error {
	d.closed = true
	return nil
}

func (d *disk) events(t *testing.T) (events []*decnet.Event, broken int) {
	t.Helper()
	for line := range strings.Lines(d.data.String()) {
		e, err := eventlog.Parse([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			broken++
			continue
		}
		events = append(events, e)
	}
	return events, broken
}

func event(kind string, fields map[string]string) *decnet.Event {
	return &decnet.Event{Time: time.Now().UTC(), Decky: "d-1", Service: "ssh", Kind: kind, Fields: fields}
}

func TestEveryEventIsOneWriteWithItsNumber(t *testing.T) {
	d, w := &disk{room: -1}, decoy.NewEventWriter()
	if w.Ready() {
		t.Error("ready without a file")
	}
	if err := w.Swap(d); err != nil {
		t.Fatal(err)
	}
	const writers, each = 8, 50
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				w.Record(event("request", map[string]string{"path": "/a\nb"}))
			}
		})
	}
	group.Wait()
	events, broken := d.events(t)
	if broken > 0 || len(events) != writers*each || d.writes != writers*each {
		t.Fatalf("have %d events, %d broken, in %d writes", len(events), broken, d.writes)
	}
	for i, e := range events {
		if e.Fields[decoy.FieldSeq] != strconv.Itoa(i+1) || e.Fields[decoy.FieldBoot] != events[0].Fields[decoy.FieldBoot] {
			t.Fatalf("event %d has %v", i, e.Fields)
		}
	}
	if other := decoy.NewEventWriter(); other.Swap(&disk{room: -1}) != nil {
		t.Error("swap failed")
	}
}

func TestSwapLeavesTheOldFileAlone(t *testing.T) {
	first, second, w := &disk{room: -1}, &disk{room: -1}, decoy.NewEventWriter()
	_ = w.Swap(first)
	w.Record(event("connect", nil))
	if err := w.Swap(second); err != nil || !first.closed {
		t.Errorf("the first file is not closed: %v", err)
	}
	before := first.data.Len()
	w.Record(event("disconnect", nil))
	if first.data.Len() != before || !strings.Contains(second.data.String(), "disconnect") {
		t.Error("the event did not go to the second file")
	}
}

func TestFullDiskLosesEventsNotSessions(t *testing.T) {
	for _, room := range []int{0, 30} { // nothing fits, or a piece of a line
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			d, w := &disk{room: room}, decoy.NewEventWriter()
			_ = w.Swap(d)
			for range 5 {
				w.Record(event("request", nil))
			}
			d.room = -1
			w.Record(event("connect", nil))
			events, broken := d.events(t)
			if len(events) != 2 || broken > 1 || broken == 1 && room == 0 {
				t.Fatalf("have %d events and %d broken lines:\n%s", len(events), broken, d.data.String())
			}
			report, last := events[0], events[1]
			if report.Kind != decnet.KindError || report.Fields[decoy.FieldLost] != "5" || !strings.Contains(report.Fields[decnet.FieldReason], "no space") {
				t.Errorf("the report is %v", report)
			}
			if last.Kind != "connect" || last.Fields[decoy.FieldSeq] != "7" {
				t.Errorf("the last event is %v", last)
			}
		})
	}
}

func TestEventsBeforeTheFirstFileAreCounted(t *testing.T) {
	w, d := decoy.NewEventWriter(), &disk{room: -1}
	w.Record(event("connect", nil))
	_ = w.Swap(d)
	w.Record(event("connect", nil))
	if events, _ := d.events(t); len(events) != 2 || events[0].Fields[decoy.FieldLost] != "1" {
		t.Errorf("have %v", events)
	}
}

func TestLongFieldsAreCutAndSaySo(t *testing.T) {
	long := strings.Repeat("é", 10000)
	wild := strings.Repeat("\x00\xff", 8<<10)
	b64 := base64.StdEncoding.EncodeToString([]byte(wild))
	many := map[string]string{"a": long, "b": wild, "c": wild, "d": wild, "e_b64": b64, "short": "x"}
	d, w := &disk{room: -1}, decoy.NewEventWriter()
	_ = w.Swap(d)
	w.Record(event("request", map[string]string{"a": long, "b64": b64, "short": "x"}))
	w.Record(event("request", many))
	events, broken := d.events(t)
	if broken > 0 || len(events) != 2 {
		t.Fatalf("have %d events, %d broken", len(events), broken)
	}
	one := events[0].Fields
	if n := len(one["a"]); n > decoy.MaxField || n < decoy.MaxField-3 || !strings.HasPrefix(long, one["a"]) || one["short"] != "x" {
		t.Errorf("a has %d bytes", n)
	}
	if _, err := base64.StdEncoding.DecodeString(one["b64"]); err != nil {
		t.Errorf("cut base64: %v", err)
	}
	if one[decoy.FieldCut] != "a=20000 b64="+strconv.Itoa(len(b64)) {
		t.Errorf("cut is %q", one[decoy.FieldCut])
	}
	if !strings.Contains(events[1].Fields[decoy.FieldCut], "d="+strconv.Itoa(len(wild))) {
		t.Errorf("cut is %q", events[1].Fields[decoy.FieldCut])
	}
	for line := range strings.Lines(d.data.String()) {
		if len(line) > eventlog.MaxLine+1 {
			t.Errorf("a line has %d bytes", len(line))
		}
	}
}

func TestCredentialFieldsMakeTheCredentialAgain(t *testing.T) {
	tests := []struct{ secret, printable string }{
		{"toor", "toor"}, {"a\x00b\xffc\n", "a?b?c?"}, {"пароль", "пароль"}, {"", ""}, {"\u202ex", "?x"},
	}
	for _, test := range tests {
		e := event("auth_attempt", decoy.Credential("root", []byte(test.secret), decnet.SecretPlaintext, true))
		c, ok := decnet.CredentialOf(e)
		raw, err := base64.StdEncoding.DecodeString(c.SecretB64)
		if !ok || err != nil || string(raw) != test.secret || c.Secret != test.printable || !c.Accepted || c.Principal != "root" {
			t.Errorf("%q became %+v", test.secret, c)
		}
	}
	long := decoy.Credential("x", make([]byte, 1<<20), decnet.SecretPlaintext, false)
	if len(long[decnet.FieldSecretB64]) > decoy.MaxField || long[decoy.FieldCut] != "secret=1048576" {
		t.Errorf("a secret of 1 MiB has %d bytes of base64 and cut %q", len(long[decnet.FieldSecretB64]), long[decoy.FieldCut])
	}
}

var errBroken = errors.New("broken")

type brokenCloser struct{ disk }

func (*brokenCloser) Close() error { return errBroken }

func TestSwapReportsWhatClosingSays(t *testing.T) {
	w := decoy.NewEventWriter()
	_ = w.Swap(&brokenCloser{})
	if err := w.Swap(&disk{room: -1}); !errors.Is(err, errBroken) {
		t.Errorf("have %v", err)
	}
}
