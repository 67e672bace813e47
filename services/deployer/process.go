package deployer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// callTimeout bounds one request to the decoy process.
const callTimeout = 15 * time.Second

// process is one life of the decoy process.
type process struct {
	client  *handover.Client
	pid     int
	started time.Time
	segment spool.Segment
	file    *os.File // the deployer's own copy of the segment, to see its size
	exited  chan struct{}
	err     error // why it ended, after exited
}

// findBinary returns the decoy program to run.
func findBinary(configured string) (string, error) {
	if configured != "" {
		if _, err := os.Stat(configured); err != nil {
			return "", fmt.Errorf("deployer.decoy_binary: %w", err)
		}
		return configured, nil
	}
	const name = "decnet-decoy"
	if self, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(self), name); isFile(beside) {
			return beside, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("the program %s is neither beside this one nor in PATH: build it with \"make build\" or set deployer.decoy_binary", name)
	}
	return path, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// startProcess starts the decoy process with nothing of ours but one end of a
// socket, and gives it a new spool segment.
func startProcess(ctx context.Context, cfg Config, log *slog.Logger) (*process, error) {
	binary, err := findBinary(cfg.Binary)
	if err != nil {
		return nil, err
	}
	client, theirs, err := handover.Pair()
	if err != nil {
		return nil, err
	}
	var args []string
	if os.Geteuid() == 0 {
		if err := os.MkdirAll(cfg.Root, 0o755); err != nil { //nolint:gosec // it stays empty and becomes somebody else's root directory
			_ = errors.Join(theirs.Close(), client.Close())
			return nil, fmt.Errorf("deployer.decoy_root: %w", err)
		}
		args = []string{"--root", cfg.Root, "--uid", strconv.Itoa(cfg.UID), "--gid", strconv.Itoa(cfg.GID)}
	}
	cmd := exec.Command(binary, args...) //nolint:gosec,noctx // the operator's own program; it ends with its socket
	cmd.Env, cmd.Dir, cmd.ExtraFiles = []string{"GOTRACEBACK=none"}, "/", []*os.File{theirs}
	p := &process{client: client, started: time.Now(), exited: make(chan struct{})}
	err = p.run(cmd, log)
	_ = theirs.Close() // with it open here, we would not see that the process has died
	if err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("start decoy process %s: %w", binary, err)
	}
	if err := p.newSegment(ctx, cfg.Spool); err != nil {
		p.stop()
		return nil, errors.Join(err, p.err) // what the process said is the reason more often than not
	}
	return p, nil
}

// run starts cmd from a thread that lives as long as the process does: the
// kernel ends the process when the thread that started it is gone (prctl(2),
// PR_SET_PDEATHSIG).
func (p *process) run(cmd *exec.Cmd, log *slog.Logger) error {
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		last := drainStderr(stderr, log)
		p.err = cmd.Wait()
		if last != "" {
			p.err = fmt.Errorf("%s (%w)", last, errors.Join(p.err))
		}
		close(p.exited)
	}()
	return <-started
}

// drainStderr logs what the decoy process complains about and returns its last
// line. Lines are cut, so that a process taken over cannot fill our memory.
func drainStderr(r io.Reader, log *slog.Logger) (last string) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 4096), 4096)
	for n := 0; lines.Scan(); n++ {
		last = lines.Text()
		if n < 100 {
			log.Warn("decoy process", "says", last)
		}
	}
	_, _ = io.Copy(io.Discard, r)
	return last
}

// newSegment lets the process write to a new segment and seals the one before.
func (p *process) newSegment(ctx context.Context, dir string) error {
	next, file, err := spool.Create(dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := p.client.Spool(ctx, file); err != nil {
		_ = file.Close()
		return errors.Join(fmt.Errorf("give the decoy process a spool segment: %w", err), spool.Seal(next))
	}
	old := p.segment
	if p.file != nil {
		_ = p.file.Close() // was only looked at
	}
	p.segment, p.file = next, file
	if old.Name == "" {
		return nil
	}
	return spool.Seal(old)
}

// full reports whether it is time for a new segment.
func (p *process) full(limit int64) bool {
	info, err := p.file.Stat()
	return err == nil && info.Size() >= limit
}

// stop ends the process and seals its segment.
func (p *process) stop() {
	_ = p.client.Close() // the process ends when its socket does
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		if proc, err := os.FindProcess(p.pid); err == nil {
			_ = proc.Kill()
		}
		<-p.exited
	}
	p.sealSegment()
}

// sealSegment is for when the process has ended.
func (p *process) sealSegment() {
	if p.file == nil {
		return
	}
	_ = p.file.Close()        // was only looked at
	_ = spool.Seal(p.segment) // if it stays open, the next deployer seals it
	p.file = nil
}
