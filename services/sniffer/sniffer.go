// Package sniffer reads the interfaces that deckies are on: packets go in, events on wire come out, what
// they are about is in package wire. It learns from the bus's fleet bucket which addresses are deckies, since
// visitors of others do not matter.
//
// An event is numbered by this process, so that one which is published twice counts once. While the bus is away
// findings wait, as many as Config.Queue allows; what is dropped beyond that becomes an event itself.
package sniffer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// Sniffer is one instance; there is one on each host.
type Sniffer struct {
	cfg   Config
	env   worker.Env
	fleet fleet
	queue *queue
	// opened is called when every interface is open, and nothing is read yet.
	opened func() error
}

// New prepares a sniffer.
func New(cfg Config, env worker.Env) (*Sniffer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Sniffer{cfg: cfg, env: env, queue: newQueue(cfg.Queue, env)}, nil
}

// OnOpen has drop called when every interface is open and before anything is read: from then on no privilege is
// needed any more.
func (s *Sniffer) OnOpen(drop func() error) { s.opened = drop }

// Run reads until ctx is done. Where it may not read, it says so once and reads nothing: the decoys do without.
func (s *Sniffer) Run(ctx context.Context) error {
	rings, err := s.open()
	if errors.Is(err, capture.ErrNoPrivilege) {
		s.env.Log.Warn("the wire is not watched", "reason", err)
	} else if err != nil {
		return err
	}
	if s.opened != nil {
		if err := s.opened(); err != nil {
			return fmt.Errorf("give up privileges: %w", err)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	if len(rings) > 0 {
		current := make(chan struct{})
		g.Go(func() error { return s.fleet.follow(ctx, s.env, current) })
		select {
		case <-current: // before that nobody is known to be a decky
		case <-ctx.Done():
		}
	}
	read, readers := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error { return s.queue.publish(read) })
	var reading errgroup.Group
	for _, r := range rings {
		reading.Go(func() error { return s.read(ctx, r) })
	}
	g.Go(func() error {
		err := reading.Wait()
		<-ctx.Done()
		readers() // what they found last is published yet
		return err
	})
	s.env.Health.Ready()
	return g.Wait()
}

// ring is one interface.
type ring struct {
	*capture.Ring
	name string
}

// open opens every interface, or none.
func (s *Sniffer) open() (rings []ring, err error) {
	for _, name := range s.cfg.Interfaces {
		r, err := capture.Open(name, capture.Options{Ring: s.cfg.Ring, Promiscuous: name != "lo"})
		if err != nil {
			for _, r := range rings {
				r.Close()
			}
			return nil, fmt.Errorf("sniffer.interfaces: %w", err)
		}
		rings = append(rings, ring{r, name})
	}
	return rings, nil
}

// look is how often what was counted is told, and what time it is, when no packet comes.
const look = time.Second

// read has one interface's packets looked at.
func (s *Sniffer) read(ctx context.Context, r ring) error {
	defer r.Close()
	config := s.cfg.wire()
	config.Target = s.fleet.is
	if device, err := net.InterfaceByName(r.name); err == nil && len(device.HardwareAddr) == 6 {
		config.Own = []capture.MAC{capture.MAC(device.HardwareAddr)} // the deployer looks for free addresses
	}
	eyes, err := wire.New(config, func(f *wire.Finding) {
		if e := s.event(f); e != nil {
			s.queue.add(e)
		}
	})
	if err != nil {
		return err
	}
	defer eyes.Flush()
	var p capture.Packet
	var before capture.Stats
	for told, n := time.Now(), 0; ; n++ {
		err := r.Next(&p)
		switch {
		case err == nil:
			eyes.Packet(&p)
		case errors.Is(err, capture.ErrTimeout):
			eyes.Advance(time.Now())
		default:
			return fmt.Errorf("read %s: %w", r.name, err)
		}
		if err == nil && n%256 != 0 {
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(told) >= look {
			told = time.Now()
			before = s.count(r, before)
		}
	}
}

// count tells how much was read since before.
func (s *Sniffer) count(r ring, before capture.Stats) capture.Stats {
	now, err := r.Stats()
	if err != nil {
		return before
	}
	health := s.env.Health
	health.Counter("packets").Add(int64(now.Packets - before.Packets))               //nolint:gosec // a count
	health.Counter("packets_dropped").Add(int64(now.Dropped - before.Dropped))       //nolint:gosec // a count
	health.Counter("packets_malformed").Add(int64(now.Malformed - before.Malformed)) //nolint:gosec // a count
	if now.Dropped > before.Dropped {
		s.env.Log.Warn("packets came faster than they could be read", "interface", r.name, "dropped", now.Dropped-before.Dropped)
	}
	return now
}
