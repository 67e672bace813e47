// Package prober asks attackers' own hosts what they are: attackers.seen goes in,
// attackers.probed comes out.
//
// It probes nobody that the rules of package probe do not permit, which are asked again
// before every connection, with the fleet, the labels and this machine's addresses as they are
// then. What was asked for and when is in the bucket probes, by compare-and-set: none of any
// number of instances asks for the same again within the window, nor after a restart. An
// instance that is killed leaves what it had begun to the next window.
//
// A sighting only puts an attacker into a queue, so no lane waits for a probe. Who finds no
// place there comes again with the next sighting.
package prober

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/prober/probe"
)

// maxAge is how old a sighting may be: behind the address may be somebody else by then.
const maxAge = time.Hour

// Prober is one instance; any number may share the work.
type Prober struct {
	cfg     Config
	env     worker.Env
	rules   *probe.Rules
	tasks   []probe.Task
	dialer  *probe.Dialer
	hosts   *rate.Limiter
	queue   *queue
	recent  recent
	gate    gate
	deckies deckies
	labels  labels
}

// New prepares a prober.
func New(cfg Config, env worker.Env) (*Prober, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	p := &Prober{cfg: cfg, env: env, queue: newQueue(cfg.Queue), hosts: perMinute(cfg.Attackers)}
	var err error
	if p.rules, err = cfg.Rules(); err != nil {
		return nil, err
	}
	sources, err := cfg.sources()
	if err != nil {
		return nil, err
	}
	if err := areOwn(sources); err != nil {
		return nil, err
	}
	if p.tasks, err = cfg.Ports.Tasks(); err != nil {
		return nil, err
	}
	p.dialer = &probe.Dialer{Check: p.check, Sources: sources, Wait: perMinute(cfg.Connections).Wait}
	p.withoutTCP()
	return p, nil
}

// perMinute lets a few pass at once, and so many in a minute.
func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(n)/60, max(n/60, 1)) }

func areOwn(sources []netip.Addr) error {
	own, err := Own()
	if err != nil {
		return err
	}
	for _, s := range sources {
		found := s.IsLoopback()
		for _, o := range own {
			found = found || o.Addr() == s
		}
		if !found {
			return fmt.Errorf("prober.source %s: this machine has no such address", s)
		}
	}
	return nil
}

// withoutTCP leaves out what this process may not do.
func (p *Prober) withoutTCP() {
	if !p.cfg.Enabled || probe.CanTCP() {
		return
	}
	var left []probe.Task
	for _, t := range p.tasks {
		if t.Kind != probe.TCP {
			left = append(left, t)
		}
	}
	if len(left) < len(p.tasks) {
		p.env.Log.Info("SYN-ACKs are not looked at: that takes CAP_NET_RAW")
	}
	p.tasks = left
}

// Own are the addresses of this machine, with their networks.
func Own() ([]netip.Prefix, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the addresses of this machine: %w", err)
	}
	var out []netip.Prefix
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		addr, ok := netip.AddrFromSlice(n.IP)
		if !ok {
			continue
		}
		addr = addr.Unmap()
		bits, _ := n.Mask.Size()
		out = append(out, netip.PrefixFrom(addr, bits))
	}
	return out, nil
}

// check says why an address is not connected to now.
func (p *Prober) check(a netip.Addr) error {
	if !p.gate.open() {
		return &probe.Refusal{Address: a, Reason: errOff.Error()}
	}
	if name, muted := p.labels.muted(a, time.Now()); muted {
		return &probe.Refusal{Address: a, Reason: "it is muted as " + name}
	}
	own, err := Own()
	if err != nil {
		return &probe.Refusal{Address: a, Reason: err.Error()}
	}
	return p.rules.Check(a, probe.Around{Own: own, Decky: p.deckies.has})
}

// Run probes until ctx is done; what is being asked then is broken off and written down.
func (p *Prober) Run(ctx context.Context) error {
	if !p.cfg.Enabled {
		p.env.Health.Ready()
		<-ctx.Done()
		return nil
	}
	g, ctx := errgroup.WithContext(ctx)
	if !p.learn(ctx, g) {
		return g.Wait()
	}
	p.tellState()
	for range p.cfg.Concurrency {
		g.Go(func() error { p.work(ctx); return nil })
	}
	c := bus.Consumer{Name: "prober", Exclusive: p.cfg.Exclusive, OnPause: func(err error) {
		if err != nil {
			p.env.Health.Pause(err)
			return
		}
		p.tellState()
	}}
	g.Go(func() error { return bus.AttackersSeen.ConsumeLanes(ctx, p.env.Bus, c, nil, p.handle) })
	return g.Wait()
}

// learn follows fleet, labels and switch. It returns when all that is there is known, or
// false when that cannot be.
func (p *Prober) learn(ctx context.Context, g *errgroup.Group) bool {
	known := make(chan struct{}, 3)
	once := func() func() { return sync.OnceFunc(func() { known <- struct{}{} }) }
	g.Go(func() error {
		return bus.Fleet.Follow(ctx, p.env.Bus, bus.Follower[decnet.Decky]{Changed: p.deckies.changed, Current: once()})
	})
	g.Go(func() error {
		return bus.Labels.Follow(ctx, p.env.Bus, bus.Follower[decnet.SourceLabel]{Changed: p.labels.changed, Current: once()})
	})
	g.Go(func() error {
		off, current, learnt := false, false, once()
		return bus.Switches.Follow(ctx, p.env.Bus, bus.Follower[decnet.Switch]{
			Changed: func(e bus.Entry[decnet.Switch]) {
				if e.Keys[0] != SwitchKey {
					return
				}
				if off = e.Value.Off && !e.Deleted; off || current {
					p.turn(!off)
				}
			},
			Current: func() {
				current = true
				p.turn(!off)
				learnt()
			},
			Lost: func() {
				current = false
				p.turn(false)
			},
		})
	})
	for range cap(known) {
		select {
		case <-known:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// SwitchKey is the prober's in the bucket switches.
const SwitchKey = "prober"

// turn opens or shuts the gate. Who waits is forgotten when it is shut.
func (p *Prober) turn(on bool) {
	changed := p.gate.set(on)
	if !on {
		p.queue.clear()
	}
	if changed && p.env.Health.Snapshot().Status != decnet.StatusStarting {
		p.env.Log.Warn("probing was switched", "on", on)
		p.tellState()
	}
}

func (p *Prober) tellState() {
	if p.gate.open() {
		p.env.Health.Ready()
		return
	}
	p.env.Health.Degraded(`probing is switched off; "decnet prober start" switches it on`)
}

// handle puts attackers into the queue. It never fails: the next sighting is as good.
func (p *Prober) handle(_ context.Context, messages []*bus.Message[decnet.Sightings]) error {
	now := time.Now()
	for _, m := range messages {
		for _, s := range m.Body.Sightings {
			if _, err := decnet.ParseAttackerID(string(s.Attacker)); err != nil {
				m.Drop(err)
				continue
			}
			p.consider(s, now)
		}
	}
	return nil
}

func (p *Prober) consider(s decnet.Sighting, now time.Time) {
	count := p.env.Health.Counter
	switch {
	case now.Sub(s.Time) > maxAge:
		count("stale").Add(1)
	case !p.recent.isDue(s.Attacker, now):
	case p.check(s.Attacker.Addr()) != nil:
		count("refused").Add(1)
	case !p.queue.add(waiting{s.Attacker, now.Add(p.cfg.Delay + jitter(p.cfg.Jitter))}):
		count("overflow").Add(1)
	}
}

func jitter(most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return rand.N(most)
}

// work probes one attacker after the other until ctx is done.
func (p *Prober) work(ctx context.Context) {
	for {
		id, ok := p.queue.next(ctx)
		if !ok || p.hosts.Wait(ctx) != nil {
			return
		}
		if err := p.probe(ctx, id); err != nil && ctx.Err() == nil {
			level := p.env.Log.Warn
			if errors.Is(err, errOff) {
				level = p.env.Log.Debug
			}
			level("attacker not probed", "attacker", id.Addr(), "error", err)
		}
	}
}
