package collector

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

const (
	// queueLines and queueBytes are how much waits for a receiver that is away
	// or slow.
	queueLines = 10_000
	queueBytes = 16 << 20
	// sendTimeout bounds connecting and each write.
	sendTimeout = 5 * time.Second
	// maxDatagram is the longest line that goes by UDP; RFC 5426 wants receivers
	// to take 2048 and allows more.
	maxDatagram = 8192
	maxWait     = 30 * time.Second
)

// sender brings lines to one syslog receiver, in order: over TCP with octet
// counting (RFC 6587, 3.4.1), over UDP a datagram each (RFC 5426).
type sender struct {
	target decnet.LogTarget
	env    worker.Env
	ctx    context.Context
	stop   context.CancelFunc
	lines  chan []byte
	size   atomic.Int64 // of lines, in bytes
	conn   net.Conn
	down   bool
}

func newSender(ctx context.Context, target decnet.LogTarget, env worker.Env) *sender {
	ctx, stop := context.WithCancel(ctx)
	return &sender{target: target, env: env, ctx: ctx, stop: stop, lines: make(chan []byte, queueLines)}
}

// queue takes a line, or counts it as dropped if the queue is full.
func (s *sender) queue(text []byte) {
	if s.size.Load() < queueBytes {
		select {
		case s.lines <- bytes.Clone(text): // the original is a part of a large buffer
			s.size.Add(int64(len(text)))
			return
		default:
		}
	}
	s.env.Health.Counter("log_target_dropped").Add(1)
}

// run sends until the sender is stopped; then what is queued goes out if the
// receiver is there.
func (s *sender) run() {
	defer s.close()
	for {
		select {
		case text := <-s.lines:
			s.size.Add(-int64(len(text)))
			if !s.deliver(text) {
				return
			}
		case <-s.ctx.Done():
			s.flush()
			return
		}
	}
}

// deliver tries until the line is written, and reports false if it was stopped.
func (s *sender) deliver(text []byte) bool {
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, maxWait) {
		err := s.write(text)
		if err == nil {
			s.env.Health.Counter("log_target_sent").Add(1)
			if s.down {
				s.down = false
				s.env.Log.Info("log target is back", "target", s.target)
			}
			return true
		}
		s.close()
		if !s.down {
			s.down = true
			s.env.Log.Warn("log target is away; its lines wait", "target", s.target, "at_most", queueLines, "error", err)
		}
		select {
		case <-s.ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}

// flush sends what is queued, for as long as the receiver takes it.
func (s *sender) flush() {
	for s.conn != nil {
		select {
		case text := <-s.lines:
			if s.write(text) != nil {
				return
			}
		default:
			return
		}
	}
}

func (s *sender) write(text []byte) error {
	network, address := s.target.Split()
	if s.conn == nil {
		d := net.Dialer{Timeout: sendTimeout}
		conn, err := d.DialContext(s.ctx, network, address)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	frame := text
	if network == "tcp" {
		frame = append(strconv.AppendInt(make([]byte, 0, len(text)+8), int64(len(text)), 10), ' ')
		frame = append(frame, text...)
	} else {
		frame = frame[:min(len(frame), maxDatagram)]
	}
	_, err := s.conn.Write(frame)
	return err
}

func (s *sender) close() {
	if s.conn != nil {
		_ = s.conn.Close() // what it did not take is tried again
		s.conn = nil
	}
}
