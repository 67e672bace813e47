package collector

import (
	"context"
	"fmt"
	"slices"
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
		var err error
		if f, err = l.find(ctx, e, id); f == nil {
			return nil, e, err
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

// find looks for a container that is not followed, and notes it as one that is followed to
// where its position is. It is nil if there is none, or none of ours.
func (l *containerLogs) find(ctx context.Context, e engine, id string) (*followed, error) {
	all, err := e.ListContainers(ctx, l.labels())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(c docker.Container) bool { return c.ID == id })
	if i < 0 {
		return nil, nil //nolint:nilnil // as it says
	}
	f := newFollowed(&all[i])
	if f.checkNames() != nil {
		return nil, nil //nolint:nilnil // as it says
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if other := l.followed[id]; other != nil { // it was told of meanwhile
		return other, nil
	}
	f.told = l.positions.of(id)
	close(f.done)
	l.followed[id] = f
	return f, nil
}
