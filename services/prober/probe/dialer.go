package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// Dialer is the only way out.
type Dialer struct {
	// Check is asked before every connection, last before its first packet.
	Check func(netip.Addr) error
	// Sources are the addresses that connections come from, at most one of each family. If
	// there are any, a host of a family without one is not connected to.
	Sources []netip.Addr
	// Wait is called before every connection and may be nil; see golang.org/x/time/rate.
	Wait func(context.Context) error

	connections atomic.Int64
}

// Connections is how many connections were begun.
func (d *Dialer) Connections() int64 { return d.connections.Load() }

// conn is a connection with bounds in bytes and time.
type conn struct {
	net.Conn
	in   io.Reader
	stop func() bool
}

func (c *conn) Read(b []byte) (int, error) { return c.in.Read(b) }

func (c *conn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// dial connects to an address, never a name. The connection ends after timeout, when ctx
// is done, or when most bytes were read.
func (d *Dialer) dial(ctx context.Context, to netip.AddrPort, timeout time.Duration, most int64) (*conn, error) {
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	if err := d.Check(to.Addr()); err != nil {
		return nil, err // without waiting for one's turn
	}
	local, err := d.source(to.Addr())
	if err != nil {
		return nil, err
	}
	if d.Wait != nil {
		if err := d.Wait(ctx); err != nil {
			return nil, &unbegun{err}
		}
	}
	nd := net.Dialer{
		Timeout: timeout, KeepAlive: -1, LocalAddr: local,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			have, err := netip.ParseAddrPort(address)
			if err != nil || have.Addr().Unmap() != to.Addr() || have.Port() != to.Port() {
				return &Refusal{to.Addr(), "the connection would go to " + address}
			}
			if err := d.Check(to.Addr()); err != nil {
				return err
			}
			d.connections.Add(1)
			return nil
		},
	}
	nd.SetMultipathTCP(false)
	network := "tcp4"
	if to.Addr().Is6() {
		network = "tcp6"
	}
	deadline := time.Now().Add(timeout)
	nc, err := nd.DialContext(ctx, network, to.String())
	if err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(deadline) // fails for one that is closed
	c := &conn{Conn: nc, in: io.LimitReader(nc, most)}
	c.stop = context.AfterFunc(ctx, func() { _ = nc.SetDeadline(time.Unix(1, 0)) })
	return c, nil
}

// source is where a connection to an address comes from; nil lets the kernel choose.
func (d *Dialer) source(to netip.Addr) (net.Addr, error) {
	if len(d.Sources) == 0 {
		return nil, nil
	}
	for _, s := range d.Sources {
		if s.Is4() == to.Is4() {
			return &net.TCPAddr{IP: s.AsSlice(), Zone: s.Zone()}, nil
		}
	}
	return nil, &Refusal{to, "prober.source has no address of its family"}
}

// unbegun is why a connection was not even begun.
type unbegun struct{ error }

func (e *unbegun) Unwrap() error { return e.error }

// outcome says what an error of dialing means.
func outcome(ctx context.Context, err error) (Outcome, string) {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return Refused, refusal.Error()
	}
	if _, ok := errors.AsType[*unbegun](err); ok {
		return Skipped, "not begun"
	}
	switch {
	case ctx.Err() != nil:
		return Silent, "ended before there was an answer"
	case isTimeout(err):
		return Silent, "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return Closed, "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Closed, "unreachable"
	}
	return Failed, fmt.Sprintf("connect: %v", err)
}

func isTimeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT) || timedOut(err)
}

func timedOut(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}
