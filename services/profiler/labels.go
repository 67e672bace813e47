package profiler

import (
	"cmp"
	"context"
	"errors"
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

// followRetry is how long to wait for a bus that is away.
const followRetry = 2 * time.Second

// follow keeps up with the bucket until ctx is done. current is closed when all that is there now is known; not to
// get as far is an error, and later a bus that is away is waited for.
func (l *labels) follow(ctx context.Context, env worker.Env, current chan<- struct{}) error {
	known := false
	for {
		err := bus.Labels.Watch(ctx, env.Bus, func(e bus.Entry[decnet.SourceLabel]) error {
			l.set(e.Keys[0], e.Value, e.Deleted || e.Value.Validate() != nil)
			return nil
		}, func() {
			if !known {
				close(current)
			}
			known = true
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it ends because of that
		}
		err = cmp.Or(err, errors.New("the bus has gone"))
		if !known {
			return fmt.Errorf("read who sources are: %w", err)
		}
		env.Log.Warn("cannot read who sources are, trying again", "in", followRetry, "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followRetry):
		}
	}
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
