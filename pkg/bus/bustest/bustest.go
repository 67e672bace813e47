// Package bustest gives a test the real bus: a server in this process on a
// folder that goes with the test, and a connection to it.
package bustest

import (
	"crypto/rand"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/embed"
)

// Server is the bus of one test. It can be stopped and started again on the
// same folder and address, as after a crash.
type Server struct {
	t   testing.TB
	dir string
	cfg embed.Config

	mu      sync.Mutex
	running *embed.Server
}

// Start runs a server until the test ends. Messages are not synced to disk one
// by one: a test does not survive a power cut anyway.
func Start(t testing.TB) *Server {
	t.Helper()
	return start(t, "interval")
}

// StartDurable is Start with every acknowledged message on the disk, for benchmarks.
func StartDurable(t testing.TB) *Server {
	t.Helper()
	return start(t, "always")
}

func start(t testing.TB, sync string) *Server {
	t.Helper()
	s := &Server{t: t, dir: t.TempDir(), cfg: embed.Default()}
	s.cfg.Sync, s.cfg.Token = sync, rand.Text()
	s.Restart()
	s.cfg.Listen = strings.TrimPrefix(s.URL(), "nats://"+s.cfg.Token+"@")
	t.Cleanup(func() { s.current().Stop() })
	return s
}

// Restart stops the server if it runs and starts it on the same folder.
func (s *Server) Restart() {
	s.t.Helper()
	if old := s.current(); old != nil {
		old.Stop()
	}
	server, err := embed.Start(s.cfg, s.dir, slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = server
}

// Stop stops the server, as one that is away. Restart brings it back at the URL that it had.
func (s *Server) Stop() { s.current().Stop() }

func (s *Server) current() *embed.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// URL is where other processes connect.
func (s *Server) URL() string { return s.current().URL() }

// InProcessConn makes the server a bus.Dialer.
func (s *Server) InProcessConn() (net.Conn, error) { return s.current().InProcessConn() }

// Connect joins the bus as name until the test ends.
func (s *Server) Connect(name string) *bus.Bus {
	s.t.Helper()
	b, err := bus.Connect(s.t.Context(), bus.Config{URL: s.URL()}, bus.WithName(name), bus.WithDialer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(b.Close)
	return b
}

// Keep leaves the newest messages of a stream, as its bounds do in time.
func (s *Server) Keep(stream string, messages int64) {
	s.t.Helper()
	nc, err := nats.Connect(s.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		s.t.Fatal(err)
	}
	have, err := js.Stream(s.t.Context(), stream)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := have.CachedInfo().Config
	for _, cfg.MaxMsgs = range []int64{messages, -1} {
		if _, err := js.UpdateStream(s.t.Context(), cfg); err != nil {
			s.t.Fatal(err)
		}
	}
}

// New is Start and Connect with every stream and bucket in place.
func New(t testing.TB) *bus.Bus {
	t.Helper()
	b := Start(t).Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}
