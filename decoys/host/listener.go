package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// Accepting backs off this long when the process is out of files or memory.
const (
	minBackoff = 10 * time.Millisecond
	maxBackoff = 2 * time.Second
)

// A listener accepts the connections of one socket.
type listener struct {
	service *service
	socket  net.Listener
	cancel  context.CancelFunc
	ctx     context.Context //nolint:containedctx // the lifetime of the socket
	conns   sync.WaitGroup
	done    chan struct{}

	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func newListener(s *service, socket net.Listener) *listener {
	l := &listener{service: s, socket: socket, done: make(chan struct{}), open: make(map[net.Conn]bool)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// start accepts until close is called. done is closed when the last connection
// has ended.
func (l *listener) start() {
	go func() {
		defer close(l.done)
		l.accept()
		l.conns.Wait()
		l.service.refused.flush()
	}()
}

// close stops accepting and closes all connections. It does not wait.
func (l *listener) close() {
	_ = l.socket.Close()
	l.cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for c := range l.open {
		_ = c.Close()
	}
}

func (l *listener) accept() {
	backoff := minBackoff
	for {
		c, err := l.socket.Accept()
		switch {
		case err == nil:
			backoff = minBackoff
			l.admit(c)
		case l.ctx.Err() != nil, errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, unix.ECONNABORTED), errors.Is(err, unix.EINTR):
		default:
			if backoff == minBackoff {
				l.service.log(decnet.KindError, decoy.Fields{decnet.FieldReason: "accept: " + err.Error()},
					"connections are not accepted for a while")
			}
			decoy.Sleep(l.ctx, backoff)
			backoff = min(2*backoff, maxBackoff)
		}
	}
}

// admit serves c in a goroutine, or closes it at once if a limit is reached.
func (l *listener) admit(c net.Conn) {
	source := addrPort(c.RemoteAddr())
	if t, ok := c.(*net.TCPConn); ok {
		// Go probes an idle peer every 15 seconds, the daemons of a Linux
		// machine after two hours: a peer would see the difference.
		_ = t.SetKeepAlive(false)
	}
	if reason := l.service.enter(source.Addr()); reason != "" {
		l.service.refused.add(source, reason)
		_ = c.Close()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.service.leave(source.Addr())
		_ = c.Close()
		return
	}
	l.open[c] = true
	l.conns.Go(func() {
		defer l.service.leave(source.Addr())
		l.serve(decoy.NewConn(c, source, l.service.slug, l.service.machine, l.service.limits, l.service.events))
		l.mu.Lock()
		delete(l.open, c)
		l.mu.Unlock()
	})
}

// serve runs the protocol on conn and everything that belongs to it.
func (l *listener) serve(conn *decoy.Conn) {
	ctx, cancel := context.WithTimeout(l.ctx, l.service.limits.Total)
	defer cancel()
	conn.Log(decnet.KindConnect, nil, "connection from %v", conn.Source)
	conn.Guard(func() { l.service.handler.Serve(ctx, conn) })
	cancel()
	_ = conn.Close()
	conn.Wait()

	in, out, age := conn.Counts()
	fields := decoy.Fields{
		decnet.FieldDuration: strconv.FormatInt(age.Milliseconds(), 10),
		decnet.FieldBytesIn:  strconv.FormatInt(in, 10),
		decnet.FieldBytesOut: strconv.FormatInt(out, 10),
	}
	if reason := conn.Ended(); reason != "" {
		fields[decnet.FieldReason] = reason
	}
	conn.Log(decnet.KindDisconnect, fields, "connection ended after %v", fmt.Sprint(age.Round(time.Millisecond)))
}
