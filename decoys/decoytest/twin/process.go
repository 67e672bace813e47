package twin

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// FreePort returns a TCP port of 127.0.0.1 that nobody listens on just now, for
// daemons that cannot choose one themselves.
func FreePort() (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil //nolint:forcetypeassert // it is TCP
}

// Launch starts a daemon that listens on port, waits until it does, and returns
// its address. When ctx ends the daemon and its children are killed. What it
// prints is in dir/output.
func Launch(ctx context.Context, dir string, port int, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // a daemon that a twin names
	cmd.Dir = dir
	// A group of its own, so that its children end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	output, err := os.Create(filepath.Join(dir, "output"))
	if err != nil {
		return "", err
	}
	defer func() { _ = output.Close() }()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			text, _ := os.ReadFile(output.Name())
			return "", fmt.Errorf("%s ended: %w: %s", name, err, text)
		default:
		}
		var d net.Dialer
		if c, err := d.DialContext(ctx, "tcp", addr); err == nil {
			return addr, c.Close()
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return "", fmt.Errorf("%s does not listen on %s", name, addr)
}
