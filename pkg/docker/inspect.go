package docker

import (
	"context"
	"fmt"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

// The engine takes what is no name for the beginning of an id, and would answer for
// another container than the one called "beef" if there is none of that name.

// inspect looks up a container by its name or its whole id.
func (e *Engine) inspect(ctx context.Context, ref string) (container.InspectResponse, error) {
	c, err := e.api.ContainerInspect(ctx, ref)
	if err == nil && c.ID != ref && c.Name != "/"+ref || err != nil && contains(err, "multiple IDs found") {
		return container.InspectResponse{}, fmt.Errorf("container %s: %w", ref, cerrdefs.ErrNotFound)
	}
	return c, err
}

// inspectNetwork looks up a network by its name or its whole id.
func (e *Engine) inspectNetwork(ctx context.Context, ref string) (network.Inspect, error) {
	n, err := e.api.NetworkInspect(ctx, ref, network.InspectOptions{})
	if err == nil && n.ID != ref && n.Name != ref || err != nil && contains(err, "based on ID prefix") {
		return network.Inspect{}, fmt.Errorf("network %s: %w", ref, cerrdefs.ErrNotFound)
	}
	return n, err
}

// plainName is a container's name; the engine puts a slash before it.
func plainName(c *container.InspectResponse) string { return strings.TrimPrefix(c.Name, "/") }
