package host_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/decnet"
)

// process is the real binary, started as a deployer starts it.
type process struct {
	*handover.Client
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	watcher *sandbox.Watcher
}

func startProcess(t testing.TB, buildFlags ...string) *process {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "decnet-decoy")
	build := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", binary}, buildFlags...), "../cmd/decnet-decoy")...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	client, child, err := handover.Pair()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Client: client}
	watcher, watched, err := sandbox.Watch(func(a sandbox.Attempt) { t.Errorf("the decoy process was refused %+v", a) })
	if err != nil {
		t.Fatal(err)
	}
	p.watcher = watcher
	// Not the test's context: the process must end by itself.
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), binary, sandboxFlags(t)...)
	p.cmd.ExtraFiles = []*os.File{child, watched}
	p.cmd.Stderr = &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = child.Close(), watched.Close()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = client.Close(); _ = watcher.Close() })
	return p
}

func sandboxFlags(t testing.TB) []string {
	t.Helper()
	if os.Geteuid() != 0 {
		return []string{"--watch"}
	}
	return []string{"--watch", "--root", t.TempDir(), "--uid", "65534", "--gid", "65534"}
}

func spool(t testing.TB, dir, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestProcessServesWhatItIsHanded(t *testing.T) {
	p, dir, ctx := startProcess(t), t.TempDir(), t.Context()
	if err := p.Spool(ctx, spool(t, dir, "1"), ""); err != nil {
		t.Fatalf("%v; %s", err, p.stderr.String())
	}
	const deckies = 20
	var addrs []string
	for i := range deckies {
		d := decoytest.NewDecky(decoytest.Options{}, "ssh")
		d.Name = fmt.Sprintf("decky-%02d", i)
		f, addr := decoytest.Listen(t)
		if err := p.Start(ctx, d, []handover.Listener{{Service: "ssh", Transport: decnet.TCP, File: f}}); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		addrs = append(addrs, addr)
	}
	for _, addr := range addrs {
		if banner := firstLine(t, addr); !strings.HasPrefix(banner, "SSH-2.0-OpenSSH_") {
			t.Errorf("%s says %q", addr, banner)
		}
	}
	if err := p.Stop(ctx, "decky-00"); err != nil {
		t.Fatal(err)
	}
	if firstLine(t, addrs[0]) != "" || firstLine(t, addrs[1]) == "" {
		t.Error("want the first decky gone and the second one there")
	}
	if err := p.Spool(ctx, spool(t, dir, "2"), ""); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(dir, "1"))
	if err != nil || bytes.Count(first, []byte(" ssh - connect ")) != deckies+1 {
		t.Errorf("the first file: %v\n%s", err, first)
	}
	wrong := decoytest.NewDecky(decoytest.Options{}, "sshd") // replaces decky-01
	f, _ := decoytest.Listen(t)
	defer func() { _ = f.Close() }()
	err = p.Start(ctx, wrong, []handover.Listener{{Service: "sshd", Transport: decnet.TCP, File: f}})
	if err == nil || !strings.Contains(err.Error(), `did you mean "ssh"?`) {
		t.Errorf("have %v", err)
	}
	firstLine(t, addrs[2])
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.wait(); err != nil {
		t.Errorf("%v; %s", err, p.stderr.String())
	}
	again, _ := os.ReadFile(filepath.Join(dir, "1"))
	second, _ := os.ReadFile(filepath.Join(dir, "2"))
	if !bytes.Equal(first, again) {
		t.Error("the first file was written to after it was replaced")
	}
	if c, d := bytes.Count(second, []byte(" connect ")), bytes.Count(second, []byte(" disconnect ")); c != 1 || d < 1 {
		t.Errorf("the second file has %d connects and %d disconnects:\n%s", c, d, second)
	}
}

// wait gives the process a second to end by itself.
func (p *process) wait() error {
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("the process outlives its parent's end of the connection: %w", <-ended)
	}
}

func firstLine(t *testing.T, addr string) string {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return ""
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 256)
	n, _ := io.ReadAtLeast(c, buf, 9)
	return string(buf[:n])
}
