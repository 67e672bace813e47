package containers

import (
	"errors"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/docker"
)

// young is how long a container must have run for its end to be an accident, after
// which the engine has it run again at once.
const young = 10 * time.Second

// probation is how long a service's container that died young is not taken to serve
// again, nor started by us: the engine does that, at growing intervals.
const probation = 20 * time.Second

// trial is what is known of a service's container that does not stay up.
type trial struct {
	// ensured is when it was last seen to, ended when it last exited by itself,
	// and started when the engine last had it run.
	ensured, ended, started time.Time
	reason                  error
}

// onTrial returns why a service's container does not count as serving.
func (f *Fleet) onTrial(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.trials[name]
	if t == nil || t.reason == nil {
		return nil
	}
	if time.Since(t.ended) < probation {
		return t.reason
	}
	t.reason = nil
	return nil
}

// tried notes what came of seeing to a service's container.
func (f *Fleet) tried(name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.trialOf(name)
	t.ensured, t.reason = time.Now(), nil
	var exit *docker.ExitError
	if errors.As(err, &exit) {
		t.ended, t.reason = t.ensured, err
	}
}

func (f *Fleet) trialOf(name string) *trial {
	t := f.trials[name]
	if t == nil {
		t = &trial{}
		f.trials[name] = t
	}
	return t
}

// happened is told of what happens to a container.
func (f *Fleet) happened(ev *docker.Event) {
	c := &ev.Container
	decky := c.Labels[docker.LabelDecky]
	if decky == "" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch ev.Kind {
	case docker.Removed:
		delete(f.trials, c.Name)
	case docker.Created:
		f.there[decky] = true
	case docker.Started:
		f.trialOf(c.Name).started = ev.Time
	case docker.Died:
		f.died(ev, decky)
	default:
	}
	f.kick(decky, gather)
}

// died is told of the end of a container. One that was restarted or removed by us ended
// too. f.mu is held.
func (f *Fleet) died(ev *docker.Event, decky string) {
	c := &ev.Container
	t := f.trialOf(c.Name)
	if w := f.work[decky]; c.Labels[docker.LabelService] == "" || ev.Time.Before(t.ensured) || w != nil && w.running {
		return
	}
	if t.started.IsZero() || ev.Time.Sub(t.started) > young {
		return
	}
	if t.ended = ev.Time; t.reason == nil {
		t.reason = fmt.Errorf("it exited with code %d soon after its start; the engine starts it again", c.ExitCode)
	}
}
