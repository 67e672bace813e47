package prober

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/prober/probe"
)

// attempts is how often a change is tried that somebody else comes before.
const attempts = 8

func markOf(kind probe.Kind, port uint16) string { return fmt.Sprintf("%s-%d", kind, port) }

// claim is what this instance is to ask a host for, and nobody else until the window is over.
type claim struct {
	attacker decnet.AttackerID
	begun    time.Time
	tasks    []probe.Task
	// before are the marks as they were.
	before map[string]decnet.ProbeMark
}

// change has edit change an attacker's state until nobody came between. edit reports whether
// there is anything to write.
func (p *Prober) change(ctx context.Context, id decnet.AttackerID, edit func(*decnet.ProbeState) bool) error {
	var err error
	for range attempts {
		var e bus.Entry[decnet.ProbeState]
		if e, _, err = bus.Probes.Get(ctx, p.env.Bus, string(id)); err != nil {
			return err
		}
		if e.Value.Probes == nil {
			e.Value.Probes = map[string]decnet.ProbeMark{}
		}
		if !edit(&e.Value) {
			return nil
		}
		_, err = bus.Probes.Put(ctx, p.env.Bus, e.Value, e.Revision, string(id))
		if err == nil || decnet.ErrorCode(err) != decnet.CodeConflict {
			return err
		}
	}
	return err
}

// claim takes what is due of an attacker. If nothing is, it has no tasks.
func (p *Prober) claim(ctx context.Context, id decnet.AttackerID) (*claim, error) {
	var c *claim
	err := p.change(ctx, id, func(s *decnet.ProbeState) bool {
		now := time.Now().UTC()
		c = &claim{attacker: id, begun: now, before: map[string]decnet.ProbeMark{}}
		next := now.Add(p.cfg.Window)
		for key, m := range s.Probes {
			if now.Sub(m.Begun) > decnet.ProbesKept {
				delete(s.Probes, key)
			}
		}
		for _, t := range p.tasks {
			key := markOf(t.Kind, t.Port)
			m := s.Probes[key]
			// One of the future is of a clock that was wrong.
			if due := m.Begun.Add(p.cfg.Window); now.Before(due) && m.Begun.Before(now.Add(time.Hour)) {
				if due.Before(next) {
					next = due
				}
				continue
			}
			c.tasks, c.before[key] = append(c.tasks, t), m
			m.Begun = now
			s.Probes[key] = m
		}
		p.recent.set(id, next)
		return len(c.tasks) > 0
	})
	if err != nil {
		p.recent.set(id, time.Time{})
		return nil, err
	}
	return c, nil
}

// settle writes down what a claim gave. What was not begun is due again.
func (p *Prober) settle(ctx context.Context, c *claim, findings []probe.Finding) error {
	skipped := false
	err := p.change(ctx, c.attacker, func(s *decnet.ProbeState) bool {
		changed := false
		for i := range findings {
			f := &findings[i]
			key := markOf(f.Kind, f.Port)
			m := s.Probes[key]
			switch {
			case f.Outcome == probe.Skipped && m.Begun.Equal(c.begun):
				m.Begun, skipped = c.before[key].Begun, true
			case f.Outcome == probe.Found && f.Value != "":
				m.Value, m.Found = f.Value, f.Time
			default:
				continue
			}
			s.Probes[key], changed = m, true
		}
		return changed
	})
	if skipped {
		p.recent.set(c.attacker, time.Time{})
	}
	return err
}

// tell publishes what was found.
func (p *Prober) tell(ctx context.Context, c *claim, findings []probe.Finding) error {
	var out []bus.Outgoing
	for i := range findings {
		f := &findings[i]
		if f.Outcome != probe.Found {
			continue
		}
		body := decnet.Probe{
			Attacker: c.attacker, Address: c.attacker.Addr(), Host: p.env.Host, Kind: f.Kind.Event(), Port: f.Port, Time: f.Time, Fields: f.Fields,
		}
		if before := c.before[markOf(f.Kind, f.Port)].Value; before != "" && f.Value != "" && before != f.Value {
			body.Changed, body.Previous = true, before
			p.env.Health.Counter("changed").Add(1)
		}
		out = append(out, bus.AttackersProbed.New(ctx, body.ID(), body, string(c.attacker)))
	}
	if len(out) == 0 {
		return nil
	}
	if err := p.env.Bus.Publish(ctx, out...); err != nil {
		return err
	}
	p.env.Health.Counter("found").Add(int64(len(out)))
	return nil
}
