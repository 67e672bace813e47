// Package ownengine runs a Docker engine for tests and benchmarks, which sees no
// container, network or image of the machine's: in go a folder and a network
// namespace, out comes the command that starts it. It takes root.
package ownengine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Host is where the engine in dir listens, as for docker.Connect. The folder's path has
// to be short, as for any socket.
func Host(dir string) string { return "unix://" + filepath.Join(dir, "docker.sock") }

// Args are the arguments for dockerd. Everything of it is in dir, and its control groups
// and namespaces of containerd are called name. Stopped, it gives its containers two
// seconds.
func Args(dir, name string) ([]string, error) {
	config := filepath.Join(dir, "daemon.json")
	if err := os.WriteFile(config, []byte("{}"), 0o600); err != nil { // or it would read the machine's
		return nil, fmt.Errorf("docker engine: %w", err)
	}
	return []string{
		"--config-file", config, "--host", Host(dir), "--pidfile", filepath.Join(dir, "dockerd.pid"),
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"), "--containerd-namespace", name,
		"--containerd-plugins-namespace", name + "-plugins", "--cgroup-parent", "/" + name, "--exec-opt", "native.cgroupdriver=cgroupfs",
		"--shutdown-timeout", "2", "--bridge=none", "--iptables=false", "--ip6tables=false",
	}, nil
}

// hide keeps the engine from finding the machine's containerd: it starts its own.
const hide = `mount --make-rprivate / && mkdir -p /run/containerd && mount -t tmpfs tmpfs /run/containerd && exec dockerd "$@"`

// Command starts the engine in the network namespace that "ip netns" knows as netns.
// Whoever starts it ends it: first with SIGTERM, which ends its containers too.
func Command(netns, dir, name string) (*exec.Cmd, error) {
	args, err := Args(dir, name)
	if err != nil {
		return nil, err
	}
	args = append([]string{"--net=/run/netns/" + netns, "unshare", "--mount", "sh", "-c", hide, "dockerd"}, args...)
	return exec.Command("nsenter", args...), nil //nolint:gosec,noctx // our own words, and the caller ends it
}
