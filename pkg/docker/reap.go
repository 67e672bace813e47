package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/docker/docker/api/types/network"
)

// Reap removes the containers with all of those labels that keep does not want,
// those that joined another before the other, and then the networks of this
// package with those labels that keep does not want and no container belongs to. A
// label without a value may have any; there must be one. It goes on after an error
// and returns the names of what it removed.
func (e *Engine) Reap(ctx context.Context, labels map[string]string, keep func(name string) bool) (removed []string, err error) {
	if !isOurs(labels) {
		return nil, fmt.Errorf("reap containers: name a label that begins with %q, or others' would go too", prefix)
	}
	all, err := e.ListContainers(ctx, labels)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c Container) bool { return keep(c.Name) })
	slices.SortStableFunc(all, func(a, b Container) int { return rank(a) - rank(b) })
	var errs []error
	for _, c := range all {
		if err := e.RemoveContainer(ctx, c.ID); err != nil {
			errs = append(errs, err)
			continue
		}
		removed = append(removed, c.Name)
	}
	networks, err := e.api.NetworkList(ctx, network.ListOptions{Filters: selecting(labelled(labels, ""))})
	if err != nil {
		return removed, errors.Join(append(errs, e.tell("list networks", err))...)
	}
	for i := range networks {
		if keep(networks[i].Name) {
			continue
		}
		switch err := e.RemoveNetwork(ctx, networks[i].ID); {
		case err == nil:
			removed = append(removed, networks[i].Name)
		case !errors.Is(err, ErrInUse):
			errs = append(errs, err)
		}
	}
	return removed, errors.Join(errs...)
}

// rank puts containers that joined another first.
func rank(c Container) int {
	if c.Joined != "" {
		return 0
	}
	return 1
}
