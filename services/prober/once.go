package prober

import (
	"context"
	"net/netip"
	"time"

	"github.com/decnet/decnet/services/prober/probe"
)

// Once asks one host for all that cfg says, now and without a bus. Nobody is asked whom the
// rules do not permit, nor who is in deckies: that is an error. With dry nobody is asked at all.
func Once(ctx context.Context, cfg Config, addr netip.Addr, deckies map[netip.Addr]bool, dry bool) ([]probe.Finding, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	rules, err := cfg.Rules()
	if err != nil {
		return nil, err
	}
	sources, err := cfg.sources()
	if err != nil {
		return nil, err
	}
	tasks, err := cfg.Ports.Tasks()
	if err != nil {
		return nil, err
	}
	check := func(a netip.Addr) error {
		own, err := Own()
		if err != nil {
			return err
		}
		return rules.Check(a, probe.Around{Own: own, Decky: func(a netip.Addr) bool { return deckies[a] }})
	}
	if err := check(addr); err != nil {
		return nil, err
	}
	if dry {
		out := make([]probe.Finding, len(tasks))
		for i, t := range tasks {
			out[i] = probe.Finding{Kind: t.Kind, Port: t.Port, Time: time.Now().UTC(), Outcome: probe.Skipped, Reason: "dry: it would be asked"}
		}
		return out, nil
	}
	d := &probe.Dialer{Check: check, Sources: sources, Wait: perMinute(cfg.Connections).Wait}
	plan := probe.Plan{Tasks: tasks, Timeout: cfg.Timeout, Budget: cfg.Budget, Pause: cfg.Pause, Parallel: cfg.PerAttacker}
	return probe.Run(ctx, d, addr, plan), nil
}
