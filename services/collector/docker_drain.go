package collector

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
)

// drainTime bounds how long an answer may take.
const drainTime = 10 * time.Second

// answerDrains answers who is about to remove containers.
func (l *containerLogs) answerDrains() (stop func(), err error) {
	return bus.LogsDrain.Answer(l.c.env.Bus, "0.0.0", func(ctx context.Context, r decnet.DrainRequest) (decnet.DrainAnswer, error) {
		ctx, cancel := context.WithTimeout(ctx, drainTime)
		defer cancel()
		var a decnet.DrainAnswer
		for _, id := range r.Containers {
			n, err := l.drain(ctx, id)
			if err != nil {
				return a, fmt.Errorf("container %s: %w", id[:min(12, len(id))], err)
			}
			a.Lines += n
		}
		return a, nil
	}, l.c.env.Host)
}

// drain reads a stopped container's log to its end and waits until all of it is
// published.
func (l *containerLogs) drain(ctx context.Context, id string) (lines int, err error) {
	f, e, err := l.take(ctx, id)
	if err != nil || f == nil {
		return 0, err
	}
	l.mu.Lock()
	since := f.told
	l.mu.Unlock()
	err = e.ReadRest(ctx, id, since, func(line docker.Line) error {
		lines++
		since = line.Position
		return l.pass(ctx, f, line)
	})
	if err != nil {
		return lines, err
	}
	l.mu.Lock()
	f.told = since
	l.mu.Unlock()
	met := make(chan struct{})
	if err := l.send(ctx, item{met: met}); err != nil {
		return lines, err
	}
	select {
	case <-met:
		return lines, nil
	case <-l.stopped:
		return lines, errStopped
	case <-ctx.Done():
		return lines, ctx.Err()
	}
}

// take ends the following of a container and returns how far that was. One that is
// not followed yet is looked for; one that is none of ours is nil.
func (l *containerLogs) take(ctx context.Context, id string) (*followed, engine, error) {
	l.mu.Lock()
	f, e := l.followed[id], l.engine
	l.mu.Unlock()
	if e == nil {
		return nil, nil, &decnet.Error{Code: decnet.CodeUnavailable, Message: "the collector has no docker engine"}
	}
	if f == nil {
		all, err := e.ListContainers(ctx, l.labels())
		if err != nil {
			return nil, nil, err
		}
		for i := range all {
			if f = newFollowed(&all[i]); all[i].ID != id || f.checkNames() != nil {
				f = nil
				continue
			}
			f.told = l.positions.of(id)
			close(f.done)
			l.mu.Lock()
			if other := l.followed[id]; other != nil {
				f = other
			} else {
				l.followed[id] = f
			}
			l.mu.Unlock()
		}
		if f == nil {
			return nil, e, nil
		}
	}
	f.stop()
	select {
	case <-f.done:
		return f, e, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}
