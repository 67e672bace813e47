package forwarder

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// chunk is how much is written at once, in bytes.
const chunk = 64 << 10

// dialStream connects over TCP, with TLS if secure is not nil.
func (r *receiver) dialStream(ctx context.Context, address string, secure *tls.Config) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	socket := conn.(*net.TCPConn)
	r.Conn = conn
	if secure != nil {
		t := tls.Client(conn, secure)
		if err := t.HandshakeContext(ctx); err != nil {
			_ = conn.Close() // nothing was sent
			return err
		}
		r.Conn = t
	}
	r.send = func(ctx context.Context, lines [][]byte) error {
		if err := r.writeFrames(ctx, lines); err != nil {
			return err
		}
		if err := r.drained(ctx, socket); err != nil {
			return err
		}
		return r.stays(ctx, later(time.Now().Add(moment), r.trusted))
	}
	return nil
}

func (r *receiver) writeFrames(ctx context.Context, lines [][]byte) error {
	buf := make([]byte, 0, chunk)
	for i, line := range lines {
		if buf = appendFrame(buf, line); len(buf) < chunk && i < len(lines)-1 {
			continue
		}
		if err := r.write(ctx, buf); err != nil {
			return err
		}
		buf = buf[:0]
	}
	return nil
}

// drained waits until the peer's kernel has acknowledged every byte. Over TLS
// these are the records, so the same says the same.
func (r *receiver) drained(ctx context.Context, socket *net.TCPConn) error {
	least, since := -1, time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, moment) {
		left, err := unacknowledged(socket)
		if err != nil {
			return r.reason(ctx, err)
		}
		if left == 0 {
			return nil
		}
		if least < 0 || left < least {
			least, since = left, time.Now()
		}
		if time.Since(since) > stall {
			return errStalled
		}
		if err := r.stays(ctx, time.Now().Add(wait)); err != nil {
			return err
		}
	}
}

// unacknowledged is how many bytes the peer's kernel has not acknowledged yet.
func unacknowledged(socket *net.TCPConn) (bytes int, err error) {
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0, err
	}
	cerr := raw.Control(func(fd uintptr) { bytes, err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
	if cerr != nil {
		return 0, cerr
	}
	return bytes, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
