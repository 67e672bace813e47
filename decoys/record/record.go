// Package record keeps what happens on a terminal. In go the reader and the writer
// of a session; out come the same two, a recording as asciicast version 2
// (docs.asciinema.org/manual/asciicast/v2) among the artifacts, and the event
// session_recorded when it has ended.
package record

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

const (
	// most bounds one recording, in bytes.
	most = 10 << 20
	// flushEvery is how much of a recording is lost at most when the process is
	// killed.
	flushEvery = 3 * time.Second
	// marker is how much room is left for saying that the rest is not there.
	marker = 256
	// maxSize bounds a terminal's width and height, in characters.
	maxSize = 4096
)

// Terminal is what a recording is of.
type Terminal struct {
	// Columns and Rows are its size in characters; 0 is taken for 80 and 24.
	Columns, Rows uint32
	// Term is its type, such as xterm-256color.
	Term string
	// User is who is logged in, for the event.
	User string
	// Nth numbers the recordings of one connection from 0.
	Nth uint8
}

// A Recording is one that is being made. Its methods may be called concurrently.
type Recording struct {
	conn     *decoy.Conn
	terminal Terminal
	id       string
	start    time.Time
	ended    chan struct{}

	mu      sync.Mutex
	blob    *decoy.Blob
	in, out text
	full    bool
	over    bool
}

// Start begins a recording on conn. End must be called.
func Start(conn *decoy.Conn, t Terminal) *Recording {
	t.Columns, t.Rows = size(t.Columns, 80), size(t.Rows, 24)
	r := &Recording{conn: conn, terminal: t, id: conn.Session, start: time.Now(), ended: make(chan struct{})}
	if t.Nth > 0 {
		r.id += hex.EncodeToString([]byte{t.Nth})
	}
	r.blob = conn.NewBlob(artifact.Session, r.id, most)
	r.put(map[string]any{
		"version": 2, "width": t.Columns, "height": t.Rows, "timestamp": r.start.Unix(),
		"env": map[string]string{"TERM": decnet.Cut(t.Term, 64), "SHELL": "/bin/bash"},
	})
	conn.Go(r.flush)
	return r
}

func size(n, otherwise uint32) uint32 {
	if n == 0 {
		return otherwise
	}
	return min(n, maxSize)
}

// flush sends on what there is, again and again until the recording ends.
func (r *Recording) flush() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-r.ended:
			return
		case <-tick.C:
			r.mu.Lock()
			if !r.over {
				r.blob.Flush()
			}
			r.mu.Unlock()
		}
	}
}

// Reader is in with what is read from it recorded.
func (r *Recording) Reader(in io.Reader) io.Reader { return reader{r, in} }

// Writer is out with what is written to it recorded.
func (r *Recording) Writer(out io.Writer) io.Writer { return writer{r, out} }

type reader struct {
	r  *Recording
	in io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.r.happened("i", &r.r.in, p[:n])
	return n, err
}

type writer struct {
	r   *Recording
	out io.Writer
}

func (w writer) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	w.r.happened("o", &w.r.out, p[:n])
	return n, err
}

// Resize notes a new size of the terminal, in characters.
func (r *Recording) Resize(columns, rows uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event("r", strconv.FormatUint(uint64(size(columns, 80)), 10)+"x"+strconv.FormatUint(uint64(size(rows, 24)), 10))
}

// happened notes what went in or out. A character that is spread over two calls is
// noted with the second.
func (r *Recording) happened(code string, t *text, p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := t.take(p); s != "" {
		r.event(code, s)
	}
}

// event adds one line, unless the recording is full. The lock is held.
func (r *Recording) event(code, data string) {
	if r.over || r.full {
		return
	}
	r.put([]any{r.age(), code, data})
}

// age is the time since the beginning in seconds, to the microsecond.
func (r *Recording) age() json.Number {
	return json.Number(strconv.FormatFloat(time.Since(r.start).Seconds(), 'f', 6, 64))
}

// put adds one line, or says that there is no room for it.
func (r *Recording) put(line any) {
	b, err := json.Marshal(line)
	if err != nil {
		return // it is made of text and numbers
	}
	if left := r.blob.Left(); int64(len(b))+1 > left-marker {
		if r.full = true; left >= marker {
			b, _ = json.Marshal([]any{r.age(), "m", "the rest is not recorded"}) // as above
			_, _ = r.blob.Write(append(b, '\n'))                                 // never fails
		}
		return
	}
	_, _ = r.blob.Write(append(b, '\n')) // never fails
}

// End ends the recording and tells of it.
func (r *Recording) End() {
	r.mu.Lock()
	if r.over {
		r.mu.Unlock()
		return
	}
	for _, rest := range []struct {
		code string
		text *text
	}{{"o", &r.out}, {"i", &r.in}} {
		if s := rest.text.rest(); s != "" {
			r.event(rest.code, s)
		}
	}
	r.over = true
	kept := r.blob.Close()
	r.mu.Unlock()
	close(r.ended)
	r.tell(kept)
}

func (r *Recording) tell(kept decoy.Kept) {
	f := decoy.Fields{
		decnet.FieldDuration: strconv.FormatInt(time.Since(r.start).Milliseconds(), 10),
		decnet.FieldBytes:    strconv.FormatInt(kept.Bytes, 10),
		decnet.FieldStored:   strconv.FormatBool(kept.Stored),
		decnet.FieldUser:     r.terminal.User,
	}
	if kept.Stored {
		f[decnet.FieldArtifact] = r.id
	}
	switch {
	case kept.Cut != "":
		f[decnet.FieldReason] = kept.Cut
	case r.full:
		f[decnet.FieldReason] = "the recording is larger than what is kept"
	}
	r.conn.Log(decnet.KindRecorded, f, "a terminal was recorded, %d bytes", kept.Bytes)
}

// Event declares session_recorded for a spec.
func Event() decnet.EventSpec {
	return decnet.EventSpec{Kind: decnet.KindRecorded, Doc: "What happened on a terminal was recorded, and it has ended.", Fields: []decnet.FieldSpec{
		{Name: decnet.FieldArtifact, Type: decnet.TypeHex, Doc: "The recording's name, for decnet sessions; absent if nothing was stored."},
		{Name: decnet.FieldDuration, Type: decnet.TypeMillis, Doc: "How long it lasted, in milliseconds."},
		{Name: decnet.FieldBytes, Type: decnet.TypeInt, Doc: "How long the recording is, in bytes."},
		{Name: decnet.FieldStored, Type: decnet.TypeBool, Doc: "Whether it was kept, or at least its beginning."},
		{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "Why it is not whole; absent if it is."},
		{Name: decnet.FieldUser, Type: decnet.TypeString, Doc: "Who was logged in."},
	}}
}
