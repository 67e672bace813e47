package forwarder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// dialTimeout bounds connecting, with the handshake.
	dialTimeout = 10 * time.Second
	// stall is how long a receiver may take nothing at all.
	stall = 30 * time.Second
	// moment is how long a connection has to stay whole after the receiver's
	// kernel took everything: one that died meanwhile is noticed by then.
	moment = 20 * time.Millisecond
	// young is how long a connection has to be whole before anything sent over it
	// counts, and youngTLS over TLS: a receiver judges a client's address or
	// certificate after the client believes the connection made.
	young    = 500 * time.Millisecond
	youngTLS = time.Second
)

// errStalled says that a receiver took nothing for too long.
var errStalled = fmt.Errorf("it takes no more lines: nothing for %v", stall)

// receiver is a connection to a log target.
type receiver struct {
	net.Conn
	// send brings lines and returns once there is no more to learn of their fate.
	send   func(ctx context.Context, lines [][]byte) error
	secure bool
	// trusted is when the connection is no longer young.
	trusted time.Time
	// ended is closed when the receiver ended it, after why was set.
	ended chan struct{}
	why   error
}

// dial connects to target. The connection has to be closed.
func (c Config) dial(ctx context.Context, target decnet.LogTarget) (*receiver, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	network, address := target.Split()
	r := &receiver{ended: make(chan struct{})}
	var err error
	switch network {
	case decnet.LogOverTCP:
		err = r.dialStream(ctx, address, nil)
	case decnet.LogOverTLS:
		var host string
		if host, _, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
		secure, terr := c.tls(host)
		if terr != nil {
			return nil, terr
		}
		err = r.dialStream(ctx, address, secure)
	case decnet.LogOverUDP:
		err = r.dialDatagram(ctx, address)
	default:
		err = target.Check()
	}
	if err != nil {
		return nil, c.explain(err, false)
	}
	r.trusted = time.Now().Add(young)
	if r.secure = network == decnet.LogOverTLS; r.secure {
		r.trusted = time.Now().Add(youngTLS)
	}
	go r.listen()
	return r, nil
}

// listen reads, though no receiver answers, to notice that it is gone.
func (r *receiver) listen() {
	defer func() { _ = r.Close() }() // it may wait for that
	defer close(r.ended)
	_, err := io.Copy(io.Discard, io.LimitReader(r.Conn, 1<<20))
	if r.why = err; err == nil {
		r.why = errClosed
	}
}

// close ends the connection and waits until nobody reads from it.
func (r *receiver) close() {
	_ = r.Close() // what it did not take is sent again
	<-r.ended
}

// alive reports why the receiver ended the connection, without waiting.
func (r *receiver) alive() error {
	select {
	case <-r.ended:
		return r.why
	default:
		return nil
	}
}

// reason is why the receiver ended the connection, if it did and that is the cause
// of err, which came of using it.
func (r *receiver) reason(ctx context.Context, err error) error {
	if gone := r.stays(ctx, time.Now().Add(moment)); gone != nil {
		return gone
	}
	return err
}

// stays returns nil if the receiver has not ended the connection by then.
func (r *receiver) stays(ctx context.Context, until time.Time) error {
	wait := time.NewTimer(time.Until(until))
	defer wait.Stop()
	select {
	case <-r.ended:
		return r.why
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return r.alive()
	}
}

// write sends data before the receiver has taken nothing for too long, or ctx ends.
func (r *receiver) write(ctx context.Context, data []byte) error {
	if err := r.SetWriteDeadline(time.Now().Add(stall)); err != nil {
		return r.reason(ctx, err)
	}
	defer context.AfterFunc(ctx, func() { _ = r.SetWriteDeadline(time.Unix(1, 0)) })()
	_, err := r.Write(data)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errStalled
	case err != nil:
		return r.reason(ctx, err)
	}
	return nil
}

// Probe connects to target as the forwarder would, sends nothing, and reports why
// lines would have to wait. Of UDP only the name can be looked at.
func Probe(ctx context.Context, c Config, target decnet.LogTarget) error {
	r, err := c.dial(ctx, target)
	if err != nil {
		return err
	}
	defer r.close()
	if !r.secure {
		return nil
	}
	return c.explain(r.stays(ctx, r.trusted), true)
}
