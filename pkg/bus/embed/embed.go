// Package embed runs the NATS server inside this process: what goes in is a
// folder to keep the streams in, what comes out is a server that workers of the
// same process reach without a socket and others through loopback with a token.
//
// It is the only package that imports nats-server, so a worker that joins a bus
// elsewhere does not carry the server with it.
package embed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Config of the embedded server.
type Config struct {
	// Sync is when the disk has what was acknowledged: "always" before the
	// acknowledgement, "interval" up to two minutes later, which is faster and
	// loses those two minutes when the power fails.
	Sync string `mapstructure:"sync" env:"DECNET_BUS_SYNC" doc:"always: acknowledged messages survive a power cut; interval: faster, the last two minutes may not"`
	// Listen is the loopback address for other processes of this machine; port
	// 0 takes a free one.
	Listen string `mapstructure:"listen" env:"DECNET_BUS_LISTEN" doc:"address where other processes of this machine reach the embedded bus, with a token"`
	// Token is what clients must show; empty makes a random one.
	Token string `mapstructure:"-"`
}

// Default keeps every acknowledged message and listens on a free loopback port.
func Default() Config { return Config{Sync: "always", Listen: "127.0.0.1:0"} }

// Validate refuses unknown modes and addresses that are not loopback: the
// embedded bus has one token for everything and no TLS.
func (c Config) Validate() error {
	if c.Sync != "always" && c.Sync != "interval" {
		return fmt.Errorf("embedded.sync %q: want always or interval", c.Sync)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("embedded.listen %q: want host:port", c.Listen)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("embedded.listen %q: want a loopback address; for other hosts run a NATS server with TLS and set bus.url", c.Listen)
	}
	return nil
}

// maxPayload bounds one message: a dead letter holds a whole message, encoded.
const maxPayload = 4 << 20

// maxStore is more than all streams of the topology may take together, so that
// creating them never fails for lack of room on a small disk.
const maxStore = 16 << 30

// Server is a running server. It is a bus.Dialer.
type Server struct {
	log     *slog.Logger
	token   string
	options server.Options
	failed  chan struct{} // one stream or more cannot be written any more
	end     context.CancelFunc
	ended   chan struct{}

	mu sync.RWMutex
	ns *server.Server
}

// Start runs a server that keeps its streams in dir, which no other process may
// use, and returns when it accepts connections.
func Start(cfg Config, dir string, log *slog.Logger) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	addr, err := net.ResolveTCPAddr("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("embedded.listen: %w", err)
	}
	port := addr.Port
	if port == 0 {
		port = server.RANDOM_PORT
	} else if err := free(cfg.Listen); err != nil {
		return nil, err
	}
	token := cfg.Token
	if token == "" {
		token = rand.Text()
	}
	s := &Server{log: log, token: token, failed: make(chan struct{}, 1), ended: make(chan struct{}), options: server.Options{
		ServerName: "decnet", Host: addr.IP.String(), Port: port, Authorization: token,
		JetStream: true, StoreDir: dir, SyncAlways: cfg.Sync == "always", JetStreamMaxStore: maxStore, JetStreamMaxMemory: 32 << 20,
		MaxPayload: maxPayload, NoSigs: true, NoSystemAccount: false, DisableJetStreamBanner: true,
	}}
	if s.ns, err = s.launch(); err != nil {
		return nil, err
	}
	s.options.Port = s.ns.Addr().(*net.TCPAddr).Port // should it have to begin anew
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	go s.watch(ctx)
	return s, nil
}

// launch starts a server and waits until it accepts connections.
func (s *Server) launch() (*server.Server, error) {
	options := s.options // the server changes them
	ns, err := server.NewServer(&options)
	if err != nil {
		return nil, fmt.Errorf("embedded bus: %w", err)
	}
	ns.SetLoggerV2(logger{s.log, s.failed}, false, false, false)
	ns.Start()
	if !ns.ReadyForConnections(10 * time.Second) {
		ns.Shutdown()
		ns.WaitForShutdown()
		return nil, errors.New("embedded bus: not ready within 10 s; its reasons are in the log")
	}
	return ns, nil
}

// free reports why addr cannot be listened on; the server would say so in its log
// only, and late.
func free(addr string) error {
	l, err := net.Listen("tcp", addr) //nolint:noctx // closed at once
	if err != nil {
		return fmt.Errorf("embedded.listen: %w", err)
	}
	return l.Close()
}

// URL is where other processes of this machine connect, token included.
func (s *Server) URL() string {
	u := url.URL{Scheme: "nats", User: url.User(s.token), Host: net.JoinHostPort(s.options.Host, strconv.Itoa(s.options.Port))}
	return u.String()
}

// InProcessConn connects without a socket. While the server begins anew it waits.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ns.InProcessConn()
}

// Stop ends the server after its streams are on disk.
func (s *Server) Stop() {
	s.end()
	<-s.ended
	s.ns.Shutdown()
	s.ns.WaitForShutdown()
}
