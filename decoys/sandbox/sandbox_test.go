package sandbox_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/sandbox"
)

// Static programs that enter the sandbox: one says so and waits, the other is
// the decoy process with an attacker in it. A binary with cgo, as the race
// detector makes one, cannot enter.
var helper, prisoner string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sandbox")
	if err != nil {
		panic(err)
	}
	helper, prisoner = filepath.Join(dir, "helper"), filepath.Join(dir, "prisoner")
	build := exec.Command("go", "build", "-o", dir, "./testdata/helper", "./testdata/prisoner")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build: %v\n%s", err, out))
	}
	if err := os.Chmod(dir, 0o755); err != nil { // for an ordinary user to run them
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// needsRoot skips the test without root. Where CI is set and we are root, nothing
// is skipped.
func needsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name   string
		config sandbox.Config
		euid   int
		reason string
	}{
		{"an ordinary user", sandbox.Config{}, 1000, ""},
		{"root with everything", sandbox.Config{Root: "/x", UID: 1, GID: 1}, 0, ""},
		{"root that wants to stay root", sandbox.Config{Root: "/x", GID: 1}, 0, "ordinary user"},
		{"root in group root", sandbox.Config{Root: "/x", UID: 1}, 0, "ordinary user"},
		{"root without a directory", sandbox.Config{UID: 1, GID: 1}, 0, "empty directory"},
		{"an ordinary user who wants another", sandbox.Config{UID: 1, GID: 1}, 1000, "only be set by root"},
		{"too little memory", sandbox.Config{Memory: 1 << 20}, 1000, "at least 67108864"},
		{"a negative size", sandbox.Config{FileBytes: -1}, 1000, "want bytes"},
		{"an ordinary user who wants a root", sandbox.Config{Root: "/x"}, 1000, "only be set by root"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.config.Validate(test.euid)
			if test.reason == "" && err != nil || test.reason != "" && (err == nil || !strings.Contains(err.Error(), test.reason)) {
				t.Errorf("have %v, want %q", err, test.reason)
			}
		})
	}
}

// status runs the helper and returns its /proc/<pid>/status and where its root
// is, while it is in the sandbox.
func status(t *testing.T, args ...string) (fields map[string]string, pid int) {
	t.Helper()
	return statusOf(t, exec.CommandContext(t.Context(), helper, args...))
}

func statusOf(t *testing.T, cmd *exec.Cmd) (fields map[string]string, pid int) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "entered\n" {
		_ = cmd.Process.Kill()
		t.Fatalf("have %q: %s", line, stderr.String())
	}
	raw, err := os.ReadFile(filepath.Join("/proc", itoa(cmd.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	fields = make(map[string]string)
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.Join(strings.Fields(value), " ")
	}
	return fields, cmd.Process.Pid
}

func TestRootBecomesNobody(t *testing.T) {
	needsRoot(t)
	root := t.TempDir()
	fields, pid := status(t, root, "65534", "65533")
	none := "0000000000000000"
	for name, want := range map[string]string{
		"Uid": "65534 65534 65534 65534", "Gid": "65533 65533 65533 65533", "Groups": "", "NoNewPrivs": "1",
		"CapInh": none, "CapPrm": none, "CapEff": none, "CapBnd": none, "CapAmb": none,
	} {
		if fields[name] != want {
			t.Errorf("%s is %q, want %q", name, fields[name], want)
		}
	}
	if have, err := os.Readlink(filepath.Join("/proc", itoa(pid), "root")); err != nil || have != root {
		t.Errorf("root is %q, want %q: %v", have, root, err)
	}
	// Every thread, not only the first.
	tasks, err := filepath.Glob(filepath.Join("/proc", itoa(pid), "task", "*", "status"))
	if err != nil || len(tasks) < 2 {
		t.Fatalf("have %d threads: %v", len(tasks), err)
	}
	for _, task := range tasks {
		raw, err := os.ReadFile(task)
		if err == nil && (!strings.Contains(string(raw), "CapEff:\t"+none) || !strings.Contains(string(raw), "NoNewPrivs:\t1")) {
			t.Errorf("%s:\n%s", task, raw)
		}
	}
}

func TestOrdinaryUserCannotGainAnything(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), helper)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	fields, pid := statusOf(t, cmd)
	if fields["NoNewPrivs"] != "1" || fields["Seccomp"] != "2" {
		t.Errorf("NoNewPrivs is %q, Seccomp %q", fields["NoNewPrivs"], fields["Seccomp"])
	}
	if adjusted, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "oom_score_adj")); err != nil || string(adjusted) != "1000\n" {
		t.Errorf("oom_score_adj is %q, %v", adjusted, err)
	}
}

func TestLimits(t *testing.T) {
	args := []string{}
	if os.Geteuid() == 0 {
		args = []string{t.TempDir(), "65534", "65534"}
	}
	_, pid := status(t, args...)
	raw, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "limits"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Max core file size": "0", "Max locked memory": "0", "Max data size": "134217728", "Max file size": "1048576",
	} {
		_, rest, _ := strings.Cut(string(raw), "\n"+name+" ")
		if have := strings.Fields(rest); len(have) < 2 || have[0] != want || have[1] != want {
			t.Errorf("%s: want %s:\n%s", name, want, raw)
		}
	}
	_, rest, _ := strings.Cut(string(raw), "\nMax processes ")
	if threads := atoi(strings.Fields(rest)[0]); threads < 4096 || threads > 100_000 {
		t.Errorf("threads: have %d", threads)
	}
}

func TestRootMustBeEmpty(t *testing.T) {
	needsRoot(t)
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), helper, root, "65534", "65534").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "not empty") {
		t.Errorf("have %v: %s", err, out)
	}
}

func TestDiesWithItsParent(t *testing.T) {
	args := []string{"", "0", "0"}
	if os.Geteuid() == 0 {
		args = []string{t.TempDir(), "65534", "65534"}
	}
	// A shell in between is the parent that is killed.
	script := `"$0" "$1" "$2" "$3" < /dev/zero & echo $!; wait`
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, helper}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var pid string
	for lines.Scan() && lines.Text() != "entered" {
		pid = lines.Text()
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		raw, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
		if err != nil || strings.Contains(string(raw), ") Z ") {
			_ = out.Close()
			_ = cmd.Wait()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %s outlives its parent", pid)
	_ = syscall.Kill(atoi(pid), syscall.SIGKILL)
}

func itoa(n int) string { return strconv.Itoa(n) }

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
