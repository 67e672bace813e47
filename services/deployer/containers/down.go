package containers

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
)

// takeDown removes what the engine has of a decky that nobody wants, and the network
// after the last one.
func (f *Fleet) takeDown(ctx context.Context, e *docker.Engine, name string) {
	err := f.removeAll(ctx, e, name)
	if ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	w, dropped := f.dropped[name]
	o := Outcome{Wanted: w, Phase: decnet.PhaseRemoved}
	if err != nil {
		o.Phase, o.Reason = decnet.PhaseFailed, err.Error()
		f.cfg.Log.Warn("decky is not off the wire", "decky", name, "error", err)
	} else {
		delete(f.there, name)
	}
	delete(f.placed, name)
	delete(f.walls, name)
	last := len(f.wanted) == 0 && len(f.there) == 0
	f.mu.Unlock()
	// Who is told that the last decky is gone may end this process at once.
	if err == nil && last {
		f.removeNetwork(ctx, e)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, again := f.wanted[name]; !dropped || again {
		return // nobody has asked, or it is wanted again
	}
	if err == nil {
		delete(f.dropped, name)
	}
	f.tell(o)
}

// removeAll removes the containers of a decky, those that joined the base first.
func (f *Fleet) removeAll(ctx context.Context, e *docker.Engine, name string) error {
	there, err := e.ListContainers(ctx, f.ofDecky(name))
	if err != nil {
		return err
	}
	var joined errgroup.Group
	for _, c := range there {
		if c.Name != name {
			joined.Go(func() error { return f.remove(ctx, e, c.ID) })
		}
	}
	if err := joined.Wait(); err != nil {
		return err
	}
	for _, c := range there {
		if c.Name == name {
			return f.remove(ctx, e, c.ID)
		}
	}
	return nil
}

// remove removes a container when it is its turn. What has begun is not broken off when
// something else is wanted: the engine might go on with it unseen.
func (f *Fleet) remove(ctx context.Context, e *docker.Engine, id string) error {
	f.slots <- struct{}{}
	defer func() { <-f.slots }()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return e.RemoveContainer(f.ctx, id)
}

// removeNetwork removes the network unless somebody else is on it or has made it.
func (f *Fleet) removeNetwork(ctx context.Context, e *docker.Engine) {
	f.network.Lock()
	defer f.network.Unlock()
	err := e.RemoveNetwork(ctx, Network)
	if err != nil && !errors.Is(err, docker.ErrInUse) && !errors.Is(err, docker.ErrForeign) && ctx.Err() == nil {
		f.cfg.Log.Warn("docker network not removed", "error", err)
	}
}

// beforeRemoval has the last lines of a service's container read while it has them.
func (f *Fleet) beforeRemoval(ctx context.Context, id string, labels map[string]string) {
	if labels[docker.LabelService] == "" {
		return // a base writes nothing
	}
	if err := f.cfg.Drain(ctx, id); err != nil {
		f.cfg.Log.Warn("a container's last lines may be lost", "decky", labels[docker.LabelDecky], "service", labels[docker.LabelServiceName], "error", err)
	}
}
