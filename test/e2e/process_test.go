package e2e_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that may be killed and started again.
type process struct {
	t    *testing.T
	name string
	make func() *exec.Cmd

	mu    sync.Mutex
	said  bytes.Buffer // of this and all earlier lives
	cmd   *exec.Cmd
	ended chan struct{}
	err   error
}

// newProcess starts a program, and ends it with the test. build makes a command for
// each of its lives.
func newProcess(t *testing.T, name string, build func() *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, name: name, make: build}
	p.start()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said\n%s", name, p.output())
		}
	})
	return p
}

func (p *process) start() {
	p.t.Helper()
	cmd := p.make()
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		p.t.Fatalf("start %s: %v", p.name, err)
	}
	ended := make(chan struct{})
	p.cmd, p.ended = cmd, ended
	go func() {
		p.err = cmd.Wait()
		close(ended)
	}()
}

// kill ends it and what it started as a power cut would.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may be gone already
	<-p.ended
}

// stop ends it as a service manager does.
func (p *process) stop() {
	p.t.Helper()
	if err := syscall.Kill(p.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		p.t.Fatalf("stop %s: %v", p.name, err)
	}
	select {
	case <-p.ended:
		if p.err != nil {
			p.t.Errorf("%s: %v", p.name, p.err)
		}
	case <-time.After(30 * time.Second):
		p.t.Errorf("%s has not ended within 30 s", p.name)
	}
}

// Write keeps what the program prints.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.Write(b)
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// value is what stands last in its output in the place of the expression's group; ""
// if it does nowhere.
func (p *process) value(expression string) string {
	all := regexp.MustCompile(expression).FindAllStringSubmatch(p.output(), -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// door is an address that stays while what is behind it comes, goes and moves.
type door struct {
	listener net.Listener
	mu       sync.Mutex
	network  string
	address  string // "" while nothing is behind it
	open     sync.WaitGroup
}

func newDoor(t *testing.T) *door {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &door{listener: l}
	d.open.Go(d.serve)
	t.Cleanup(func() {
		_ = l.Close()
		d.open.Wait()
	})
	return d
}

func (d *door) addr() string { return d.listener.Addr().String() }

// lead says what is behind the door from now on.
func (d *door) lead(network, address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.network, d.address = network, address
}

func (d *door) serve() {
	for {
		in, err := d.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			d.open.Go(func() { d.pass(in) })
		}
	}
}

func (d *door) pass(in net.Conn) {
	defer func() { _ = in.Close() }()
	d.mu.Lock()
	network, address := d.network, d.address
	d.mu.Unlock()
	if address == "" {
		return
	}
	out, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	var both sync.WaitGroup
	for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			_, _ = io.Copy(pair[0], pair[1]) // its end is the connection's
			_ = pair[0].Close()
		})
	}
	both.Wait()
}
