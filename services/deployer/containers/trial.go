package containers

import (
	"errors"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/docker"
)

// probation is how long a service's container that died is not taken to serve again,
// nor started by us: the engine does that, at growing intervals.
const probation = 20 * time.Second

// trial is what is known of a service's container that does not stay up.
type trial struct {
	// ensured is when it was last seen to, ended when it last exited by itself.
	ensured, ended time.Time
	reason         error
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
	case docker.Died, docker.OOM:
		t := f.trialOf(c.Name)
		// One that was restarted or removed by us died too.
		if w := f.work[decky]; c.Labels[docker.LabelService] != "" && ev.Time.After(t.ensured) && (w == nil || !w.running) {
			t.ended = ev.Time
			if t.reason == nil {
				t.reason = fmt.Errorf("it exited with code %d; the engine starts it again", c.ExitCode)
			}
		}
	default:
	}
	f.kick(decky, gather)
}
