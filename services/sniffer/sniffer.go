package sniffer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/sniffer/wire"
)

const (
	// waiting is how many findings wait to be published.
	waiting = 8192
	// account is how often drops are looked at.
	account = 5 * time.Second
)

// Sniffer is one instance, for one interface.
type Sniffer struct {
	cfg     Config
	env     worker.Env
	ring    *capture.Ring // nil if there is nothing to watch
	core    *wire.Sniffer
	targets targets
	found   chan *wire.Finding
	records *recorder // nil if nothing is recorded
	boot    string    // this process, and number the last of its events
	number  int64
	away    atomic.Bool // the bus
	dropped uint64      // by the kernel, when it was last looked at
}

// New opens the interface, in the network namespace of the calling thread; after
// that no privilege is needed. Close or Run ends it.
func New(cfg Config, env worker.Env) (*Sniffer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Sniffer{cfg: cfg, env: env, boot: rand.Text(), found: make(chan *wire.Finding, waiting)}
	w := wire.Default()
	if !cfg.Everybody {
		w.Target = s.targets.has
	}
	if cfg.Interface != "" {
		if device, err := net.InterfaceByName(cfg.Interface); err == nil && len(device.HardwareAddr) == 6 {
			w.Own = []capture.MAC{capture.MAC(device.HardwareAddr)}
		}
	}
	var err error
	if cfg.Recordings != "" {
		if s.records, err = newRecorder(cfg.Recordings, int64(cfg.Session)<<20, int64(cfg.Total)<<20, env.Log); err != nil {
			return nil, fmt.Errorf("sniffer.recordings: %w", err)
		}
		w.Visitor = s.records.begin
	}
	if s.core, err = wire.New(w, s.find); err != nil || cfg.Interface == "" {
		return s, err
	}
	s.ring, err = capture.Open(cfg.Interface, capture.Options{Promiscuous: cfg.Promiscuous, Ring: cfg.Ring << 20})
	if err != nil {
		return nil, fmt.Errorf("sniffer.interface: %w", err)
	}
	return s, nil
}

// Close gives the interface back if Run was not called.
func (s *Sniffer) Close() {
	if s.ring != nil {
		s.ring.Close()
	}
}

// Run sniffs until ctx is done; what it has found by then is published.
func (s *Sniffer) Run(ctx context.Context) error {
	defer s.Close()
	if s.ring == nil {
		s.env.Health.Ready()
		<-ctx.Done()
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	known := make(chan struct{})
	g.Go(func() error {
		return bus.Fleet.Follow(ctx, s.env.Bus, bus.Follower[decnet.Decky]{
			Changed: func(e bus.Entry[decnet.Decky]) {
				s.targets.set(e.Keys[1], e.Value.Address, e.Value.Address6) // of a deleted one they are not valid
			},
			Current: sync.OnceFunc(func() { close(known) }),
		})
	})
	g.Go(func() error {
		defer close(s.found)
		select {
		case <-ctx.Done():
			return nil
		case <-known:
		}
		s.env.Health.Ready()
		return s.read(ctx)
	})
	g.Go(func() error { return s.publishAll(ctx) })
	return g.Wait()
}

// read hands packets to the core until ctx is done.
func (s *Sniffer) read(ctx context.Context) error {
	defer s.record(time.Time{})
	defer s.core.Flush()
	var p capture.Packet
	for looked := time.Now(); ctx.Err() == nil; {
		err := s.ring.Next(&p)
		switch {
		case err == nil:
			if s.records != nil {
				s.records.packet(&p)
			}
			s.core.Packet(&p)
			if p.Time.Sub(looked) < account {
				continue
			}
		case errors.Is(err, capture.ErrTimeout):
			s.core.Advance(time.Now())
		default:
			return fmt.Errorf("read %s: %w", s.cfg.Interface, err)
		}
		if now := time.Now(); now.Sub(looked) >= account {
			looked = now
			s.look()
			s.record(now)
		}
	}
	return nil
}

// look tells how many packets were lost.
func (s *Sniffer) look() {
	stats, err := s.ring.Stats()
	if err != nil {
		return // it is asked again
	}
	h := s.env.Health
	for name, n := range map[string]uint64{"packets": stats.Packets, "packets_dropped": stats.Dropped, "packets_malformed": stats.Malformed} {
		h.Counter(name).Store(int64(n)) //nolint:gosec // it takes millennia
	}
	if lost := stats.Dropped - s.dropped; lost > 0 {
		h.Degraded(fmt.Sprintf("%d packets came faster than they were read", lost))
	} else if !s.away.Load() {
		h.Ready()
	}
	s.dropped = stats.Dropped
}

// record ends recordings that are over at a time, all with the zero time.
func (s *Sniffer) record(now time.Time) {
	if s.records != nil {
		s.records.tick(now)
	}
}

// find takes a finding of the core, which must not wait.
func (s *Sniffer) find(f *wire.Finding) {
	select {
	case s.found <- f:
		s.env.Health.Counter("findings").Add(1)
	default:
		s.env.Health.Counter("findings_lost").Add(1)
	}
}
