package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/docker/api/types/container"
	"golang.org/x/sys/unix"
)

// NetnsPath is the network namespace of a running container as a file that can be
// entered, for rules and looks that are no business of the container's. It is good
// until the container stops; a container that is started again has another one,
// without any rules, so whoever sets rules does so at every Started of Watch.
//
// The engine must be on this host, and this process root. The error wraps ErrGone if
// there is no such container.
func (e *Engine) NetnsPath(ctx context.Context, id string) (string, error) {
	c, err := e.inspect(ctx, id)
	if isNotFound(err) {
		return "", fmt.Errorf("network namespace of container %s: %w", id, ErrGone)
	}
	if err != nil {
		return "", e.tell("network namespace of container "+id, err)
	}
	path, err := netnsPath(&c)
	if err != nil {
		return "", fmt.Errorf("network namespace of container %s: %w", plainName(&c), err)
	}
	return path, nil
}

func netnsPath(c *container.InspectResponse) (string, error) {
	if c.State == nil || c.State.Pid <= 0 {
		return "", errors.New("it does not run")
	}
	proc := filepath.Join("/proc", strconv.Itoa(c.State.Pid))
	path := filepath.Join(proc, "ns/net")
	// An engine elsewhere, or in a virtual machine, has processes of its own.
	groups, err := os.ReadFile(filepath.Join(proc, "cgroup"))
	if err != nil || !bytes.Contains(groups, []byte(c.ID)) {
		return "", errors.New("its process is not one of this host: the docker engine must run here, not in a virtual machine or elsewhere")
	}
	if _, err := os.Readlink(path); err != nil {
		return "", fmt.Errorf("its process cannot be looked into: run as root: %w", err)
	}
	return path, nil
}

// checkMAC compares the MAC addresses of a container's interfaces with the one it
// is to have.
func checkMAC(spec *Spec, c *container.InspectResponse) error {
	if spec.Network == nil || len(spec.Network.MAC) == 0 || c.State == nil || !c.State.Running {
		return nil
	}
	want := spec.Network.MAC.String()
	if n := c.NetworkSettings.Networks[spec.Network.Network]; n == nil {
		return fmt.Errorf("%w: it is not on network %s", ErrMAC, spec.Network.Network)
	} else if n.MacAddress != want {
		return fmt.Errorf("%w: %s has %q instead of %s", ErrMAC, spec.Name, n.MacAddress, want)
	}
	// What the engine says and what it did need not be the same.
	path, err := netnsPath(c)
	if err != nil {
		return nil //nolint:nilerr // it is not to be looked at from here; the engine's word has to do
	}
	have, err := macsOf(path)
	if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) { // not root, or it has just exited
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the MAC address of %s: %w", spec.Name, err)
	}
	if !slices.Contains(have, want) {
		return fmt.Errorf("%w: %s has %s instead of %s", ErrMAC, spec.Name, strings.Join(have, ", "), want)
	}
	return nil
}

// macsOf reads the MAC addresses of the interfaces in a network namespace.
func macsOf(path string) (macs []string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Never unlocked: the thread is not fit for anything else and ends here.
		runtime.LockOSThread()
		macs, err = macsInside(path)
	}()
	<-done
	return macs, err
}

func macsInside(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter %s: %w", path, err)
	}
	links, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var macs []string
	for _, l := range links {
		if len(l.HardwareAddr) > 0 && l.Flags&net.FlagLoopback == 0 {
			macs = append(macs, l.HardwareAddr.String())
		}
	}
	return macs, nil
}
