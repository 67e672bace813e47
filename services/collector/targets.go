package collector

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// keepTarget is how long a decky's log target is remembered after the decky is
// gone: its last lines are still to be read then.
const keepTarget = 10 * time.Minute

// targets knows which syslog receiver each decky of this host names. A line says
// it from here on, so that it goes there whatever becomes of the decky.
type targets struct {
	env     worker.Env
	mu      sync.Mutex
	byDecky map[string]named
}

// named is the target of a decky, with when to forget it if the decky is gone.
type named struct {
	target decnet.LogTarget
	until  time.Time
}

func newTargets(env worker.Env) *targets {
	return &targets{env: env, byDecky: make(map[string]named)}
}

// follow keeps up with what the fleet's deckies of this host name until ctx is
// done; current is called once it knows those there are.
func (t *targets) follow(ctx context.Context, current func()) error {
	err := bus.Fleet.Watch(ctx, t.env.Bus, func(e bus.Entry[decnet.Decky]) error {
		if e.Keys[0] == t.env.Host {
			t.set(e.Keys[1], e.Value.LogTarget, e.Deleted)
		}
		return nil
	}, current)
	if err == nil && ctx.Err() == nil {
		err = errors.New("the fleet cannot be watched any more")
	}
	return err
}

// set notes the target of one decky, or that the decky is gone.
func (t *targets) set(decky string, target decnet.LogTarget, gone bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for name, n := range t.byDecky {
		if !n.until.IsZero() && now.After(n.until) {
			delete(t.byDecky, name)
		}
	}
	switch n, known := t.byDecky[decky]; {
	case !gone && target == "":
		delete(t.byDecky, decky)
	case !gone:
		t.byDecky[decky] = named{target: target}
	case known && n.until.IsZero():
		t.byDecky[decky] = named{target: n.target, until: now.Add(keepTarget)}
	}
}

// of is the log target of a decky, or none.
func (t *targets) of(decky string) decnet.LogTarget {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byDecky[decky].target
}
