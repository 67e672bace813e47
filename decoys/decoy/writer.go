package decoy

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// MaxField bounds the value of one field, in bytes. It is a multiple of 4, so
// that cut base64 still decodes.
const MaxField = 8 << 10

// maxMessage bounds the free text of an event, in bytes.
const maxMessage = 1 << 10

// An EventWriter writes the events of one process as lines of package eventlog,
// each with one call of Write, in the order of their numbers. It never fails
// its caller: what cannot be written is counted, and the count is logged as soon
// as writing works again; so is what is above a decky's share. Safe for concurrent
// use.
type EventWriter struct {
	boot   string
	framed bool
	share  Share

	mu       sync.Mutex
	out      io.WriteCloser
	pressure spool.Pressure
	seq      uint64
	line     []byte
	frame    []byte
	// allowances are those of the deckies, by name; telling is the timer that
	// tells of what was dropped, or nil.
	allowances map[string]*allowance
	telling    *time.Timer
	// blobs are the allowances for content of the deckies, allBlobs that of all.
	blobs    map[string]*blobAllowance
	allBlobs blobAllowance
	// torn says that the file ends in a piece of a line.
	torn bool
	// lost counts events not written since the last that was; lastLost is
	// the latest of them, and reason why.
	lost     uint64
	lastLost decnet.Event
	reason   string
}

// WriterOption changes how a new EventWriter writes.
type WriterOption func(*EventWriter)

// Framed has each line in a frame of package spool.
func Framed() WriterOption { return func(w *EventWriter) { w.framed = true } }

// WithShare bounds what each decky writes.
func WithShare(s Share) WriterOption { return func(w *EventWriter) { w.share = s } }

// NewEventWriter returns a writer without a file: what it is given before the
// first Swap is counted as lost.
func NewEventWriter(options ...WriterOption) *EventWriter {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	w := &EventWriter{boot: hex.EncodeToString(id[:]), line: make([]byte, 0, 4096), allowances: make(map[string]*allowance), blobs: make(map[string]*blobAllowance)}
	for _, o := range options {
		o(w)
	}
	return w
}

// Swap makes out, which the writer owns from now on, the file to write to, and
// closes the one before. When it returns, nothing will be written to that any
// more. Its error is that of closing; out is in use nevertheless.
func (w *EventWriter) Swap(out io.WriteCloser) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.out
	w.out, w.torn = out, false
	if old == nil {
		return nil
	}
	if err := old.Close(); err != nil {
		return fmt.Errorf("close the event file: %w", err)
	}
	return nil
}

// Press says how much room there is from now on.
func (w *EventWriter) Press(p spool.Pressure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pressure = p
}

// Ready reports whether there is a file to write to.
func (w *EventWriter) Ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out != nil
}

// Close tells of what was dropped and closes the file. Later events are counted as
// lost.
func (w *EventWriter) Close() error {
	w.mu.Lock()
	w.pressure = spool.Relaxed // for a few lines there is always room
	w.tell(time.Now())
	w.mu.Unlock()
	return w.Swap(nil)
}

// Record writes e with its number, or counts it if its decky's share is used up. It
// does not keep or change e.
func (w *EventWriter) Record(e *decnet.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.allow(e, time.Now()) {
		w.record(e)
	}
}

// record writes e, after the number of those that were lost before it.
func (w *EventWriter) record(e *decnet.Event) {
	if w.lost > 0 && !w.reportLost(e) {
		w.seq++
		w.lose(e, w.reason)
		return
	}
	if err := w.write(e); err != nil {
		w.lose(e, err.Error())
	}
}

func (w *EventWriter) lose(e *decnet.Event, reason string) {
	w.lost++
	w.lastLost = decnet.Event{Decky: e.Decky, Service: e.Service}
	w.reason = reason
}

// reportLost says on behalf of the decky that lost an event last how many there
// were, at the time of now.
func (w *EventWriter) reportLost(now *decnet.Event) bool {
	e := w.lastLost
	e.Time, e.Kind = now.Time, decnet.KindError
	e.Fields = map[string]string{
		decnet.FieldReason: w.reason,
		FieldLost:          strconv.FormatUint(w.lost, 10),
	}
	e.Message = fmt.Sprintf("%d events of this process could not be written", w.lost)
	if w.write(&e) != nil {
		w.seq-- // it will be tried again and is no event that was lost
		return false
	}
	w.lost = 0
	return true
}

func (w *EventWriter) write(e *decnet.Event) error {
	w.seq++
	if w.out == nil {
		return fmt.Errorf("no event file was given")
	}
	w.line = w.appendBounded(w.line[:0], e)
	if err := w.put(w.line); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}

// put writes one line.
func (w *EventWriter) put(line []byte) error {
	w.frame = w.frame[:0]
	if w.torn {
		w.frame = append(w.frame, '\n')
	}
	if w.framed {
		w.frame = spool.AppendFrame(w.frame, line)
	} else {
		w.frame = append(append(w.frame, line...), '\n')
	}
	n, err := w.out.Write(w.frame)
	if n > 0 && n < len(w.frame) {
		w.torn = true
	} else if err == nil {
		w.torn = false
	}
	if cap(w.line) > 2*eventlog.MaxLine {
		w.line, w.frame = nil, nil
	}
	return err
}

// appendBounded adds the line of e, with fields cut so far that it is no longer
// than eventlog.MaxLine: escaping can make a byte four.
func (w *EventWriter) appendBounded(dst []byte, e *decnet.Event) []byte {
	start := len(dst)
	for limit := MaxField; ; limit /= 2 {
		c := *e
		c.Fields = w.bounded(e.Fields, limit)
		c.Message = decnet.Cut(e.Message, min(maxMessage, limit))
		dst = eventlog.Append(dst[:start], &c)
		if len(dst)-start <= eventlog.MaxLine || limit == 0 {
			return dst
		}
	}
}

func (w *EventWriter) bounded(fields map[string]string, limit int) map[string]string {
	out := make(map[string]string, len(fields)+3)
	note := fields[FieldCut]
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := decnet.Cut(fields[name], limit)
		if len(value) < len(fields[name]) && name != FieldCut {
			if note != "" {
				note += " "
			}
			note += name + "=" + strconv.Itoa(len(fields[name]))
		}
		out[name] = value
	}
	if note != "" {
		out[FieldCut] = decnet.Cut(note, 512)
	}
	out[FieldSeq] = strconv.FormatUint(w.seq, 10)
	out[FieldBoot] = w.boot
	return out
}
