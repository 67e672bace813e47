package handover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// ErrClosed says that the decoy process is gone or the Client was closed.
// Whatever was asked for may or may not have been done.
var ErrClosed = errors.New("the decoy process is gone")

// A Client is the parent's end. Its methods may be called concurrently; the
// decoy process carries requests out in the order in which they were sent.
//
// A call whose context ends returns the context's error at once, but a request
// that was sent is carried out nevertheless. Start and Stop can simply be
// called again.
type Client struct {
	conn *net.UnixConn
	// sending is held by who writes to conn.
	sending chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	last    uint64
	pending map[uint64]chan reply
}

// Pair makes a connection and returns the parent's end of it and the child's.
// The child must get the file as descriptor 3 (the first of exec.Cmd.ExtraFiles);
// the parent closes its copy once the child was started.
func Pair() (*Client, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("handover: socketpair: %w", err)
	}
	child := os.NewFile(uintptr(fds[1]), "handover child")
	conn, err := packetConn(os.NewFile(uintptr(fds[0]), "handover parent"))
	if err != nil {
		_ = child.Close()
		return nil, nil, err
	}
	c := &Client{
		conn: conn, sending: make(chan struct{}, 1), done: make(chan struct{}),
		pending: make(map[uint64]chan reply),
	}
	go c.readReplies()
	return c, child, nil
}

// Spool makes the decoy process write events to f, which the parent opened with
// O_WRONLY|O_APPEND, as much as pressure leaves room for. When it returns without
// error, nothing will be written to the file before any more, so that it can be sealed.
func (c *Client) Spool(ctx context.Context, f *os.File, pressure spool.Pressure) error {
	return c.call(ctx, request{Op: opSpool, Pressure: pressure}, []*os.File{f})
}

// Start makes the decoy process prepare the services of d and serve them on ls.
// A decky of that name that runs already is stopped first. Every listener's
// service must be one of d's; a service of d without a listener is prepared, so
// that its settings are checked, and not served. An error names what is wrong in
// one line, and then nothing of the decky runs.
func (c *Client) Start(ctx context.Context, d *decnet.Decky, ls []Listener) error {
	if len(ls) > MaxFiles {
		return fmt.Errorf("handover: start %s: %d listeners, want at most %d", d.Name, len(ls), MaxFiles)
	}
	files := make([]*os.File, len(ls))
	for i, l := range ls {
		files[i] = l.File
	}
	return c.call(ctx, request{Op: opStart, Decky: d, Listeners: ls}, files)
}

// Stop makes the decoy process close the decky's sockets and connections. When
// it returns without error none of them is left. Stopping a decky that does not
// run is no error.
func (c *Client) Stop(ctx context.Context, decky string) error {
	return c.call(ctx, request{Op: opStop, Name: decky}, nil)
}

// Close closes the connection, at which the decoy process exits.
func (c *Client) Close() error {
	err := c.conn.Close()
	<-c.done
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Done is closed when the decoy process is gone or the Client was closed.
func (c *Client) Done() <-chan struct{} { return c.done }

func (c *Client) call(ctx context.Context, r request, files []*os.File) error {
	answer, err := c.submit(ctx, &r, files)
	if err != nil {
		return err
	}
	defer c.forget(r.ID)
	select {
	case a := <-answer:
		if a.Error != "" {
			return errors.New(a.Error)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("handover: %s: %w", r.Op, ctx.Err())
	case <-c.done:
		return fmt.Errorf("handover: %s: %w", r.Op, ErrClosed)
	}
}

// submit numbers r and sends it. A packet is sent whole or not at all, so a
// context that ends meanwhile leaves the connection intact.
func (c *Client) submit(ctx context.Context, r *request, files []*os.File) (<-chan reply, error) {
	select {
	case c.sending <- struct{}{}:
		defer func() { <-c.sending }()
	case <-ctx.Done():
		return nil, fmt.Errorf("handover: %s: %w", r.Op, ctx.Err())
	case <-c.done:
		return nil, fmt.Errorf("handover: %s: %w", r.Op, ErrClosed)
	}
	answer := make(chan reply, 1)
	c.mu.Lock()
	c.last++
	r.ID = c.last
	c.pending[r.ID] = answer
	c.mu.Unlock()

	data, err := encode(r)
	if err == nil {
		err = c.sendBy(ctx, data, files)
	}
	if err != nil {
		c.forget(r.ID)
		return nil, err
	}
	return answer, nil
}

func (c *Client) sendBy(ctx context.Context, data []byte, files []*os.File) error {
	if err := c.conn.SetWriteDeadline(time.Time{}); err != nil {
		return fmt.Errorf("handover: %w", ErrClosed)
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		_ = c.conn.SetWriteDeadline(time.Unix(1, 0))
	})
	err := send(c.conn, data, files)
	if !stop() {
		<-interrupted // or it would interrupt the next to send
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("handover: send: %w", ctx.Err())
	case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ECONNRESET), errors.Is(err, net.ErrClosed):
		return fmt.Errorf("handover: send: %w", ErrClosed)
	}
	return err
}

func (c *Client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

// readReplies hands replies to their callers until the connection ends. A reply
// whose caller has left is dropped.
func (c *Client) readReplies() {
	defer close(c.done)
	buf := make([]byte, MaxMessage+1)
	for {
		data, files, err := receive(c.conn, buf)
		if err != nil {
			return
		}
		var r reply
		if len(files) > 0 || decode(data, &r) != nil {
			closeAll(files)
			_ = c.conn.Close()
			return
		}
		c.mu.Lock()
		answer := c.pending[r.ID]
		delete(c.pending, r.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- r
		}
	}
}
