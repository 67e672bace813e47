package twin

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Wire is the client's end of one dialogue. It reads all the time, so that it
// knows when something came; what was read is taken by Take, or by Read for a
// client that has to understand what it gets.
type Wire struct {
	// Patience bounds each wait.
	Patience time.Duration
	// Addr is the server's, for dialogues that need more connections.
	Addr string

	conn   *net.TCPConn
	settle time.Duration
	tw     *Twin
	// label names the step whose reply is awaited.
	label string

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when one of the next changes
	unread  []byte
	firstAt time.Time // when the first byte after sentAt came
	lastAt  time.Time
	end     error // why reading ended
	endAt   time.Time

	sentAt   time.Time
	segments int
	replies  []Reply
	done     chan struct{}
}

// maxReply bounds what one dialogue may be answered, in bytes.
const maxReply = 4 << 20

func dial(ctx context.Context, addr string, tw *Twin, patience, settle time.Duration) (*Wire, error) {
	var d net.Dialer
	begin := time.Now()
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	w := &Wire{
		Patience: patience, Addr: addr, conn: c.(*net.TCPConn), settle: settle, tw: tw, label: "connect", //nolint:forcetypeassert // it is TCP
		changed: make(chan struct{}), sentAt: begin, done: make(chan struct{}),
	}
	go w.pump()
	return w, nil
}

func (w *Wire) pump() {
	defer close(w.done)
	buf := make([]byte, 64<<10)
	total := 0
	for {
		n, err := w.conn.Read(buf)
		now := time.Now()
		if total += n; err == nil && total > maxReply {
			err = errors.New("the peer says too much")
		}
		w.mu.Lock()
		if n > 0 {
			w.unread = append(w.unread, buf[:n]...)
			w.lastAt = now
			if w.firstAt.IsZero() {
				w.firstAt = now
			}
		}
		if err != nil {
			w.end, w.endAt = err, now
		}
		close(w.changed)
		w.changed = make(chan struct{})
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Send writes b. That the peer has gone already is no error: what it said shows.
func (w *Wire) Send(b []byte) error {
	w.mu.Lock()
	w.sentAt, w.firstAt = time.Now(), time.Time{}
	w.mu.Unlock()
	_, err := w.conn.Write(b)
	return ignoreGone(err)
}

// CloseWrite ends the client's half of the connection.
func (w *Wire) CloseWrite() error { return ignoreGone(w.conn.CloseWrite()) }

// ignoreGone is err, unless it says that the peer has gone.
func ignoreGone(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ENOTCONN) {
		return nil
	}
	return err
}

// wait waits until ready, which is called with the lock held, or for d.
func (w *Wire) wait(d time.Duration, ready func() bool) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		w.mu.Lock()
		ok, changed := ready(), w.changed
		w.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

// Read reads what came, for a client that understands it. It waits for Patience
// and then fails with os.ErrDeadlineExceeded.
func (w *Wire) Read(p []byte) (int, error) {
	if !w.wait(w.Patience, func() bool { return len(w.unread) > 0 || w.end != nil }) {
		return 0, os.ErrDeadlineExceeded
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.unread) == 0 {
		return 0, w.end
	}
	n := copy(p, w.unread)
	w.unread = w.unread[n:]
	return n, nil
}

// Take waits until something has come and then nothing for a while, takes it and
// notes it as the reply to label. With always, that nothing came is noted too.
func (w *Wire) Take(label string, always bool) {
	w.settled()
	w.mu.Lock()
	data := w.unread
	w.unread = nil
	w.mu.Unlock()
	if len(data) > 0 || always {
		w.Note(label, w.tw.describe(data)...)
	}
}

// settled waits for the first byte or the end, then for the silence after it.
func (w *Wire) settled() {
	if !w.wait(w.Patience, func() bool { return len(w.unread) > 0 || w.end != nil }) {
		return
	}
	for {
		w.mu.Lock()
		last, ended := w.lastAt, w.end != nil
		w.mu.Unlock()
		if ended || !w.wait(w.settle, func() bool { return w.end != nil || w.lastAt.After(last) }) {
			return
		}
	}
}

// Note adds a reply in the words of a client that has read it.
func (w *Wire) Note(label string, lines ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := Reply{After: label, Lines: w.tw.settle(w.tw.mask(lines))}
	now := segmentsIn(w.conn)
	r.Segments, w.segments = now-w.segments, now
	if !w.firstAt.IsZero() {
		r.delay = w.firstAt.Sub(w.sentAt)
		w.firstAt = time.Time{}
	}
	w.replies = append(w.replies, r)
}

// finish takes what is left, sees how the connection ends and closes it.
func (w *Wire) finish() Transcript {
	w.mu.Lock()
	from := w.lastAt
	if w.sentAt.After(from) {
		from = w.sentAt
	}
	w.mu.Unlock()
	begin := time.Now()
	w.Take(w.label, false)
	left := max(w.Patience-time.Since(begin), 2*w.settle)
	ended := w.wait(left, func() bool { return w.end != nil })
	w.Take("end", false)
	t := Transcript{Replies: w.replies, End: EndOpen}
	if ended {
		t.End = ending(w.end)
		if t.endDelay = w.endAt.Sub(from); t.endDelay < 0 {
			t.endDelay = 0
		}
	}
	w.close()
	return t
}

func (w *Wire) close() {
	_ = w.conn.SetLinger(0)
	_ = w.conn.Close()
	<-w.done
}

func ending(err error) string {
	switch {
	case errors.Is(err, io.EOF):
		return EndEOF
	case errors.Is(err, syscall.ECONNRESET):
		return EndReset
	}
	return "error: " + err.Error()
}

// run has one dialogue with addr. Slowness stretches what is waited for.
func run(ctx context.Context, addr string, tw *Twin, d *Dialogue, slowness int) (Transcript, error) {
	w, err := dial(ctx, addr, tw, d.Patience*time.Duration(slowness), settleGap*time.Duration(slowness))
	if err != nil {
		return Transcript{}, err
	}
	for i := range d.Steps {
		s := &d.Steps[i]
		if err := s.Do(ctx, w); err != nil {
			w.close()
			return Transcript{}, errors.New(d.Name + ": " + s.Name + ": " + err.Error())
		}
		if s.Name != "await" && s.Name != "pause" {
			w.label = s.Name
		}
	}
	return w.finish(), nil
}

// Quote writes down bytes, a line for each line of them. Printable ASCII stands
// for itself, other bytes are escaped as in Go.
func Quote(data []byte) []string {
	var lines []string
	var b strings.Builder
	for i, c := range data {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c >= ' ' && c < 0x7f:
			b.WriteByte(c)
		default:
			const hex = "0123456789abcdef"
			b.WriteString(`\x` + string([]byte{hex[c>>4], hex[c&15]}))
		}
		if c == '\n' || i == len(data)-1 {
			lines = append(lines, b.String())
			b.Reset()
		}
	}
	return lines
}
