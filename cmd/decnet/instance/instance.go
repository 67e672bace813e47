// Package instance runs "decnet up" as a process of its own and talks to it as a
// script would: a program and a data directory go in; a client of its API, its
// live stream, and its figures come out. Benchmarks and end-to-end tests use it.
package instance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say what to run.
type Options struct {
	// Binary is the decnet program.
	Binary string
	// DataDir is where it keeps its data; two runs on one are one installation.
	DataDir string
	// Args follow "up"; Env is added to a bare environment.
	Args, Env []string
}

// Instance is a running "decnet up".
type Instance struct {
	// URL is its dashboard's and API's.
	URL string
	// Ready is how long it took from its start to the line that says so.
	Ready time.Duration
	*Client

	dataDir string
	cmd     *exec.Cmd
	output  *transcript
	ended   chan struct{}
	err     error
}

// Start runs decnet and returns when it is ready. It fails with what decnet
// printed if it ends before that.
func Start(ctx context.Context, o Options) (*Instance, error) {
	begin := time.Now()
	args := append([]string{"up", "--data-dir", o.DataDir, "--listen", "127.0.0.1:0"}, o.Args...)
	cmd := exec.Command(o.Binary, args...) //nolint:gosec,noctx // the caller's own program; Stop and Kill end it
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.DataDir, "NO_COLOR=1"}, o.Env...)
	// A group of its own, so that Kill reaches the decoy process too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	i := &Instance{dataDir: o.DataDir, cmd: cmd, output: newTranscript(), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = i.output, i.output
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Binary, err)
	}
	go func() {
		i.err = cmd.Wait()
		close(i.ended)
	}()
	select {
	case <-i.output.ready:
		i.Ready = time.Since(begin)
	case <-i.ended:
		return nil, fmt.Errorf("decnet ended before it was ready: %s", strings.TrimSpace(i.output.String()))
	case <-ctx.Done():
		i.Kill()
		return nil, fmt.Errorf("decnet was not ready in time: %s", strings.TrimSpace(i.output.String()))
	}
	i.URL = i.output.value("Dashboard")
	i.Client = NewClient(i.URL)
	return i, nil
}

// Output is what it printed so far.
func (i *Instance) Output() string { return i.output.String() }

// PID is its process id.
func (i *Instance) PID() int { return i.cmd.Process.Pid }

// Password is the first user's, from the file it is kept in.
func (i *Instance) Password() (string, error) {
	data, err := os.ReadFile(filepath.Join(i.dataDir, "initial-admin-password"))
	return strings.TrimSpace(string(data)), err
}

// Spool is the folder its collector reads.
func (i *Instance) Spool() string { return filepath.Join(i.dataDir, "spool") }

// Stop ends it as Ctrl-C does and waits until it is gone.
func (i *Instance) Stop() error {
	i.closeIdle()
	if err := i.cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop decnet: %w", err)
	}
	select {
	case <-i.ended:
		return i.err
	case <-time.After(30 * time.Second):
		i.Kill()
		return errors.New("decnet did not stop within 30 s")
	}
}

// Kill ends it and all it started at once, as a power cut would.
func (i *Instance) Kill() {
	i.closeIdle()
	_ = syscall.Kill(-i.cmd.Process.Pid, syscall.SIGKILL) // it may be gone already
	<-i.ended
}

func (i *Instance) closeIdle() {
	if i.Client != nil {
		i.http.CloseIdleConnections()
	}
}

// ResidentMemory is what it and the processes it started have in memory, in bytes.
func (i *Instance) ResidentMemory() (int64, error) { return residentGroup(i.PID()) }

// ProcessorTime is how much of the processors it and the processes it started have had.
func (i *Instance) ProcessorTime() (time.Duration, error) {
	var ticks int64
	err := eachOfGroup(i.PID(), func(_ string, fields []string) error {
		for _, n := range []int{11, 12} { // utime and stime; see proc(5)
			t, err := strconv.ParseInt(fields[n], 10, 64)
			if err != nil {
				return err
			}
			ticks += t
		}
		return nil
	})
	return time.Duration(ticks) * time.Second / 100, err // USER_HZ is 100 wherever Go runs
}

// residentGroup sums up a process group.
func residentGroup(leader int) (total int64, err error) {
	err = eachOfGroup(leader, func(proc string, _ []string) error {
		rss, err := residentOf(proc)
		total += rss
		return err
	})
	return total, err
}

// eachOfGroup calls f for each process of a group with its folder in /proc and the
// fields of its stat from the state on.
func eachOfGroup(leader int, f func(proc string, fields []string) error) error {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return err
	}
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 || fields[2] != strconv.Itoa(leader) {
			continue
		}
		if err := f(filepath.Dir(path), fields); err != nil {
			return err
		}
	}
	return nil
}

// ResidentOf is what the stack in the background of a data directory and the
// processes it started have in memory, in bytes.
func ResidentOf(dataDir string) (int64, error) {
	run, err := readRun(dataDir)
	if err != nil {
		return 0, err
	}
	return residentGroup(run.PID)
}

// BusURL is where other processes reach its bus.
func (i *Instance) BusURL() (string, error) {
	run, err := readRun(i.dataDir)
	return run.BusURL, err
}

// runFile is what a stack tells other processes of itself.
type runFile struct {
	PID    int    `json:"pid"`
	BusURL string `json:"bus_url"`
}

func readRun(dataDir string) (run runFile, err error) {
	data, err := os.ReadFile(filepath.Join(dataDir, "run.json"))
	if err != nil {
		return run, err
	}
	if err := json.Unmarshal(data, &run); err != nil {
		return run, fmt.Errorf("run.json: %w", err)
	}
	return run, nil
}

func residentOf(proc string) (int64, error) {
	f, err := os.Open(filepath.Join(proc, "status"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var kib int64
		if _, err := fmt.Sscanf(lines.Text(), "VmRSS: %d kB", &kib); err == nil {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("%s/status has no VmRSS", proc)
}

// transcript keeps what a process prints and notices the line that says ready.
type transcript struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	told  bool
}

func newTranscript() *transcript { return &transcript{ready: make(chan struct{})} }

var _ io.Writer = (*transcript)(nil)

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(p)
	if !t.told && bytes.Contains(t.text.Bytes(), []byte("\nready in ")) {
		t.told = true
		close(t.ready)
	}
	return len(p), nil
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// value is the rest of the line that begins with name.
func (t *transcript) value(name string) string {
	for line := range strings.Lines(t.String()) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}
