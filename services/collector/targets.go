package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// maxTargets bounds how many syslog receivers one host's deckies have.
const maxTargets = 64

// targets sends lines to the syslog receivers that deckies name. It is beside the
// way that loses nothing, not a part of it: a receiver that is away gets what
// its queue holds and no more, and what it did not get is counted.
type targets struct {
	env     worker.Env
	mu      sync.Mutex
	byDecky map[string]decnet.LogTarget
	senders map[decnet.LogTarget]*sender
	sending sync.WaitGroup
}

func newTargets(env worker.Env) *targets {
	return &targets{env: env, byDecky: make(map[string]decnet.LogTarget), senders: make(map[decnet.LogTarget]*sender)}
}

// follow keeps up with what the fleet's deckies of this host name until ctx is
// done; current is called once it knows those there are.
func (t *targets) follow(ctx context.Context, current func()) error {
	defer t.stop()
	err := bus.Fleet.Watch(ctx, t.env.Bus, func(e bus.Entry[decnet.Decky]) error {
		if e.Keys[0] == t.env.Host {
			t.set(ctx, e.Keys[1], e.Value.LogTarget) // of a deleted one it is empty
		}
		return nil
	}, current)
	if err == nil && ctx.Err() == nil {
		err = errors.New("the fleet cannot be watched any more")
	}
	return err
}

// set notes the target of one decky, starts a new target's sender and ends one
// that nobody names any more.
func (t *targets) set(ctx context.Context, decky string, target decnet.LogTarget) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if delete(t.byDecky, decky); target != "" {
		t.byDecky[decky] = target
	}
	for old, s := range t.senders {
		if !slices.Contains(slices.Collect(maps.Values(t.byDecky)), old) {
			s.stop()
			delete(t.senders, old)
		}
	}
	if target == "" || t.senders[target] != nil {
		return
	}
	if len(t.senders) >= maxTargets {
		t.env.Log.Warn("log target ignored", "target", target, "reason", fmt.Sprintf("there are %d already", maxTargets))
		return
	}
	s := newSender(ctx, target, t.env)
	t.senders[target] = s
	t.sending.Go(s.run)
}

// send queues lines for whom their deckies name. It never waits.
func (t *targets) send(lines []line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.senders) == 0 {
		return
	}
	for i := range lines {
		if lines[i].reason != "" { // no line of ours
			continue
		}
		decky, _ := lines[i].names()
		if s := t.senders[t.byDecky[decky]]; s != nil {
			s.queue(lines[i].text)
		}
	}
}

func (t *targets) stop() {
	t.mu.Lock()
	for _, s := range t.senders {
		s.stop()
	}
	t.mu.Unlock()
	t.sending.Wait()
}
