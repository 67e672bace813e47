package profiler

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// labels is what operators say of sources, as the bucket has it now.
type labels struct {
	mu   sync.RWMutex
	byID map[string]decnet.SourceLabel
	list []decnet.SourceLabel
}

// follow keeps up with the bucket until ctx is done. current is closed when all that is there now is known.
func (l *labels) follow(ctx context.Context, env worker.Env, current chan<- struct{}) error {
	return bus.Labels.Follow(ctx, env.Bus, bus.Follower[decnet.SourceLabel]{
		Changed: func(e bus.Entry[decnet.SourceLabel]) {
			l.set(e.Keys[0], e.Value, e.Deleted || e.Value.Validate() != nil)
		},
		Current: sync.OnceFunc(func() { close(current) }),
	})
}

func (l *labels) set(key string, label decnet.SourceLabel, gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byID == nil {
		l.byID = map[string]decnet.SourceLabel{}
	}
	if l.byID[key] = label; gone {
		delete(l.byID, key)
	}
	l.list = slices.Collect(maps.Values(l.byID))
}

func (l *labels) of(addr netip.Addr, now time.Time) *decnet.SourceLabel {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if found := decnet.LabelOf(l.list, addr, now); found != nil {
		label := *found
		return &label
	}
	return nil
}

// apply says in a profile who it is. One that is muted has no risk, and the profile says why.
func (l *labels) apply(p *decnet.Profile, now time.Time) {
	p.Label = l.of(p.Address, now)
	if p.Label == nil || !p.Label.Mute || p.Risk.Score == 0 {
		return
	}
	p.Risk.Parts = append(p.Risk.Parts, decnet.RiskPart{
		Name: "muted", Points: -p.Risk.Score, Reason: fmt.Sprintf("labelled %s: %s", p.Label.Kind, p.Label.Name),
	})
	p.Risk.Score = 0
}

func muted(p *decnet.Profile) bool { return p.Label != nil && p.Label.Mute }
