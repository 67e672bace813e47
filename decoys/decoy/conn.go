package decoy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// ErrLimit is what Read and Write return once a limit has ended the connection.
var ErrLimit = errors.New("connection limit reached")

// A Recorder keeps events. EventWriter is one; tests have another.
type Recorder interface {
	Record(e *decnet.Event)
}

// A Conn is one connection of one attacker. It is a net.Conn on which the
// service's limits hold: deadlines that the handler sets can shorten them, never
// lengthen them. Its methods may be called concurrently.
type Conn struct {
	net.Conn
	// Session names the connection in its events: 16 random hex digits.
	Session string
	// Source is the peer; an IPv4-mapped address is given as IPv4.
	Source netip.AddrPort
	// Machine is the decky that the peer connected to.
	Machine Machine

	service  string
	limits   Limits
	recorder Recorder
	start    time.Time
	in, out  atomic.Int64
	group    sync.WaitGroup

	mu sync.Mutex
	// readBy and writeBy are deadlines of the handler; zero is none.
	readBy, writeBy time.Time
	// idleRead is when the read that is under way, or was last, runs out.
	idleRead, idleWrite time.Time
	reason              string
}

// NewConn wraps c, a connection from source to the service slug of machine.
// Only the host and tests make one.
func NewConn(c net.Conn, source netip.AddrPort, slug string, machine Machine, limits Limits, r Recorder) *Conn {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &Conn{
		Conn: c, Session: hex.EncodeToString(id[:]), Machine: machine,
		Source:  netip.AddrPortFrom(source.Addr().Unmap(), source.Port()),
		service: slug, limits: limits.WithDefaults(), recorder: r, start: time.Now(),
	}
}

// Log records an event of this connection. Kind and the names of the fields are
// those that the service's spec declares; the text says in one line what happened.
func (c *Conn) Log(kind string, fields Fields, format string, args ...any) {
	c.recorder.Record(&decnet.Event{
		Time: time.Now().UTC(), Decky: c.Machine.Decky, Service: c.service, Kind: kind,
		Attacker: decnet.AttackerIDOf(c.Source.Addr()), Source: c.Source.Addr(), SourcePort: c.Source.Port(),
		Session: c.Session, Fields: maps.Clone(fields), Message: fmt.Sprintf(format, args...),
	})
}

// LogCredential records an auth_attempt. The secret is cut at MaxSecret; more
// may be nil.
func (c *Conn) LogCredential(principal string, secret []byte, kind decnet.SecretKind, accepted bool, more Fields) {
	verdict := "refused"
	if accepted {
		verdict = "accepted"
	}
	c.Log(decnet.KindAuthAttempt, Credential(principal, secret, kind, accepted).With(more),
		"%s of %q %s", kind, cut(principal, 128), verdict)
}

// Read reads from the peer within the limits.
func (c *Conn) Read(p []byte) (int, error) {
	left := c.limits.BytesIn - c.in.Load()
	if left <= 0 {
		return 0, c.limitReached("bytes")
	}
	if err := c.arm(true); err != nil {
		return 0, err
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, c.explain(err, true)
}

// Write writes to the peer within the limits.
func (c *Conn) Write(p []byte) (int, error) {
	if err := c.arm(false); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, c.explain(err, false)
}

// arm starts the idle time of one read or write.
func (c *Conn) arm(read bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	idle := time.Now().Add(c.limits.Idle)
	if read {
		c.idleRead = idle
		return c.Conn.SetReadDeadline(c.earliest(idle, c.readBy))
	}
	c.idleWrite = idle
	return c.Conn.SetWriteDeadline(c.earliest(idle, c.writeBy))
}

func (c *Conn) earliest(idle, handler time.Time) time.Time {
	t := c.start.Add(c.limits.Total)
	for _, other := range []time.Time{idle, handler} {
		if !other.IsZero() && other.Before(t) {
			t = other
		}
	}
	return t
}

// SetDeadline sets both deadlines; zero means none beside the limits.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline lets reads fail at t, also one that is under way.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	return c.Conn.SetReadDeadline(c.earliest(c.idleRead, t))
}

// SetWriteDeadline lets writes fail at t, also one that is under way.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	return c.Conn.SetWriteDeadline(c.earliest(c.idleWrite, t))
}

// explain turns a deadline of ours into ErrLimit and notes which it was.
func (c *Conn) explain(err error, read bool) error {
	if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
		return err
	}
	now := time.Now()
	if !now.Before(c.start.Add(c.limits.Total)) {
		return c.limitReached("total time")
	}
	c.mu.Lock()
	idle := c.idleRead
	if !read {
		idle = c.idleWrite
	}
	c.mu.Unlock()
	if !now.Before(idle) {
		return c.limitReached("idle time")
	}
	return err // the handler's own deadline
}

func (c *Conn) limitReached(reason string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason == "" {
		c.reason = reason
	}
	return fmt.Errorf("%w: %s", ErrLimit, reason)
}

// Ended returns the limit that ended the connection, or "".
func (c *Conn) Ended() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Counts returns how many bytes came in and went out so far, and how long ago
// the connection began.
func (c *Conn) Counts() (in, out int64, age time.Duration) {
	return c.in.Load(), c.out.Load(), time.Since(c.start)
}

// Go runs f in a goroutine that belongs to the connection: a panic in it is
// logged and closes the connection, and the host waits for it. f must end when
// the connection is closed.
func (c *Conn) Go(f func()) {
	c.group.Go(func() { c.Guard(f) })
}

// Guard runs f and turns a panic into an error event and a closed connection.
func (c *Conn) Guard(f func()) {
	defer func() {
		if r := recover(); r != nil {
			_ = c.Close()
			text := cut(fmt.Sprint(r), 200)
			c.Log(decnet.KindError, Fields{decnet.FieldReason: "panic: " + text}, "the decoy failed: %s\n%s", text, debug.Stack())
		}
	}()
	f()
}

// Wait returns when everything started with Go has ended.
func (c *Conn) Wait() { c.group.Wait() }

// CloseWrite ends our half of the conversation where the transport can do that.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Linger closes our half and drops what the peer still sends, for at most d and
// 1 MiB. A close with unread input would make the kernel reset the connection,
// and the peer could lose our last words.
func (c *Conn) Linger(ctx context.Context, d time.Duration) {
	if ctx.Err() != nil || c.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(d)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(c, 1<<20))
}
