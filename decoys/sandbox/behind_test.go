package sandbox_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/decnet/decnet/decoys/sandbox/internal/landlock"
)

// withoutFilter builds the prisoner without the system call filter, for which a
// file of it is replaced.
func withoutFilter(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	const name = "install_linux.go"
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(dir, "internal", "seccomp", name): filepath.Join(dir, "testdata", "nofilter", name),
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := prisoner + "-without-filter"
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "-o", binary, "./testdata/prisoner")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// Were the filter not there, the other walls would stand: each of these is what
// another one makes of an attempt. Some work, so it is the filter alone that keeps
// them from working, and they are attempts indeed.
func TestWallsBehindTheFilter(t *testing.T) {
	version, signals, err := landlock.Version()
	if err != nil || version < landlock.Latest || !signals {
		if os.Getenv("CI") != "" && os.Geteuid() == 0 {
			t.Fatalf("the kernel's Landlock is version %d (signals: %v): %v", version, signals, err)
		}
		t.Skipf("the kernel's Landlock is version %d (signals: %v): %v", version, signals, err)
	}
	binary := withoutFilter(t)
	tests := []struct {
		what         string
		root, nobody string
	}{
		{"open passwd", "ENOENT", "EACCES"}, // the empty root; Landlock
		{"open mem", "ENOENT", "EACCES"},
		{"open null", "ENOENT", "EACCES"},
		{"open root", "EACCES", "EACCES"},
		{"openat outside", "EACCES", "EACCES"},
		{"openat2 outside", "EACCES", "EACCES"},
		{"create", "EACCES", "EACCES"},
		{"execve a shell", "ENOENT", "EACCES"},
		{"execveat itself", "EACCES", "EACCES"},
		{"connect", "EACCES", "EACCES"}, // Landlock
		{"bind", "EACCES", "EACCES"},
		{"kill parent", "EPERM", "EPERM"},
		{"ptrace parent", "EPERM", "EPERM"},
		{"setuid", "EPERM", "EPERM"}, // the user
		{"setresgid", "EPERM", "EPERM"},
		{"setgroups", "EPERM", "EPERM"},
		{"chroot", "EPERM", "EPERM"},
		{"mount", "EPERM", "EPERM"},
		{"umount", "EPERM", "EPERM"},
		{"pivot_root", "EPERM", "EPERM"},
		{"socket raw", "EPERM", "EPERM"},
		{"socket packet", "EPERM", "EPERM"},
		{"prlimit itself", "EPERM", "EPERM"},
		{"mlock", "EPERM", "EPERM"},
		// What follows only the filter forbids.
		{"socket tcp4", "done", "done"},
		{"socket netlink", "done", "done"},
		{"memfd_create", "done", "done"},
		{"mmap executable", "done", "done"},
		{"mprotect executable", "done", "done"},
		{"fork by clone", "done", "done"},
		{"fcntl setfl", "done", "done"},
		{"prctl dumpable", "done", "done"},
		{"uname", "done", "done"},
	}
	for _, as := range []way{{root: true}, {}} {
		t.Run(as.String(), func(t *testing.T) {
			if as.root {
				needsRoot(t)
			}
			as.binary = binary
			for _, test := range tests {
				want := test.nobody
				if as.root {
					want = test.root
				}
				if have := imprison(t, as).try(test.what); have != want {
					t.Errorf("%s: have %s, want %s", test.what, have, want)
				}
			}
		})
	}
}
