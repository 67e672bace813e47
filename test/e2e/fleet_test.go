package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// operator is somebody at a terminal with decnet and a data folder.
type operator struct {
	*testing.T
	dir string
	env []string
	// prefix is put before decnet, to run it somewhere else.
	prefix []string
	// token is that of the API, after a login.
	token string
	// binary is the program, normally decnetBinary.
	binary string
}

func newOperator(t *testing.T) *operator {
	t.Helper()
	o := &operator{T: t, dir: t.TempDir(), binary: decnetBinary}
	o.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir, "NO_COLOR=1", "DECNET_DATA_DIR=" + o.dir, "DECNET_API_LISTEN=127.0.0.1:0"}
	t.Cleanup(func() {
		if pid := o.stack(); pid > 0 {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended meanwhile
		}
	})
	return o
}

// stack is the process id of the stack in the background, 0 without one.
func (o *operator) stack() int {
	data, err := os.ReadFile(filepath.Join(o.dir, "run.json"))
	var run struct{ PID int }
	if err != nil || json.Unmarshal(data, &run) != nil {
		return 0
	}
	return run.PID
}

// types a command and returns what it printed to standard output.
func (o *operator) types(args ...string) (string, error) {
	o.Helper()
	line := append(append(slices.Clone(o.prefix), o.binary), args...)
	cmd := exec.CommandContext(o.Context(), line[0], line[1:]...)
	cmd.Env, cmd.Dir = o.env, o.dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		return out.String() + errs.String(), err
	}
	return out.String(), nil
}

// does a command that has to succeed.
func (o *operator) does(args ...string) string {
	o.Helper()
	out, err := o.types(args...)
	if err != nil {
		o.Fatalf("decnet %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

type statusItem struct {
	Kind, Name, Status, OS, Fleet string
	Services                      []decnet.ServiceState
}

// status is what decnet status says of deckies, by name.
func (o *operator) status() map[string]statusItem {
	o.Helper()
	var items []statusItem
	if err := json.Unmarshal([]byte(o.does("status", "--output", "json")), &items); err != nil {
		o.Fatal(err)
	}
	deckies := map[string]statusItem{}
	for _, i := range items {
		if i.Kind == "decky" {
			deckies[i.Name] = i
		} else if i.Status != string(decnet.StatusReady) {
			o.Errorf("worker %s is %s", i.Name, i.Status)
		}
	}
	return deckies
}

func (o *operator) write(name, text string) string {
	o.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.Fatal(err)
	}
	return path
}

// A fleet's whole life, as somebody would type it.
func TestFleetLife(t *testing.T) {
	o := newOperator(t)
	sample := o.write("sample.ini", o.does("validate", "--sample"))
	o.does("validate", sample)
	if out := o.does("deploy", "--config", sample, "--dry-run"); !strings.Contains(out, "4 to add") || !strings.Contains(out, "office-03") {
		t.Errorf("the dry run says\n%s", out)
	}
	if o.stack() != 0 {
		t.Fatal("a dry run has started a stack")
	}
	out := o.does("deploy", "--config", sample)
	if !strings.Contains(out, "4 to add") || !strings.Contains(out, "4 ready") {
		t.Errorf("deploy says\n%s", out)
	}
	deckies := o.status()
	if len(deckies) != 4 {
		t.Fatalf("have %+v", deckies)
	}
	for name, d := range deckies {
		if d.Status != string(decnet.PhaseReady) || d.OS == "" || d.Fleet != "default" {
			t.Errorf("%s is %+v", name, d)
		}
	}
	if out := o.does("deploy", "--config", sample); !strings.Contains(out, "nothing to change") {
		t.Errorf("the second deploy says\n%s", out)
	}

	o.killDecoys()
	o.does("redeploy")
	for name, d := range o.status() {
		if d.Status != string(decnet.PhaseReady) {
			t.Errorf("after redeploy %s is %s", name, d.Status)
		}
	}

	o.does("teardown", "--id", "office-02")
	if left := o.status(); len(left) != 3 || left["office-02"].Name != "" {
		t.Errorf("after teardown --id: %v", left)
	}
	if out, err := o.types("teardown", "--id", "office-20"); err == nil || !strings.Contains(out, "unknown decky") {
		t.Errorf("taking down nobody: %v %s", err, out)
	}
	if out := o.does("deploy", "--config", sample); !strings.Contains(out, "1 to add, 0 to change, 0 to remove, 3 as they are") {
		t.Errorf("the deploy after it says\n%s", out)
	}
	pid := o.stack()
	if out := o.does("teardown", "--all"); !strings.Contains(out, "4 removed") || !strings.Contains(out, "has ended") {
		t.Errorf("teardown --all says\n%s", out)
	}
	eventually(t, 5*time.Second, "the stack's process has ended", func() bool { return ended(pid) })
	if out, err := o.types("status"); err == nil || !strings.Contains(out, "no decnet runs") {
		t.Errorf("status afterwards: %v %s", err, out)
	}
}

// ended reports whether a process is gone, or dead and not yet buried by init.
func ended(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	return strings.HasPrefix(rest, "Z")
}

// killDecoys kills the decoy process of the stack and waits for the next.
func (o *operator) killDecoys() {
	o.Helper()
	first := o.decoy()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		o.Fatal(err)
	}
	eventually(o.T, 10*time.Second, "there is another decoy process", func() bool { p := o.decoy(); return p != 0 && p != first })
}

// decoy is the process id of the stack's child, 0 if there is none now.
func (o *operator) decoy() int {
	stack := strconv.Itoa(o.stack())
	tasks, _ := filepath.Glob("/proc/" + stack + "/task/*/children")
	for _, path := range tasks {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // the thread ended meanwhile
		}
		for field := range strings.FieldsSeq(string(data)) {
			if pid, err := strconv.Atoi(field); err == nil {
				return pid
			}
		}
	}
	return 0
}

func TestFleetsSideBySideAndMoved(t *testing.T) {
	o := newOperator(t)
	o.does("deploy", "-n", "2")
	o.does("deploy", "-n", "3", "--fleet", "branch", "--services", "ssh")
	if out, err := o.types("deploy", "-n", "1", "--fleet", "branch", "--services", "smb"); err == nil || !strings.Contains(out, "smb: not built yet") {
		t.Errorf("smb: %v %s", err, out)
	}
	before := o.status()
	if len(before) != 5 || before["branch-03"].Fleet != "branch" {
		t.Fatalf("have %+v", before)
	}
	file := filepath.Join(o.dir, "state.json")
	o.does("export", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the export is %v, %v", info, err)
	}
	o.does("teardown", "--all", "--fleet", "branch")
	if left := o.status(); len(left) != 2 {
		t.Errorf("have %+v", left)
	}
	if out := o.does("import", file); !strings.Contains(out, "3 to add") {
		t.Errorf("import says\n%s", out)
	}
	after := o.status()
	for name, d := range before {
		if after[name].OS != d.OS || after[name].Services[0].Address != d.Services[0].Address {
			t.Errorf("%s was %+v, is %+v", name, d, after[name])
		}
	}
	o.does("teardown", "--all")
}

func TestWhatDeployRefuses(t *testing.T) {
	o := newOperator(t)
	bad := o.write("bad.ini", "[web]\nservces = ssh\n[db]\narchetype = printer\n")
	tests := []struct {
		want string
		args []string
	}{
		{"nothing to deploy: name an INI file with --config FILE, or a number with --deckies N", []string{"deploy"}},
		{`bad.ini:2: [web] unknown key "servces"; did you mean "services"?`, []string{"deploy", "--config", bad}},
		{"no such file", []string{"deploy", "--config", "nowhere.ini"}},
		{"--services does not go with --config", []string{"deploy", "--config", bad, "--services", "ssh"}},
		{`unknown service "shh"; did you mean "ssh"?`, []string{"deploy", "-n", "1", "--services", "shh"}},
		{"archetype windows-server needs smb, rdp, ldap: not built yet", []string{"deploy", "-n", "1", "-a", "windows-server"}},
		{`--driver "podman": want one of loopback, native, docker`, []string{"deploy", "-n", "1", "--driver", "podman"}},
		{"swarm is not built yet", []string{"deploy", "-n", "1", "--mode", "swarm"}},
		{"--no-cache, --parallel and --compose are about images and containers", []string{"deploy", "-n", "1", "--no-cache"}},
		{"no such machine exists", []string{"deploy", "-n", "1", "--services", "ssh", "--distro", "debian", "--nmap-os", "windows"}},
		{"no decnet runs on data directory", []string{"teardown", "--all"}},
		{"want either --all or --id NAME", []string{"teardown"}},
		{"want " /* validate */, []string{"validate"}},
	}
	for _, test := range tests {
		out, err := o.types(test.args...)
		if err == nil || !strings.Contains(out, test.want) || strings.Contains(out, "goroutine") {
			t.Errorf("decnet %s: %v\n%s", strings.Join(test.args, " "), err, out)
		}
	}
	if o.stack() != 0 {
		t.Error("what is refused has started a stack")
	}
}
