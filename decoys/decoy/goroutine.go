package decoy

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

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
			text := decnet.Cut(fmt.Sprint(r), 200)
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

// SetNoDelay says whether small writes leave at once; see net.TCPConn. Daemons
// that do not ask for it send what they write in other pieces, which shows.
func (c *Conn) SetNoDelay(on bool) {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.SetNoDelay(on) // it makes no difference that matters
	}
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
