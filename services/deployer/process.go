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
	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

const (
	// callTimeout bounds one request to the decoy process.
	callTimeout = 15 * time.Second
	// decoyMemory is what the decoy process stays below, in bytes, whatever
	// attackers send; at twice as many it ends.
	decoyMemory = 1 << 30
)

// process is one life of the decoy process.
type process struct {
	client  *handover.Client
	watcher *sandbox.Watcher
	pid     int
	started time.Time
	segment spool.Segment
	file    *os.File // the deployer's own copy of the segment, to see its size
	// pressure is what the process was told of the spool.
	pressure spool.Pressure
	exited   chan struct{}
	err      error  // why it ended, after exited
	taken    string // the system call for which it was killed, after exited
}

// FindBinary returns the decoy program to run: the one that is configured, or the one
// beside this program or in PATH.
func FindBinary(configured string) (string, error) {
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
func startProcess(ctx context.Context, cfg Config, log *slog.Logger, attempted func(sandbox.Attempt)) (*process, error) {
	binary, err := FindBinary(cfg.Binary)
	if err != nil {
		return nil, err
	}
	args, err := arguments(cfg)
	if err != nil {
		return nil, err
	}
	p := &process{started: time.Now(), exited: make(chan struct{})}
	client, theirs, err := handover.Pair()
	if err != nil {
		return nil, err
	}
	watcher, watched, err := sandbox.Watch(func(a sandbox.Attempt) {
		p.refused(a, log)
		attempted(a)
	})
	if err != nil {
		_ = errors.Join(theirs.Close(), client.Close())
		return nil, err
	}
	p.client, p.watcher = client, watcher
	cmd := exec.Command(binary, args...) //nolint:gosec,noctx // the operator's own program; it ends with its socket
	cmd.Env, cmd.Dir, cmd.ExtraFiles = []string{"GOTRACEBACK=none"}, "/", []*os.File{theirs, watched}
	err = p.run(cmd, log)
	_ = errors.Join(theirs.Close(), watched.Close()) // with these open here, we would not see that the process has died
	if err != nil {
		_ = errors.Join(client.Close(), watcher.Close())
		return nil, fmt.Errorf("start decoy process %s: %w", binary, err)
	}
	if err := p.newSegment(ctx, cfg.Spool, pressureOf(cfg)); err != nil {
		p.stop()
		return nil, errors.Join(err, p.err) // what the process said is the reason more often than not
	}
	return p, nil
}

// arguments are the command line of the decoy process.
func arguments(cfg Config) ([]string, error) {
	// A flood between two looks at the size of a segment fits in, and no more.
	args := []string{
		"--watch", "--memory", strconv.Itoa(decoyMemory), "--file-bytes", strconv.FormatInt(4*cfg.SegmentBytes+64<<20, 10),
		"--event-rate", strconv.Itoa(cfg.EventRate), "--event-burst", strconv.Itoa(cfg.EventBurst),
	}
	if os.Geteuid() != 0 {
		return args, nil
	}
	root, err := filepath.Abs(cfg.Root) // the decoy process begins elsewhere
	if err != nil {
		return nil, fmt.Errorf("deployer.decoy_root: %w", err)
	}
	if err := os.MkdirAll(root, 0o755); err != nil { //nolint:gosec // it stays empty and becomes somebody else's root directory
		return nil, fmt.Errorf("deployer.decoy_root: %w", err)
	}
	return append(args, "--root", root, "--uid", strconv.Itoa(cfg.UID), "--gid", strconv.Itoa(cfg.GID)), nil
}

// refused tells the operator of a system call that the sandbox has refused. A
// decoy that works makes none, so it is a bug or an attacker who got in.
func (p *process) refused(a sandbox.Attempt, log *slog.Logger) {
	if a.Killed {
		p.taken = a.Call
		log.Error("decoy process was taken over and is killed", "call", a.Call, "thread", a.Thread, "unreported", a.Unreported)
		return
	}
	log.Warn("decoy process was refused a system call", "call", a.Call, "thread", a.Thread, "unreported", a.Unreported)
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
		_ = p.watcher.Close() // after it there is no report any more
		if p.taken != "" {
			p.err = fmt.Errorf("killed for the system call %s", p.taken)
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
func (p *process) newSegment(ctx context.Context, dir string, pressure spool.Pressure) error {
	next, file, err := spool.Create(dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := p.client.Spool(ctx, file, pressure); err != nil {
		_ = file.Close()
		return errors.Join(fmt.Errorf("give the decoy process a spool segment: %w", err), spool.Seal(next))
	}
	old := p.segment
	if p.file != nil {
		_ = p.file.Close() // was only looked at
	}
	p.segment, p.file, p.pressure = next, file, pressure
	if old.Name == "" {
		return nil
	}
	return spool.Seal(old)
}

// pressureOf is how the spool stands to its bound.
func pressureOf(cfg Config) spool.Pressure {
	size, err := spool.Size(cfg.Spool)
	if err != nil {
		return spool.Relaxed // creating a segment will say what is wrong
	}
	return spool.PressureOf(size, cfg.SpoolBytes)
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
