package sandbox_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/decnet"
)

// ways are those in which a decoy process can be started. In CI as root it is
// each of them.
func ways(t *testing.T, test func(t *testing.T, as way)) {
	for _, as := range []way{{root: true, watched: true}, {root: true}, {watched: true}, {}} {
		t.Run(as.String(), func(t *testing.T) {
			if as.root {
				needsRoot(t)
			}
			test(t, as)
		})
	}
}

type way struct {
	root    bool // with an empty root directory, or else as an ordinary user
	watched bool // with a Watcher, or else as on an older kernel
	flags   []string
	binary  string // instead of the prisoner
}

func (w way) String() string {
	who, how := "ordinary user", "by the kernel alone"
	if w.root {
		who = "root"
	}
	if w.watched {
		how = "watched"
	}
	return who + ", " + how
}

// prison is a decoy process that the attacker has taken over.
type prison struct {
	*testing.T
	*handover.Client
	cmd     *exec.Cmd
	ended   chan struct{}
	stderr  strings.Builder
	addr    string
	spool   string
	watcher *sandbox.Watcher

	mu       sync.Mutex
	attempts []sandbox.Attempt
}

func imprison(t *testing.T, as way) *prison {
	t.Helper()
	client, child, err := handover.Pair()
	if err != nil {
		t.Fatal(err)
	}
	p := &prison{T: t, Client: client, ended: make(chan struct{})}
	if as.binary == "" {
		as.binary = prisoner
	}
	p.cmd = exec.Command(as.binary, p.flags(as)...)
	p.cmd.ExtraFiles, p.cmd.Stderr, p.cmd.Env, p.cmd.Dir = []*os.File{child}, &p.stderr, []string{"GOTRACEBACK=none"}, "/"
	if !as.root && os.Geteuid() == 0 {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if as.watched {
		w, theirs, err := sandbox.Watch(p.note)
		if err != nil {
			t.Fatal(err)
		}
		p.watcher, p.cmd.ExtraFiles = w, append(p.cmd.ExtraFiles, theirs)
		defer func() { _ = theirs.Close() }()
		t.Cleanup(func() { _ = w.Close() })
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = child.Close()
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = client.Close()
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	p.spool = filepath.Join(t.TempDir(), "spool")
	p.give(p.spool)
	p.addr = p.serve("decky-01")
	return p
}

func (p *prison) flags(as way) []string {
	var flags []string
	if as.root {
		flags = []string{"--root", p.TempDir(), "--uid", "65534", "--gid", "65534"}
	}
	if as.watched {
		flags = append(flags, "--watch")
	}
	return append(flags, as.flags...)
}

func (p *prison) note(a sandbox.Attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempts = append(p.attempts, a)
}

func (p *prison) noted() []sandbox.Attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.attempts)
}

// give makes the process write events to a new file.
func (p *prison) give(path string) {
	p.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := p.Spool(p.Context(), f, ""); err != nil {
		p.Fatalf("%v; %s", err, p.stderr.String())
	}
}

// serve starts another decky, on a socket that is handed over, and returns its
// address.
func (p *prison) serve(name string) string {
	p.Helper()
	d := decoytest.NewDecky(decoytest.Options{}, "prisoner")
	d.Name = name
	f, addr := decoytest.Listen(p)
	defer func() { _ = f.Close() }()
	if err := p.Start(p.Context(), d, []handover.Listener{{Service: "prisoner", Transport: decnet.TCP, File: f}}); err != nil {
		p.Fatalf("%v; %s", err, p.stderr.String())
	}
	return addr
}

// try has the attacker try something, and returns what came of it: "done", the
// name of an error, or "gone" if the connection ended instead.
func (p *prison) try(what string) string {
	p.Helper()
	return p.tryAt(p.addr, what)
}

func (p *prison) tryAt(addr, what string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 30*time.Second)
	defer cancel()
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return "gone"
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	_, _ = fmt.Fprintln(c, what)
	lines := bufio.NewReader(c)
	line, err := lines.ReadString('\n')
	if err != nil {
		return "gone"
	}
	return strings.TrimSpace(line)
}

// end waits for the end of the process and returns the signal that ended it, or 0.
func (p *prison) end() syscall.Signal {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		p.Fatal("the process has not ended")
	}
	if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return status.Signal()
	}
	return 0
}
