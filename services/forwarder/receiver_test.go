package forwarder_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet"
)

// sink is a syslog receiver over TCP or TLS that can be away and come back. It
// reads one connection after the other, so that it knows what came first.
type sink struct {
	t       *testing.T
	address string
	secure  *tls.Config
	// cruel resets each new connection.
	cruel atomic.Bool

	mu   sync.Mutex
	got  []string
	l    net.Listener
	conn net.Conn
	done sync.WaitGroup
}

// newSink has an address that nobody else gets, and is away.
func newSink(t *testing.T, secure *tls.Config) *sink {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{t: t, secure: secure, address: fmt.Sprintf("127.0.0.1:%d", at.(*unix.SockaddrInet4).Port)}
	t.Cleanup(func() { s.leave(); _ = unix.Close(fd) })
	return s
}

func (s *sink) target() decnet.LogTarget {
	if s.secure != nil {
		return decnet.LogTarget("tls://" + s.address)
	}
	return decnet.LogTarget(s.address)
}

func (s *sink) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

// come listens and reads until leave is called.
func (s *sink) come() {
	s.t.Helper()
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		cerr := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
		if cerr != nil {
			return cerr
		}
		return err
	}}
	l, err := share.Listen(context.Background(), "tcp", s.address)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	s.l = l
	s.mu.Unlock()
	s.done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if s.cruel.Load() {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
				continue
			}
			s.read(conn)
		}
	})
}

func (s *sink) read(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	if s.secure != nil {
		t := tls.Server(conn, s.secure)
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		if t.Handshake() != nil {
			return
		}
		_ = conn.SetDeadline(time.Time{})
		conn = t
	}
	in := bufio.NewReader(conn)
	for {
		text, err := frame(in)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.got = append(s.got, text)
		s.mu.Unlock()
	}
}

// leave refuses connections from now on and ends the one there is. What its
// kernel took it still reads: that is the one thing nobody can promise.
func (s *sink) leave() {
	s.mu.Lock()
	l, conn := s.l, s.conn
	s.l, s.conn = nil, nil
	s.mu.Unlock()
	if l == nil {
		return
	}
	_ = l.Close()
	if conn != nil {
		_ = conn.(*net.TCPConn).CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	}
	s.done.Wait()
}

// frame reads one line of octet counting (RFC 6587).
func frame(b *bufio.Reader) (string, error) {
	count, err := b.ReadString(' ')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(count, " "))
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(b, text)
	return string(text), err
}

// well is a receiver of datagrams.
type well struct {
	mu  sync.Mutex
	got []string
}

func (w *well) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.got...)
}

// read takes datagrams until conn is closed.
func (w *well) read(conn net.PacketConn) {
	buf := make([]byte, 64<<10)
	for {
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		w.mu.Lock()
		w.got = append(w.got, string(buf[:n]))
		w.mu.Unlock()
	}
}
