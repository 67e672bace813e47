package containers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/pkg/worker"
)

// wallTime is how long a base container may take to wall its namespace in.
const wallTime = 5 * time.Second

// checkWall sees that a decky is walled in, which its base does by itself. Where this
// process cannot look (it is not root, or the engine is elsewhere) it relies on that.
func (f *Fleet) checkWall(ctx context.Context, e *docker.Engine, name, id string) error {
	path, err := e.NetnsPath(ctx, id)
	f.mu.Lock()
	delete(f.walls, name)
	f.mu.Unlock()
	if err != nil || os.Geteuid() != 0 {
		f.cfg.Log.Debug("wall of a decky cannot be looked at", "decky", name, "error", err)
		return nil
	}
	for begin := time.Now(); ; worker.Sleep(ctx, 20*time.Millisecond) {
		err = network.Enter(path, func() error {
			_, err := network.Blocked()
			return err
		})
		if err == nil || !errors.Is(err, os.ErrNotExist) || time.Since(begin) > wallTime || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("decky %s is not walled in: %w", name, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.walls[name] = path
	return nil
}

// giveStack gives a decky the TCP/IP stack that it claims, as far as this process can
// get at its network namespace.
func (f *Fleet) giveStack(d *decnet.Decky) decnet.Enforcement {
	f.mu.Lock()
	path, ok := f.walls[d.Name]
	f.mu.Unlock()
	if !ok {
		return decnet.EnforcedBySysctls
	}
	return f.cfg.Stack(d, func(g func() error) error { return network.Enter(path, g) })
}

// Walled lists the deckies whose walls can be looked at.
func (f *Fleet) Walled() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.walls))
}

// Do calls g inside the network namespace of a decky that Walled lists.
func (f *Fleet) Do(name string, g func() error) error {
	f.mu.Lock()
	path, ok := f.walls[name]
	f.mu.Unlock()
	if !ok {
		return fmt.Errorf("decky %s has no network namespace", name)
	}
	return network.Enter(path, g)
}
