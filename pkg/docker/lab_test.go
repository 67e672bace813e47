package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/docker/ownengine"
)

// lab has a Docker engine of the tests' own, in a network namespace of its own with
// one cable, lan0, to another namespace: no interface and no container of this
// machine is touched.
type lab struct {
	once   sync.Once
	refuse string // why there is none
	dir    string
	// here is a thread in the engine's network namespace, there one in the other.
	here, there *thread
	engine      *exec.Cmd
	ended       chan struct{}
	err         error // of the engine, when it has ended
}

var theLab lab

// puppetImage is what the tests' containers are made of, and far the address at the other
// end of the cable.
const (
	puppetImage = "decnet-test/puppet:1"
	far         = "198.51.100.1"
	puppet      = "/puppet"
)

// newEngine connects to the engine, which it starts if need be. Where tests have to
// be complete, it is fatal if there can be none.
func newEngine(t *testing.T) *Engine {
	t.Helper()
	if testing.Short() {
		t.Skip("short: needs a docker engine")
	}
	theLab.once.Do(func() {
		if err := theLab.begin(); err != nil {
			theLab.refuse = err.Error()
		}
	})
	if theLab.refuse != "" {
		if os.Getenv("CI") != "" {
			t.Fatal(theLab.refuse)
		}
		t.Skip(theLab.refuse)
	}
	e, err := Connect(t.Context(), theLab.host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func (l *lab) host() string { return ownengine.Host(l.dir) }

func (l *lab) begin() (err error) {
	if os.Geteuid() != 0 {
		return errors.New("not root: a docker engine of the tests' own cannot be started")
	}
	if err := install(); err != nil {
		return err
	}
	if l.dir, err = os.MkdirTemp("", "decnet-docker-"); err != nil {
		return err
	}
	if l.here, err = newThread(); err != nil {
		return fmt.Errorf("network namespaces cannot be made here: %w", err)
	}
	if l.there, err = newThread(); err != nil {
		return err
	}
	if err := errors.Join(l.cable(), l.hide()); err != nil {
		return err
	}
	if err := l.start(); err != nil {
		return err
	}
	return l.importImage()
}

// install gets an engine where that can be done.
func install() error {
	if _, err := exec.LookPath("dockerd"); err == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("dockerd is missing and cannot be installed without apt-get")
	}
	println("installing docker.io ...")
	for _, args := range [][]string{{"update", "-qq"}, {"install", "-y", "-qq", "--no-install-recommends", "docker.io"}} {
		cmd := exec.Command("apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("dockerd is missing and cannot be installed: %w\n%s", err, out)
		}
	}
	return nil
}

// hide gives the engine, whenever it is started, a mount namespace in which it does
// not see this machine's containerd, and starts its own.
func (l *lab) hide() error {
	return l.here.do(func() error {
		return errors.Join(
			unix.Unshare(unix.CLONE_FS|unix.CLONE_NEWNS), unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
			os.MkdirAll("/run/containerd", 0o711), unix.Mount("tmpfs", "/run/containerd", "tmpfs", 0, ""))
	})
}

// start starts the engine.
func (l *lab) start() error {
	out, err := os.OpenFile(filepath.Join(l.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }() // the engine has its own
	args, err := ownengine.Args(l.dir, "decnet-test")
	if err != nil {
		return err
	}
	cmd := exec.Command("dockerd", args...)
	cmd.Stdout, cmd.Stderr = out, out
	// It ends with the tests, however those end. The tests' thread lives as long.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	if err := l.here.do(cmd.Start); err != nil {
		return err
	}
	l.engine, l.ended = cmd, make(chan struct{})
	go func() {
		defer close(l.ended)
		l.err = cmd.Wait()
	}()
	for range 600 {
		e, err := Connect(context.Background(), l.host())
		if err == nil {
			return e.Close()
		}
		select {
		case <-l.ended:
			l.engine = nil
			data, _ := os.ReadFile(out.Name())
			return fmt.Errorf("dockerd ends: %w\n%s", l.err, data[max(0, len(data)-2000):])
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("dockerd does not answer after 30 s")
}

// stop ends the engine, which ends its containers.
func (l *lab) stop(with syscall.Signal) error {
	if l.engine == nil {
		return nil
	}
	if err := l.engine.Process.Signal(with); err != nil {
		return err
	}
	select {
	case <-l.ended:
	case <-time.After(30 * time.Second):
		_ = l.engine.Process.Kill()
		<-l.ended
		return errors.New("dockerd does not end after 30 s")
	}
	l.engine = nil
	if with == syscall.SIGKILL {
		// Its containerd dies with it, but where nobody buries the dead the next
		// engine takes it for alive.
		return os.Remove(filepath.Join(l.dir, "exec/containerd/containerd.pid"))
	}
	return nil
}

// sweep kills what is left of an engine that did not end well: every process whose
// command line names the folder, and what such a process started.
func (l *lab) sweep() {
	ours := make(map[int]bool)
	for range 2 {
		all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range all {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			line, _ := os.ReadFile(path)
			stat, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "stat"))
			_, rest, _ := bytes.Cut(stat, []byte(") "))
			var state string
			var parent int
			_, _ = fmt.Sscan(string(rest), &state, &parent)
			if pid != os.Getpid() && (bytes.Contains(line, []byte(l.dir)) || ours[parent]) {
				ours[pid] = true
			}
		}
	}
	for pid := range ours {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// end takes everything away again.
func (l *lab) end() error {
	if l.dir == "" {
		return nil
	}
	var errs []error
	if l.engine != nil {
		errs = append(errs, l.empty(), l.stop(syscall.SIGTERM))
	}
	l.sweep()
	for _, t := range []*thread{l.here, l.there} {
		if t != nil {
			t.end()
		}
	}
	for _, pattern := range []string{"/sys/fs/cgroup/decnet-test", "/sys/fs/cgroup/*/decnet-test"} {
		groups, _ := filepath.Glob(pattern)
		for _, g := range groups {
			_ = os.Remove(g)
		}
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}

// empty removes every container, so that nothing of them outlives the engine.
func (l *lab) empty() error {
	e, err := Connect(context.Background(), l.host())
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	_, err = e.Reap(context.Background(), map[string]string{Label: ""}, func(string) bool { return false })
	return err
}

// importImage makes the image of the tests: a file system with one program.
func (l *lab) importImage() error {
	program, err := buildPuppet(l.dir)
	if err != nil {
		return err
	}
	e, err := Connect(context.Background(), l.host())
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	return e.ImportRootfs(context.Background(), bytes.NewReader(rootfs(program)), puppetImage, `ENTRYPOINT ["`+puppet+`"]`)
}

func buildPuppet(dir string) ([]byte, error) {
	path := filepath.Join(dir, "puppet")
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./testdata/puppet")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the program of the containers: %w\n%s", err, out)
	}
	return os.ReadFile(path)
}

// rootfs is a tar archive with the program and nothing else.
func rootfs(program []byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	_ = w.WriteHeader(&tar.Header{Name: puppet[1:], Mode: 0o755, Size: int64(len(program))})
	_, _ = w.Write(program)
	_ = w.Close()
	return b.Bytes()
}

// thread is an operating system thread in a network namespace of its own.
type thread struct {
	work chan func()
	done chan struct{}
}

func newThread() (*thread, error) {
	t := &thread{work: make(chan func()), done: make(chan struct{})}
	ready := make(chan error)
	go func() {
		defer close(t.done)
		// Never unlocked: the namespace ends with the thread.
		runtime.LockOSThread()
		ready <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range t.work {
			f()
		}
	}()
	return t, <-ready
}

func (t *thread) end() {
	close(t.work)
	<-t.done
}

// do runs f in the namespace; what it starts is in there too.
func (t *thread) do(f func() error) (err error) {
	done := make(chan struct{})
	t.work <- func() {
		defer close(done)
		err = f()
	}
	<-done
	return err
}

// id is the thread's, for "ip link set netns".
func (t *thread) id() (id int) {
	_ = t.do(func() error { id = unix.Gettid(); return nil })
	return id
}

func (t *thread) ip(args ...string) error {
	return t.do(func() error {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %v: %w\n%s", args, err, out)
		}
		return nil
	})
}

// cable connects the two namespaces.
func (l *lab) cable() error {
	return errors.Join(
		l.here.ip("link", "set", "lo", "up"), l.there.ip("link", "set", "lo", "up"),
		l.here.ip("link", "add", "lan0", "type", "veth", "peer", "name", "far0", "netns", fmt.Sprint(l.there.id())),
		l.here.ip("link", "set", "lan0", "up"), l.there.ip("link", "set", "far0", "up"),
		l.there.ip("addr", "add", far+"/24", "dev", "far0"), l.there.ip("addr", "add", "2001:db8:5::1/64", "dev", "far0", "nodad"))
}
