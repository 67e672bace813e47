package decoy

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
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
	blobs    atomic.Int64 // bytes of content that are kept
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
	return &Conn{
		Conn: c, Session: NewSession(time.Now()), Machine: machine,
		Source:  netip.AddrPortFrom(source.Addr().Unmap(), source.Port()),
		service: slug, limits: limits.WithDefaults(), recorder: r, start: time.Now(),
	}
}

// NewSession returns a name for a connection that begins at t: 8 hex digits of the
// seconds since 1970 and 12 random ones. Sessions of one time are neighbours, so that
// a database adds them to its index in one place rather than all over.
func NewSession(t time.Time) string {
	var id [10]byte
	binary.BigEndian.PutUint32(id[:4], uint32(t.Unix())) //nolint:gosec // until 2106, and then it is only slower
	_, _ = rand.Read(id[4:])                             // never fails
	return hex.EncodeToString(id[:])
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
		"%s of %q %s", kind, decnet.Cut(principal, 128), verdict)
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

// Counts returns how many bytes came in and went out so far, and how long ago
// the connection began.
func (c *Conn) Counts() (in, out int64, age time.Duration) {
	return c.in.Load(), c.out.Load(), time.Since(c.start)
}
