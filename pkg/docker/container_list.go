package docker

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/container"
)

// Container is what a container is at the moment.
type Container struct {
	ID   string
	Name string
	// Image is the name it was made with.
	Image  string
	Labels map[string]string
	// State is "created", "running", "paused", "restarting", "removing", "exited"
	// or "dead".
	State string
	// Health is "healthy", "unhealthy" or "starting" if its image says how to
	// find out, or else empty.
	Health string
	// ExitCode is that of the last exit of one that exited or is restarting.
	ExitCode int
	// Joined is the id of the container whose network it shares, or empty.
	Joined string
	// Addresses are those it has on networks; one that joined another has none.
	Addresses []netip.Addr
}

// ListContainers lists the containers, running or not, that have all of those
// labels; a label without a value may have any.
func (e *Engine) ListContainers(ctx context.Context, labels map[string]string) ([]Container, error) {
	all, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: selecting(labels)})
	if err != nil {
		return nil, e.tell("list containers", err)
	}
	list := make([]Container, len(all))
	for i := range all {
		list[i] = containerOf(&all[i])
	}
	return list, nil
}

func containerOf(s *container.Summary) Container {
	c := Container{ID: s.ID, Name: nameOf(s), Image: s.Image, Labels: s.Labels, State: s.State}
	c.Health, c.ExitCode = readStatus(s.Status)
	c.Joined, _ = strings.CutPrefix(s.HostConfig.NetworkMode, "container:")
	if c.Joined == s.HostConfig.NetworkMode {
		c.Joined = ""
	}
	if s.NetworkSettings == nil {
		return c
	}
	for _, n := range s.NetworkSettings.Networks {
		for _, address := range []string{n.IPAddress, n.GlobalIPv6Address} {
			if a, err := netip.ParseAddr(address); err == nil {
				c.Addresses = append(c.Addresses, a)
			}
		}
	}
	return c
}

// readStatus takes apart "Up 5 seconds (healthy)" and "Exited (3) 2 hours ago":
// engines say it in no other way without a question for each container.
func readStatus(status string) (health string, code int) {
	_, rest, ok := strings.Cut(status, "(")
	word, _, closed := strings.Cut(rest, ")")
	if !ok || !closed {
		return "", 0
	}
	switch {
	case strings.HasPrefix(status, "Exited"), strings.HasPrefix(status, "Restarting"):
		code, _ = strconv.Atoi(word) // it is a number there
		return "", code
	case word == "healthy", word == "unhealthy":
		return word, 0
	case word == "health: starting":
		return "starting", 0
	}
	return "", 0
}
