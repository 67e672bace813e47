package worker_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/decnet/decnet/pkg/worker"
)

// nobody is the user that calls sudo in these tests.
const nobody = 65534

func owner(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

func underSudo(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65534")
}

func TestWhatIsMadeUnderSudoIsHandedBack(t *testing.T) {
	underSudo(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "a", "b", "decnet.log")
	log, closer, err := worker.NewLogger(worker.LogConfig{Level: "info", Format: "text", File: file})
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("x", 1<<20)
	for range 12 {
		log.Info(filler)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		dir: 0, filepath.Join(dir, "a"): 0, filepath.Dir(file): nobody, file: nobody, file + ".1": nobody,
	} {
		if got := owner(t, path); got != want {
			t.Errorf("%s belongs to %d, want %d", path, got, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.Mode().Perm()&0o055 != 0o055 {
		t.Errorf("nobody gets through the parent that is root's: %v, %v", info.Mode(), err)
	}
	below := filepath.Join(filepath.Dir(file), "c", "d")
	if err := worker.MakeDir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	if owner(t, filepath.Dir(below)) != nobody || owner(t, below) != nobody {
		t.Error("folders made in a folder of the user are theirs")
	}
}

func TestMakeDirFailsAsMkdirAllDoes(t *testing.T) {
	underSudo(t)
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, 0o600, "")
	for _, path := range []string{file, filepath.Join(file, "a"), "/proc/nowhere/a"} {
		if have, want := worker.MakeDir(path, 0o700), os.MkdirAll(path, 0o700); have == nil || want == nil || have.Error() != want.Error() {
			t.Errorf("have %v, want %v", have, want)
		}
	}
	if err := worker.MakeDir("/", 0o700); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if err := worker.MakeDir("a/b/", 0o700); err != nil || owner(t, "a/b") != nobody || owner(t, "a") != 0 {
		t.Errorf("a relative path: %v", err)
	}
}

func TestOnlyWhatWasMadeIsHandedBack(t *testing.T) {
	underSudo(t)
	dir, outside := t.TempDir(), t.TempDir()
	target := filepath.Join(outside, "target")
	for path, to := range map[string]string{"link": target, "away": outside, "dangling": filepath.Join(outside, "none")} {
		if err := os.Symlink(to, filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, target, 0o600, "")
	put(t, filepath.Join(dir, "old"), 0o600, "")
	for _, name := range []string{"old", "link", "dangling"} {
		f, err := worker.AppendFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	for _, name := range []string{"link", "away/target", "../" + filepath.Base(outside) + "/target", target, "nowhere"} {
		worker.HandBack(dir, name)
	}
	for _, path := range []string{target, filepath.Join(outside, "none"), filepath.Join(dir, "old"), outside} {
		if got := owner(t, path); got != 0 {
			t.Errorf("%s was given to %d", path, got)
		}
	}
}

func TestWithoutSudoNothingIsHandedBack(t *testing.T) {
	for _, ids := range [][2]string{{"", ""}, {"0", "0"}, {"65534", ""}, {"65534", "0"}, {"nobody", "65534"}, {"-1", "65534"}, {"4294967295", "65534"}, {" 65534", "65534"}} {
		t.Setenv("SUDO_UID", ids[0])
		t.Setenv("SUDO_GID", ids[1])
		path := filepath.Join(t.TempDir(), "log", "events.log")
		f, err := worker.AppendFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(f, "x")
		if cerr := f.Close(); err != nil || cerr != nil {
			t.Fatal(err, cerr)
		}
		if owner(t, path) != os.Geteuid() || owner(t, filepath.Dir(path)) != os.Geteuid() {
			t.Errorf("with SUDO_UID=%q SUDO_GID=%q something was given away", ids[0], ids[1])
		}
	}
}
