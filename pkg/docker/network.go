package docker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
)

// The drivers of networks.
const (
	Macvlan = "macvlan" // in bridge mode: every container has a MAC address of its own
	IPvlan  = "ipvlan"  // in L2 mode: all have that of the parent
)

// NetworkSpec is a network of containers on a LAN.
type NetworkSpec struct {
	Name string
	// Driver is Macvlan or IPvlan.
	Driver string
	// Parent is the interface of the engine's host that is on the LAN. Old engines
	// let an interface have one network only.
	Parent string
	Subnet netip.Prefix
	// Gateway is where the containers' default route leads; no container gets its
	// address. Without one, engines before 28 take the first address of Range or
	// Subnet for it, which no container can have then.
	Gateway netip.Addr
	// Range is where the engine takes addresses from that nobody chose. Containers
	// of this package always choose theirs, from all of Subnet. Zero means Subnet.
	Range netip.Prefix
	// Subnet6 and Gateway6 are the same for IPv6; zero means there is none. The
	// engine takes no gateway outside of the subnet, so none that is link-local.
	Subnet6  netip.Prefix
	Gateway6 netip.Addr
	// Labels are for finding it; a network is not made anew for them.
	Labels map[string]string
}

// EnsureNetwork makes the network what spec says: it is made if it is missing, left
// alone if it is as it should be, and made anew if it differs and no container,
// running or not, belongs to it. Changed says whether anything was done.
//
// The error wraps ErrInUse and names the containers if it differs and has some, and
// ErrForeign if it differs and was made by somebody else.
func (e *Engine) EnsureNetwork(ctx context.Context, spec NetworkSpec) (changed bool, err error) {
	if err := spec.check(); err != nil {
		return false, fmt.Errorf("network %s: %w", spec.Name, err)
	}
	changed, err = e.ensureNetwork(ctx, &spec)
	if err != nil {
		return false, e.tell("network "+spec.Name, err)
	}
	return changed, nil
}

func (e *Engine) ensureNetwork(ctx context.Context, spec *NetworkSpec) (bool, error) {
	there, err := e.inspectNetwork(ctx, spec.Name)
	if isNotFound(err) {
		return true, e.createNetwork(ctx, spec)
	}
	if err != nil {
		return false, err
	}
	differs := spec.differs(&there)
	if differs == "" {
		return false, nil
	}
	if err := e.removeNetwork(ctx, &there); err != nil {
		return false, fmt.Errorf("%s, and it cannot be made anew: %w", differs, err)
	}
	return true, e.createNetwork(ctx, spec)
}

// RemoveNetwork removes a network that this package made. It is no error if there
// is none. The error wraps ErrInUse if containers, running or not, belong to it,
// and ErrForeign if somebody else made it.
func (e *Engine) RemoveNetwork(ctx context.Context, name string) error {
	there, err := e.inspectNetwork(ctx, name)
	if isNotFound(err) {
		return nil
	}
	if err == nil {
		err = e.removeNetwork(ctx, &there)
	}
	if err != nil {
		return e.tell("remove network "+name, err)
	}
	return nil
}

func (e *Engine) removeNetwork(ctx context.Context, n *network.Inspect) error {
	if n.Labels[Label] == "" {
		return fmt.Errorf("%w: remove it with: docker network rm %s", ErrForeign, n.Name)
	}
	members, err := e.membersOf(ctx, n)
	if err != nil {
		return err
	}
	if len(members) > 0 {
		return fmt.Errorf("%w: remove %s first", ErrInUse, strings.Join(members, ", "))
	}
	if err := e.api.NetworkRemove(ctx, n.ID); err != nil && !isNotFound(err) {
		return err
	}
	return nil
}

// membersOf lists the containers that a network has, and those that will be on it
// when they are started.
func (e *Engine) membersOf(ctx context.Context, n *network.Inspect) ([]string, error) {
	names := make(map[string]bool)
	for _, c := range n.Containers {
		names[c.Name] = true
	}
	all, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("network", n.ID))})
	if err != nil {
		return nil, err
	}
	for i := range all {
		names[nameOf(&all[i])] = true
	}
	return slices.Sorted(maps.Keys(names)), nil
}

func (e *Engine) createNetwork(ctx context.Context, spec *NetworkSpec) error {
	ip6 := spec.Subnet6.IsValid()
	_, err := e.api.NetworkCreate(ctx, spec.Name, network.CreateOptions{
		Driver: spec.Driver, EnableIPv6: &ip6, IPAM: &network.IPAM{Config: spec.pools()},
		Options: spec.DriverOptions(), Labels: labelled(spec.Labels, spec.digest()),
	})
	switch {
	case err == nil:
		return nil
	case cerrdefs.IsConflict(err):
		return fmt.Errorf("another process has made one of that name just now: try again: %w", plain(err))
	case strings.Contains(err.Error(), "invalid subinterface vlan name"), strings.Contains(err.Error(), "failed to find master interface"),
		strings.Contains(err.Error(), "was not found"):
		return fmt.Errorf("the engine's host has no interface %s: choose one that \"ip link\" lists: %w", spec.Parent, plain(err))
	case strings.Contains(err.Error(), "is already using parent interface"):
		return e.taken(ctx, spec.Parent, err)
	case strings.Contains(err.Error(), "overlaps"):
		return fmt.Errorf("another network of the engine has %s or a part of it: remove that one (docker network ls): %w", spec.Subnet, plain(err))
	}
	return err
}

// taken says which network has the parent.
func (e *Engine) taken(ctx context.Context, parent string, cause error) error {
	all, err := e.api.NetworkList(ctx, network.ListOptions{})
	if err != nil {
		return errors.Join(cause, err)
	}
	for i := range all {
		if all[i].Options["parent"] == parent {
			return fmt.Errorf("interface %s has the network %s already, and can have one: remove that (docker network rm %s) or take its name: %w",
				parent, all[i].Name, all[i].Name, plain(cause))
		}
	}
	return cause
}
