package profiler

import (
	"context"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

const (
	// sweepPage is how many attackers are looked at at once.
	sweepPage = store.MaxLimit
	// sweepPause is how long the sweep waits for every attacker that it finds, so that it
	// does not fill the stream with more than is profiled meanwhile.
	sweepPause = 200 * time.Microsecond
	// sweepRetry is how long it waits for a store or a bus that is away.
	sweepRetry = 5 * time.Second
)

// sweep sights those attackers again whose profiles do not cover their events: their
// sightings were removed from a full stream, or are an earlier version's. One instance
// does so at a time.
func (p *Profiler) sweep(ctx context.Context) error {
	return p.env.Bus.Hold(ctx, p.env.Host, func(ctx context.Context) error {
		// The consumer of a version without lanes would be told of for ever.
		if err := bus.AttackersSeen.Forget(ctx, p.env.Bus, "profiler"); err != nil && ctx.Err() == nil {
			p.env.Log.Debug("the consumer of an earlier version is still there", "error", err)
		}
		found, after := 0, decnet.AttackerID("")
		for {
			behind, next, err := p.sightBehind(ctx, after)
			wait := time.Duration(len(behind)) * sweepPause
			if err != nil && ctx.Err() == nil {
				p.env.Log.Warn("cannot look for attackers without a current profile, trying again", "error", err)
				next, wait = after, sweepRetry
			} else if found += len(behind); next == "" {
				break
			}
			after = next
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(wait):
			}
		}
		p.env.Log.Debug("attackers without a current profile were sighted again", "attackers", found)
		return nil
	}, "profiler", "sweep")
}

// sightBehind sights those of a page of attackers.
func (p *Profiler) sightBehind(ctx context.Context, after decnet.AttackerID) ([]decnet.Sighting, decnet.AttackerID, error) {
	behind, next, err := p.profiles.Behind(ctx, after, sweepPage)
	if err != nil {
		return nil, "", err
	}
	var out []bus.Outgoing
	for _, s := range decnet.DivideSightings(behind, bus.AttackersSeen.Lane) {
		out = append(out, bus.AttackersSeen.New(ctx, s.ID(), s, s.Lane(bus.AttackersSeen.Lane)))
	}
	return behind, next, p.env.Bus.Publish(ctx, out...)
}
