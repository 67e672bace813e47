package sandbox_test

import (
	"bufio"
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

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

// build makes the helper, a static program that enters the sandbox, says so and
// waits. A binary with cgo, as the race detector makes one, cannot enter.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "helper")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./testdata/helper")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// status runs the helper and returns its /proc/<pid>/status and where its root
// is, while it is in the sandbox.
func status(t *testing.T, binary string, args ...string) (fields map[string]string, pid int) {
	t.Helper()
	return statusOf(t, exec.CommandContext(t.Context(), binary, args...))
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
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	root := t.TempDir()
	fields, pid := status(t, build(t), root, "65534", "65533")
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
	binary := build(t)
	cmd := exec.CommandContext(t.Context(), binary)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		// The folders of a test are its user's alone.
		for _, dir := range []string{filepath.Dir(binary), filepath.Dir(filepath.Dir(binary))} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if fields, _ := statusOf(t, cmd); fields["NoNewPrivs"] != "1" {
		t.Errorf("NoNewPrivs is %q", fields["NoNewPrivs"])
	}
}

func TestRootMustBeEmpty(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), build(t), root, "65534", "65534").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "not empty") {
		t.Errorf("have %v: %s", err, out)
	}
}

func TestDiesWithItsParent(t *testing.T) {
	binary := build(t)
	args := []string{"", "0", "0"}
	if os.Geteuid() == 0 {
		args = []string{t.TempDir(), "65534", "65534"}
	}
	// A shell in between is the parent that is killed.
	script := `"$0" "$1" "$2" "$3" < /dev/zero & echo $!; wait`
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, binary}, args...)...)
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
