package docker

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/events"
)

// Kind is what an Event says.
type Kind string

// The kinds of events.
const (
	// Listed tells of a container that is there when watching begins, or again
	// after a time without the engine; then Synced says that those were all.
	Listed Kind = "listed"
	Synced Kind = "synced"
	// Lost says that the engine does not answer any more: nothing is known until
	// the next Synced.
	Lost Kind = "lost"

	Created Kind = "created"
	Started Kind = "started" // its network namespace is a new one, unless it joined another
	Died    Kind = "died"
	OOM     Kind = "oom" // a process was killed at the memory limit
	Paused  Kind = "paused"
	Resumed Kind = "resumed"
	Health  Kind = "health"
	Removed Kind = "removed"
)

var kinds = map[events.Action]Kind{
	events.ActionCreate: Created, events.ActionStart: Started, events.ActionDie: Died, events.ActionOOM: OOM,
	events.ActionPause: Paused, events.ActionUnPause: Resumed, events.ActionDestroy: Removed,
	events.ActionHealthStatusHealthy: Health, events.ActionHealthStatusUnhealthy: Health,
}

// Event is something that happened to a container.
type Event struct {
	Kind Kind
	// Container is all that is known of it. Of others than Listed there are ID, Name,
	// Image and Labels, and State, ExitCode and Health where the event says them.
	Container Container
	// Time is the engine's, or ours for Listed, Synced and Lost.
	Time time.Time
	// Err is why the engine is Lost.
	Err error
}

// Watch tells of what happens to the containers with all of those labels, in the
// order in which it happens, until the context ends, whose error it returns. A
// label without a value may have any. It begins with a Listed for each container and
// a Synced. While the engine is away it tries to reach it again, at first after a
// fifth of a second, in the end every five seconds; then it begins anew.
func (e *Engine) Watch(ctx context.Context, labels map[string]string, tell func(Event)) error {
	wait := backoff{first: 200 * time.Millisecond, most: 5 * time.Second}
	for known := true; ; {
		synced, err := e.watch(ctx, labels, tell)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if synced {
			wait.reset()
		}
		if known || synced {
			tell(Event{Kind: Lost, Time: time.Now(), Err: fmt.Errorf("watch containers: %w", e.absent(plain(err)))})
		}
		known = false
		if err := wait.wait(ctx); err != nil {
			return err
		}
	}
}

// watch does so until the engine is away.
func (e *Engine) watch(ctx context.Context, labels map[string]string, tell func(Event)) (synced bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	args := selecting(labels)
	args.Add("type", string(events.ContainerEventType))
	// Listen first: what happens between the list and the events would be missed.
	heard, errs := e.api.Events(ctx, events.ListOptions{Filters: args})
	defer func() {
		cancel()
		for range errs { // until the client is through with it
		}
	}()
	all, err := e.ListContainers(ctx, labels)
	if err != nil {
		return false, err
	}
	for i := range all {
		tell(Event{Kind: Listed, Container: all[i], Time: time.Now()})
	}
	tell(Event{Kind: Synced, Time: time.Now()})
	for {
		select {
		case m := <-heard:
			if kind, ok := kinds[m.Action]; ok {
				tell(eventOf(kind, &m))
			}
		case err := <-errs:
			return true, err
		}
	}
}

// eventOf reads an event; the engine mixes labels and its own words in one table.
func eventOf(kind Kind, m *events.Message) Event {
	words := m.Actor.Attributes
	c := Container{ID: m.Actor.ID, Name: words["name"], Image: words["image"], Labels: make(map[string]string)}
	for k, v := range words {
		if k != "name" && k != "image" && k != "exitCode" && k != "signal" && k != "execDuration" {
			c.Labels[k] = v
		}
	}
	switch kind {
	case Started, Resumed:
		c.State = "running"
	case Died:
		c.State = "exited"
		c.ExitCode, _ = strconv.Atoi(words["exitCode"]) // the engine's own number
	case Paused:
		c.State = "paused"
	case Health:
		c.Health = "healthy"
		if m.Action == events.ActionHealthStatusUnhealthy {
			c.Health = "unhealthy"
		}
	default:
	}
	return Event{Kind: kind, Container: c, Time: time.Unix(0, m.TimeNano)}
}
