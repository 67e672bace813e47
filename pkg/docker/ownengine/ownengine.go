// Package ownengine runs a Docker engine for tests and benchmarks, which sees no
// container, network or image of the machine's: in go a folder and a network
// namespace, out comes an engine. It takes root.
package ownengine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
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

// A Process is a running engine.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// Start starts the engine in the network namespace that "ip netns" knows as netns, and
// writes what it says to out. It ends with this process, however that ends.
func Start(netns, dir, name string, out *os.File) (*Process, error) {
	args, err := Args(dir, name)
	if err != nil {
		return nil, err
	}
	args = append([]string{"--net=/run/netns/" + netns, "unshare", "--mount", "sh", "-c", hide, "dockerd"}, args...)
	p := &Process{cmd: exec.Command("nsenter", args...), ended: make(chan struct{})} //nolint:gosec,noctx // our own words, and Stop ends it
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started := make(chan error)
	go func() {
		// The kernel takes the thread that started it for its parent.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ends is its business
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start a docker engine: %w", err)
	}
	return p, nil
}

// patience is how long an engine may take to end.
const patience = 30 * time.Second

// Stop ends the engine, which ends its containers, and waits for it.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // or it has ended
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}
