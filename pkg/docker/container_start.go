package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// errNotStarted is wrapped by errors of containers that the engine did not start.
var errNotStarted = errors.New("it does not start")

// errMACTaken is wrapped if another interface has a container's MAC address.
var errMACTaken = errors.New("another interface has its MAC address")

// ExitError says that a container did not stay up after its start.
type ExitError struct {
	Container string
	// Code is its exit code; 137 may be the memory limit, which OOM tells. Engines
	// miss that now and then; Limited is whether there is a limit at all.
	Code         int
	OOM, Limited bool
	// Log are the last lines that it wrote, at most ten, printable and cut.
	Log []string
}

// Error is one line.
func (x *ExitError) Error() string {
	s := fmt.Sprintf("it exited at once with code %d", x.Code)
	switch {
	case x.OOM:
		s += ", out of memory"
	case x.Limited && x.Code == codeKilled:
		s += ", most likely out of memory"
	}
	if len(x.Log) == 0 {
		return s + " and wrote nothing"
	}
	return s + ": " + strings.Join(x.Log, " | ")
}

// start starts a container and sees that it stays up with the right address.
func (e *Engine) start(ctx context.Context, spec *Spec, id string) error {
	// An interface of an engine that was killed may go a moment after its container.
	wait := backoff{first: 200 * time.Millisecond, most: time.Second}
	for n := 1; ; n++ {
		err := e.startOnce(ctx, spec, id)
		if !errors.Is(err, errMACTaken) || n == 4 {
			return err
		}
		if err := wait.wait(ctx); err != nil {
			return err
		}
	}
}

func (e *Engine) startOnce(ctx context.Context, spec *Spec, id string) error {
	// Whoever asks after the start may miss the exit, and one that is started again
	// by the engine has no exit code any more.
	waiting, cancel := context.WithCancel(ctx)
	exited, errs := e.api.ContainerWait(waiting, id, container.WaitConditionNextExit)
	heard := false
	defer func() {
		cancel()
		if !heard { // or else the client would wait for us
			select {
			case <-exited:
			case <-errs: //nolint:errcheck // that of the cancelled context
			}
		}
	}()
	if err := e.api.ContainerStart(ctx, id, container.StartOptions{}); err != nil {
		return notStarted(ctx, spec, err)
	}
	now, err := e.api.ContainerInspect(ctx, id)
	if err != nil {
		return err
	}
	if err := checkMAC(spec, &now); err != nil {
		return errors.Join(err, e.removeContainer(ctx, id))
	}
	settle := time.NewTimer(spec.settle())
	defer settle.Stop()
	select {
	case x := <-exited:
		heard = true
		return e.exit(ctx, spec, id, int(x.StatusCode))
	case err := <-errs:
		heard = true
		return err
	case <-settle.C:
	}
	// The engine may be waiting before it starts it again.
	now, err = e.api.ContainerInspect(ctx, id)
	if err == nil && (!now.State.Running || now.State.Restarting) {
		err = e.exit(ctx, spec, id, now.State.ExitCode)
	}
	return err
}

// settle is how long it must have run.
func (s *Spec) settle() time.Duration {
	if s.Settle == 0 {
		return 250 * time.Millisecond
	}
	return s.Settle
}

// exit makes the error for a container that exited.
func (e *Engine) exit(ctx context.Context, spec *Spec, id string, code int) error {
	x := &ExitError{Container: spec.Name, Code: code, Limited: spec.Memory > 0, Log: e.lastLines(ctx, id)}
	for tries := 0; ; tries++ {
		now, err := e.api.ContainerInspect(ctx, id)
		if x.OOM = err == nil && now.State.OOMKilled; x.OOM || code != codeKilled || spec.Memory == 0 || tries == oomTries {
			return x
		}
		if sleep(ctx, 100*time.Millisecond) != nil {
			return x
		}
	}
}

const (
	// codeKilled is the exit code of what was ended with SIGKILL.
	codeKilled = 128 + 9
	// oomTries is how often the engine is asked whether that was for its memory,
	// which it learns from elsewhere than that it ended, and now and then later.
	oomTries = 10
)

// notStarted says why the engine did not start a container.
func notStarted(ctx context.Context, spec *Spec, err error) error {
	switch {
	case ctx.Err() != nil:
		return err
	case contains(err, "address already in use") && contains(err, "MAC"):
		return fmt.Errorf("%w: %w on the parent interface of network %s: remove that one: %w", errNotStarted, errMACTaken, spec.Network.name(), plain(err))
	case contains(err, "Address already in use", "address already in use"):
		return fmt.Errorf("%w: its address %s is taken by another container or the gateway of network %s: choose another one: %w",
			errNotStarted, spec.Network.addresses(), spec.Network.name(), plain(err))
	case contains(err, "network") && isNotFound(err):
		return fmt.Errorf("%w: there is no network %s: make it first: %w", errNotStarted, spec.Network.name(), plain(err))
	case contains(err, "operation not supported") && contains(err, "vlan"):
		return fmt.Errorf("%w: the kernel of the engine's host cannot do what network %s needs: take the other of %s and %s: %w",
			errNotStarted, spec.Network.name(), Macvlan, IPvlan, plain(err))
	case contains(err, "exec: "):
		return fmt.Errorf("%w: its command is not in the image: %w", errNotStarted, plain(err))
	}
	return fmt.Errorf("%w: %w", errNotStarted, plain(err))
}

func (a *Attachment) name() string {
	if a == nil {
		return "(none)"
	}
	return a.Network
}

func (a *Attachment) addresses() string {
	if a == nil {
		return ""
	}
	return strings.TrimSpace(a.IPv4.String() + " " + text(a.IPv6))
}

// What is shown of the log of a container that exited: this many lines, and bytes
// of each.
const (
	lastLines     = 10
	lastLineBytes = 200
)

// lastLines are what a container wrote last; none if that cannot be read.
func (e *Engine) lastLines(ctx context.Context, id string) []string {
	body, err := e.api.ContainerLogs(ctx, id, container.LogsOptions{ShowStdout: true, ShowStderr: true, Tail: fmt.Sprint(lastLines)})
	if err != nil {
		return nil
	}
	defer func() { _ = body.Close() }() // it was only read
	var buf bytes.Buffer
	// Each of them has 16 KiB at most.
	if _, err := stdcopy.StdCopy(&buf, &buf, io.LimitReader(body, lastLines*(32<<10))); err != nil && buf.Len() == 0 {
		return nil
	}
	var lines []string
	for line := range strings.Lines(buf.String()) {
		if line = printable(line, lastLineBytes); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-lastLines):]
}
