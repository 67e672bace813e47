package docker

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// fakeLog is a container's log as engines keep it: records of two outputs, the
// oldest of which are thrown away.
type fakeLog struct {
	mu      sync.Mutex
	records []record
	running bool
	// cut makes reading end early, at a random byte, most of the time.
	cut *rand.Rand
	// seen is called for every reading with the number of records in it.
	seen func(n int)
}

type record struct {
	stream Stream
	time   int64
	text   string // with the newline, if it ends its line
}

func (l *fakeLog) write(r ...record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r...)
}

// rotate throws the first n records away.
func (l *fakeLog) rotate(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = l.records[min(n, len(l.records)):]
}

func (l *fakeLog) tail(_ context.Context, n int) (io.ReadCloser, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	records := l.records
	if n > 0 {
		records = records[max(0, len(records)-n):]
	}
	if l.seen != nil {
		l.seen(len(records))
	}
	var b bytes.Buffer
	for _, r := range records {
		b.Write(frame(r))
	}
	if l.cut != nil && l.cut.IntN(4) > 0 && b.Len() > 0 {
		b.Truncate(l.cut.IntN(b.Len()))
		return io.NopCloser(io.MultiReader(&b, broken{})), nil
	}
	return io.NopCloser(&b), nil
}

// frame is a record as the engine sends it.
func frame(r record) []byte {
	text := time.Unix(0, r.time).UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + r.text
	head := make([]byte, 8, 8+len(text))
	head[0] = byte(r.stream)
	binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
	return append(head, text...)
}

var errCut = errors.New("cut")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errCut }

func (l *fakeLog) wake(ctx context.Context) (io.ReadCloser, error) { return waiting{ctx}, nil }

type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, w.ctx.Err()
}

func (w waiting) Close() error { return nil }

func (l *fakeLog) stopped(context.Context) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.running, nil
}

// writer makes up a log: bursts at one moment, long lines in pieces, both outputs
// in each other's way, lines that processes did not finish.
type writer struct {
	r    *rand.Rand
	now  int64
	n    int
	open [3]*record // the piece of an unfinished line, by output
	text [3]string
	// lines is what a reader should be told, by output.
	lines [3][]string
}

// some makes the next records.
func (w *writer) some() []record {
	var out []record
	for range 1 + w.r.IntN(8) {
		s := Stdout + Stream(w.r.IntN(2))
		if w.r.IntN(3) > 0 {
			w.now += int64(w.r.IntN(3))
		}
		out = append(out, w.one(s))
	}
	return out
}

func (w *writer) one(s Stream) record {
	w.n++
	text := fmt.Sprintf("%d", w.n)
	switch w.r.IntN(6) {
	case 0:
		text = "" // an empty line
	case 1:
		text = "same"
	}
	r := record{s, w.now, text}
	if open := w.open[s]; open != nil {
		if w.r.IntN(8) == 0 { // its process died; the next line is another one's
			w.lines[s] = append(w.lines[s], w.text[s])
			w.open[s], w.text[s] = nil, ""
			w.now++
			r.time = w.now
		} else {
			r.time = open.time
		}
	} else if w.text[s] == "" {
		w.now++ // the copier stamps pieces and lines one after the other
		if w.r.IntN(2) == 0 {
			w.now--
		}
		r.time = max(w.now, r.time)
	}
	w.text[s] += text
	if w.r.IntN(4) == 0 {
		w.open[s] = &r
		return r
	}
	w.lines[s] = append(w.lines[s], w.text[s])
	w.open[s], w.text[s] = nil, ""
	r.text += "\n"
	return r
}
