package prober

import (
	"context"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/prober/probe"
)

// again is how long to wait before it is tried once more to tell.
const again = 2 * time.Second

// drain is how long writing down may take after what was to be done was broken off.
const drain = 5 * time.Second

// probe asks one attacker's host for what is due.
func (p *Prober) probe(ctx context.Context, id decnet.AttackerID) error {
	addr := id.Addr()
	if err := p.check(addr); err != nil {
		p.env.Health.Counter("refused").Add(1)
		return err
	}
	if p.cfg.Dry {
		return p.only(ctx, id)
	}
	inside, leave, err := p.gate.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	c, err := p.claim(inside, id)
	if err != nil || len(c.tasks) == 0 {
		return err
	}
	before := p.dialer.Connections()
	findings := probe.Run(inside, p.dialer, addr, p.plan(c.tasks))
	p.env.Health.Counter("attackers").Add(1)
	p.env.Health.Counter("connections").Store(p.dialer.Connections())
	p.env.Log.Debug("probed", "attacker", addr, "tasks", len(c.tasks), "connections", p.dialer.Connections()-before)

	return p.conclude(ctx, c, findings)
}

// conclude tells and writes down what came out. A bus that is away is waited for.
func (p *Prober) conclude(ctx context.Context, c *claim, findings []probe.Finding) error {
	for tries := 0; ; tries++ {
		wctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		// Told first: a value that was not told must not be what the next is compared with.
		err := p.tell(wctx, c, findings)
		if err == nil {
			err = p.settle(wctx, c, findings)
		}
		cancel()
		if err == nil || ctx.Err() != nil || tries == attempts {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
}

func (p *Prober) plan(tasks []probe.Task) probe.Plan {
	return probe.Plan{Tasks: tasks, Timeout: p.cfg.Timeout, Budget: p.cfg.Budget, Pause: p.cfg.Pause, Parallel: p.cfg.PerAttacker}
}

// only says what would be done.
func (p *Prober) only(_ context.Context, id decnet.AttackerID) error {
	p.recent.set(id, time.Now().Add(p.cfg.Window))
	names := make([]string, len(p.tasks))
	for i, t := range p.tasks {
		names[i] = markOf(t.Kind, t.Port)
	}
	p.env.Health.Counter("dry").Add(1)
	p.env.Log.Info("dry: would probe", "attacker", id.Addr(), "tasks", names)
	return nil
}
