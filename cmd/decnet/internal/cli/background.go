package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/worker"
)

// startTimeout bounds how long a stack in the background may take to be ready,
// stopTimeout how long to end.
const (
	startTimeout = 60 * time.Second
	stopTimeout  = 45 * time.Second
)

// stackOptions are for a stack that is to be started.
type stackOptions struct {
	args, env []string
	// ignored are flags that say how to start one, if one runs already.
	ignored []string
}

// connectOrStart joins the running stack, or starts one in the background where
// none runs on the data folder and what is to be done with it is possible.
func (a *app) connectOrStart(c *cobra.Command, o stackOptions, possible func(context.Context) error) (*bus.Bus, error) {
	b, err := a.connect(c.Context())
	if err == nil {
		if len(o.ignored) > 0 {
			_ = printLine(c.ErrOrStderr(), warn.Render("note: ")+strings.Join(o.ignored, " and ")+" mean nothing here: a stack runs already")
		}
		return b, nil
	}
	if !errors.Is(err, stack.ErrNotRunning) {
		return nil, err
	}
	if err := possible(c.Context()); err != nil {
		return nil, err
	}
	o.args = append(o.args, "--demo=false")
	run, err := a.startBackground(c, o)
	if err != nil {
		return nil, err
	}
	_ = printLine(c.ErrOrStderr(), dim.Render(fmt.Sprintf("no stack was running: started one in the background (pid %d), dashboard %s; \"decnet teardown --all\" ends it", run.PID, run.APIURL)))
	return a.connect(c.Context())
}

// always is possible.
func always(context.Context) error { return nil }

// startBackground runs "decnet up" as a session of its own and returns once it
// is ready. What it prints is kept in log/up.log of the data folder.
func (a *app) startBackground(c *cobra.Command, o stackOptions) (*stack.RunFile, error) {
	dir, err := a.dir()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, path, err := upLog(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	args := append([]string{"up", "--data-dir", dir, "--in-background"}, o.args...)
	if a.config != "" {
		args = append(args, "--config", a.config)
	}
	cmd := exec.Command(self, args...) //nolint:gosec,noctx // this program; it is to outlive us
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), append(o.env, "NO_COLOR=1")...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the stack: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it said is in its log
		close(ended)
	}()
	return awaitRunFile(c.Context(), dir, path, cmd.Process.Pid, ended)
}

func upLog(dir string) (*os.File, string, error) {
	path := filepath.Join(dir, "log", "up.log")
	if err := errors.Join(worker.MakeDir(dir, 0o700), worker.MakeDir(filepath.Dir(path), 0o750)); err != nil {
		return nil, "", fmt.Errorf("data directory: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, "", fmt.Errorf("data directory: %w", err)
	}
	return f, path, nil
}

func awaitRunFile(ctx context.Context, dir, log string, pid int, ended <-chan struct{}) (*stack.RunFile, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if run, err := stack.ReadRunFile(dir); err == nil && run.PID == pid {
			return run, nil
		}
		select {
		case <-ended:
			return nil, fmt.Errorf("the stack did not start: %s", lastLine(log))
		case <-ctx.Done():
			return nil, fmt.Errorf("the stack was not ready within %v (pid %d): see %s", startTimeout, pid, log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// lastLine is the last thing that a stack said.
func lastLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	return strings.TrimPrefix(string(lines[len(lines)-1]), "decnet: ")
}

// stopBackground ends the stack of the data folder if it runs in the background.
func (a *app) stopBackground(c *cobra.Command, speak bool) error {
	dir, err := a.dir()
	if err != nil {
		return err
	}
	run := a.ownStack()
	if run == nil || !run.Background {
		return nil // another machine's stack is not ours to end
	}
	if err := syscall.Kill(run.PID, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("end the stack (pid %d): %w", run.PID, err)
	}
	deadline := time.Now().Add(stopTimeout)
	for stack.IsRunning(dir) {
		if time.Now().After(deadline) {
			return fmt.Errorf("the stack (pid %d) has not ended within %v", run.PID, stopTimeout)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if speak {
		return printLine(c.OutOrStdout(), "the stack in the background has ended; its data stays in "+dir)
	}
	return nil
}
