package landlock

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRightsByVersion(t *testing.T) {
	const files = 1<<13 - 1
	tests := []struct {
		version int
		signals bool
		want    unix.LandlockRulesetAttr
		lacks   string
	}{
		{1, false, unix.LandlockRulesetAttr{Handled_access_fs: files}, "TCP signals"},
		{3, false, unix.LandlockRulesetAttr{Handled_access_fs: files | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE}, "TCP signals"},
		{4, false, unix.LandlockRulesetAttr{Handled_access_fs: 1<<15 - 1, Handled_access_net: 3}, "signals"},
		{6, false, unix.LandlockRulesetAttr{Handled_access_fs: 1<<16 - 1, Handled_access_net: 3, Scoped: unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET}, "signals"},
		{6, true, unix.LandlockRulesetAttr{Handled_access_fs: 1<<16 - 1, Handled_access_net: 3, Scoped: 3}, ""},
		{99, true, unix.LandlockRulesetAttr{Handled_access_fs: 1<<16 - 1, Handled_access_net: 3, Scoped: 3}, ""},
	}
	for _, test := range tests {
		if have := rightsOf(test.version, test.signals); have != test.want {
			t.Errorf("version %d: have %+v, want %+v", test.version, have, test.want)
		}
		lacks := lacks(test.version, test.signals)
		if words := strings.Fields(test.lacks); len(lacks) != len(words) {
			t.Errorf("version %d lacks %q", test.version, lacks)
		} else {
			for i, word := range words {
				if !strings.Contains(lacks[i], word) || strings.Contains(lacks[i], "\n") {
					t.Errorf("version %d lacks %q, want %s", test.version, lacks[i], word)
				}
			}
		}
	}
}

// On this kernel, for root and for an ordinary user alike.
func TestRestrict(t *testing.T) {
	version, signals, err := Version()
	if err != nil {
		if os.Getenv("CI") != "" && os.Geteuid() == 0 {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := folder(t, nil)
	binary := filepath.Join(dir, "helper")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./testdata/helper")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // or not all threads could be restricted
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	users := map[string]*syscall.SysProcAttr{"as we are": nil}
	if os.Geteuid() == 0 {
		users["ordinary user"] = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	for name, user := range users {
		t.Run(name, func(t *testing.T) { checkRestricted(t, binary, user, version, signals) })
	}
}

func checkRestricted(t *testing.T, binary string, user *syscall.SysProcAttr, version int, signals bool) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, l.Addr().String())
	cmd.SysProcAttr, cmd.Dir, cmd.Env = user, "/", append(os.Environ(), "TMPDIR="+folder(t, user))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	have := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		what, result, _ := strings.Cut(strings.TrimSpace(line), " ")
		have[what] = result
	}
	want := map[string]string{
		"restrict": "done", "read": "EACCES", "list": "EACCES", "create": "EACCES", "mkdir": "EACCES", "rename": "EACCES",
		"remove": "EACCES", "device": "EACCES", "exec": "EACCES", "write": "done", "accept": "done", "preempt": "done",
	}
	if version >= 3 {
		want["truncate"] = "EACCES"
	}
	if version >= 4 {
		want["connect"], want["bind"] = "EACCES", "EACCES"
	}
	if version >= 6 && signals {
		want["signal"], want["abstract"] = "EPERM", "EPERM"
	}
	for what, result := range want {
		if have[what] != result {
			t.Errorf("%s: have %q, want %q", what, have[what], result)
		}
	}
}

// folder is one that everybody can enter, and in which user may do anything.
func folder(t *testing.T, user *syscall.SysProcAttr) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if user != nil {
		if err := os.Chown(dir, int(user.Credential.Uid), int(user.Credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
