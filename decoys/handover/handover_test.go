package handover_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// executor notes what it is asked for, and answers as it is told to.
type executor struct {
	mu    sync.Mutex
	calls []string
	spool *os.File
	// wait, where set, holds each call up until it is closed.
	wait chan struct{}
	err  error
}

func (x *executor) done(call string) error {
	if x.wait != nil {
		<-x.wait
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calls = append(x.calls, call)
	return x.err
}

// said is what was called so far. A socket tells the race detector nothing, so
// it takes the lock.
func (x *executor) said() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.calls)
}

func (x *executor) Spool(f *os.File, _ spool.Pressure) error {
	x.mu.Lock()
	if x.spool != nil {
		_ = x.spool.Close()
	}
	x.spool = f
	x.mu.Unlock()
	return x.done("spool")
}

func (x *executor) Start(d *decnet.Decky, ls []handover.Listener) error {
	text := "start " + d.Name
	for _, l := range ls {
		text += " " + l.Service + "/" + string(l.Transport)
		if s, err := net.FileListener(l.File); err == nil {
			text += "@" + s.Addr().String()
			_ = s.Close()
		}
		_ = l.File.Close()
	}
	return x.done(text)
}

func (x *executor) Stop(decky string) error { return x.done("stop " + decky) }

// connect returns both ends, with the server running until the test ends.
func connect(t *testing.T, x *executor) *handover.Client {
	t.Helper()
	client, child, err := handover.Pair()
	if err != nil {
		t.Fatal(err)
	}
	server, err := handover.NewServer(child)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(context.Background(), x) }()
	t.Cleanup(func() {
		_ = client.Close()
		if x.wait != nil {
			select {
			case <-x.wait:
			default:
				close(x.wait)
			}
		}
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if x.spool != nil {
			_ = x.spool.Close()
		}
	})
	return client
}

func TestRequestsArriveWithTheirFiles(t *testing.T) {
	x := &executor{}
	c := connect(t, x)
	path := filepath.Join(t.TempDir(), "spool")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Spool(t.Context(), f, spool.Relaxed); err != nil {
		t.Fatal(err)
	}
	_ = f.Close() // ours; theirs lives on
	x.mu.Lock()
	_, err = x.spool.WriteString("a line")
	x.mu.Unlock()
	if err != nil {
		t.Errorf("the file does not work on the other side: %v", err)
	}
	var ls []handover.Listener
	want := "start decky-01"
	for i := range 50 {
		file, addr := decoytest.Listen(t)
		defer func() { _ = file.Close() }()
		slug := fmt.Sprintf("s%d", i)
		ls = append(ls, handover.Listener{Service: slug, Transport: decnet.TCP, File: file})
		want += " " + slug + "/tcp@" + addr
	}
	if err := c.Start(t.Context(), decoytest.NewDecky(decoytest.Options{}, "ssh"), ls); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(t.Context(), "decky-01"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(x.said(), "|"); got != "spool|"+want+"|stop decky-01" {
		t.Errorf("have %q", got)
	}
}

func TestErrorComesBackAsOneLine(t *testing.T) {
	c := connect(t, &executor{err: errors.New("first\nsecond  " + strings.Repeat("x", 5000))})
	err := c.Stop(t.Context(), "decky-01")
	if err == nil || !strings.HasPrefix(err.Error(), "first second xxx") || len(err.Error()) > 1100 {
		t.Errorf("have %v", err)
	}
}

func TestConcurrentCallersEachGetTheirAnswer(t *testing.T) {
	x := &executor{}
	c := connect(t, x)
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			if err := c.Stop(t.Context(), fmt.Sprintf("decky-%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(x.said()); n != 200 {
		t.Errorf("have %d calls", n)
	}
}

func TestContextEndsTheCallNotTheConnection(t *testing.T) {
	x := &executor{wait: make(chan struct{})}
	c := connect(t, x)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := c.Stop(ctx, "slow"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("have %v", err)
	}
	if err := c.Stop(ctx, "never-sent"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("have %v", err)
	}
	close(x.wait)
	if err := c.Stop(t.Context(), "next"); err != nil {
		t.Error(err)
	}
	if got := strings.Join(x.said(), "|"); got != "stop slow|stop next" && got != "stop slow|stop never-sent|stop next" {
		t.Errorf("have %q", got)
	}
}

func TestFullSocketHonoursTheContext(t *testing.T) {
	x := &executor{wait: make(chan struct{})}
	c := connect(t, x)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	big := decoytest.NewDecky(decoytest.Options{}, "ssh")
	big.Services[0].Settings = map[string]string{"x": strings.Repeat("y", 50<<10)}
	var group sync.WaitGroup
	for range 40 { // more than the socket's buffer holds
		group.Go(func() {
			if err := c.Start(ctx, big, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("have %v", err)
			}
		})
	}
	group.Wait()
	close(x.wait)
	if err := c.Stop(t.Context(), "after"); err != nil {
		t.Error(err)
	}
}

func TestWhenTheOtherSideIsGone(t *testing.T) {
	client, child, err := handover.Pair()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Stop(context.Background(), "decky-01") }()
	time.Sleep(20 * time.Millisecond)
	_ = child.Close()
	if err := <-ended; !errors.Is(err, handover.ErrClosed) {
		t.Errorf("have %v", err)
	}
	<-client.Done()
	if err := client.Stop(t.Context(), "decky-01"); !errors.Is(err, handover.ErrClosed) {
		t.Errorf("have %v", err)
	}
	if err := errors.Join(client.Close(), client.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestClientRefuses(t *testing.T) {
	c := connect(t, &executor{})
	huge := decoytest.NewDecky(decoytest.Options{}, "ssh")
	huge.Services[0].Settings = map[string]string{"x": strings.Repeat("y", handover.MaxMessage)}
	if err := c.Start(t.Context(), huge, nil); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a huge message: have %v", err)
	}
	d := decoytest.NewDecky(decoytest.Options{}, "ssh")
	if err := c.Start(t.Context(), d, make([]handover.Listener, handover.MaxFiles+1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("too many files: have %v", err)
	}
	if err := c.Start(t.Context(), d, make([]handover.Listener, 1)); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("no file: have %v", err)
	}
	if err := c.Stop(t.Context(), "decky-01"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestHandedOverSocketStaysUsableWhileItIsHandedOverAgain(t *testing.T) {
	file, addr := decoytest.Listen(t)
	defer func() { _ = file.Close() }()
	l, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan error, 1)
	go func() {
		for {
			s, err := l.Accept()
			if err != nil {
				accepted <- err
				return
			}
			_, _ = s.Write([]byte("hello\n"))
			_ = s.Close()
		}
	}()
	c := connect(t, &executor{})
	d := decoytest.NewDecky(decoytest.Options{}, "ssh")
	for range 5 {
		if err := c.Start(t.Context(), d, []handover.Listener{{Service: "ssh", Transport: decnet.TCP, File: file}}); err != nil {
			t.Fatal(err)
		}
	}
	var dialer net.Dialer
	s, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if line, err := bufio.NewReader(s).ReadString('\n'); err != nil && err != io.EOF || line != "hello\n" {
		t.Errorf("have %q, %v", line, err)
	}
	_ = l.Close() // must not hang, as it would on a socket that became blocking
	if err := <-accepted; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
