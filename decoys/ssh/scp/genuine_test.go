package scp

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// newFiles are the files of a fresh machine as root uses them.
func newFiles(t testing.TB) *shell.Files {
	t.Helper()
	p, err := persona.Derive(&decnet.Decky{
		Name: "decky-01", Host: "test", Driver: "loopback", Address: netip.MustParseAddr("192.0.2.10"), Fleet: "test", OS: "debian",
		Services: []decnet.ServiceRequest{{Slug: "ssh"}}, Stack: decnet.FamilyLinux, Seed: strings.Repeat("5e", 32), Created: time.Now().Add(-72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return shell.NewSystem(p, netip.MustParseAddr("192.0.2.10")).NewFS().As("root")
}

// genuine runs Debian 12's scp in dir.
func genuine(t *testing.T, dir, input string, args []string) (string, string, int) {
	t.Helper()
	program, err := exec.LookPath("scp")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("OpenSSH's scp is not installed")
	}
	if out, err := exec.CommandContext(t.Context(), "ssh", "-V").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "OpenSSH_9.2") {
		if os.Getenv("CI") == "true" {
			t.Fatalf("this is another release, %s: %v", out, err)
		}
		t.Skipf("this is another release, %s: %v", out, err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "bash", append([]string{"-c", `umask 022; exec -a scp "$0" "$@"`, program}, args...)...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(input), &out, &errs
	_ = cmd.Run() // its status is what is wanted
	// What it says of the pipes is about those of this test.
	said := regexp.MustCompile(`scp: debug1: fd \d clearing O_NONBLOCK\r\n`).ReplaceAllString(errs.String(), "")
	return out.String(), said, cmd.ProcessState.ExitCode()
}

// ours runs the decoy's.
func ours(ctx context.Context, c Config, dir, input string, args []string) (string, string, int) {
	var out, errs bytes.Buffer
	c.Release = 902
	status := c.Run(ctx, shell.Process{
		Streams: shell.Streams{In: strings.NewReader(input), Out: &out, Err: &errs}, Args: append([]string{"scp"}, args...), Dir: dir,
	})
	return out.String(), errs.String(), status
}

// tests are inputs in a folder that has the file f, the folders d and full, and a link l
// to nothing.
var tests = []struct {
	name, input string
	args        string
}{
	{"a file", "C0644 5 x\nhello\x00", "-t ."},
	{"a file by its name", "C0600 5 x\nhello\x00", "-t new"},
	{"onto a file", "C0600 2 x\nhi\x00", "-t f"},
	{"into a folder", "C0777 2 x\nhi\x00", "-t d"},
	{"into a folder with a slash", "C0777 2 x\nhi\x00", "-t d/"},
	{"with -d", "C0777 2 x\nhi\x00", "-d -t d"},
	{"with -d onto a file", "C0777 2 x\nhi\x00", "-d -t f"},
	{"with -d onto nothing", "", "-dt nothing"},
	{"into nothing", "C0644 2 x\nhi\x00", "-t nothing/x"},
	{"onto nothing's link", "C0644 2 x\nhi\x00", "-t l"},
	{"two files", "C0644 2 x\nhi\x00C0644 2 y\nho\x00", "-t d"},
	{"with times", "T1500000000 0 1500000000 0\nC0444 2 x\nhi\x00", "-pt d"},
	{"verbose", "C0644 2 x\nhi\x00", "-v -t d"},
	{"a folder", "D0755 0 sub\nC0644 2 x\nhi\x00E\n", "-r -t d"},
	{"a folder of a folder", "D0500 0 a\nD0755 0 b\nC0644 2 x\nhi\x00E\nE\n", "-r -t d"},
	{"a folder that is there", "D0700 0 full\nE\n", "-r -p -t ."},
	{"a folder where a file is", "D0700 0 f\nE\n", "-r -t ."},
	{"a folder without -r", "D0755 0 sub\nE\n", "-t d"},
	{"an empty file", "C0644 0 x\n\x00", "-t d"},
	{"a path for a name", "C0644 2 ../x\nhi\x00", "-t d"},
	{"dots for a name", "C0644 2 ..\nhi\x00", "-t d"},
	{"no name", "C0644 2 \nhi\x00", "-t d"},
	{"a long name", "C0644 2 " + strings.Repeat("n", 300) + "\nhi\x00", "-t d"},
	{"a name in bytes", "C0644 2 \xff\xfe\nhi\x00", "-t d"},
	{"no newline", "C0644 2 x", "-t d"},
	{"a newline first", "\nC0644 2 x\nhi\x00", "-t d"},
	{"a newline later", "C0644 2 x\nhi\x00\n", "-t d"},
	{"no record", "hello\n", "-t d"},
	{"no record later", "C0644 2 x\nhi\x00hello\n", "-t d"},
	{"a bad mode", "C0648 2 x\n", "-t d"},
	{"a short mode", "C06\n", "-t d"},
	{"a long mode", "C00644 2 x\n", "-t d"},
	{"no size", "C0644 x\n", "-t d"},
	{"a negative size", "C0644 -2 x\n", "-t d"},
	{"a size that is not delimited", "C0644 2x\n", "-t d"},
	{"a huge size", "C0644 99999999999999999999 x\n", "-t d"},
	{"an error of the client's", "\x01scp: oh\nC0644 2 x\nhi\x00", "-t d"},
	{"a fatal error of the client's", "\x02scp: oh\n", "-t d"},
	{"an error after the file", "C0644 2 x\nhi\x01oh\n", "-t d"},
	{"bad times", "Tx\n", "-t d"},
	{"half of the times", "T15\n", "-t d"},
	{"times without the second", "T15 0 \n", "-t d"},
	{"times with too much", "T15 0 15 0 x\n", "-t d"},
	{"times with many microseconds", "T15 1000000 15 0\n", "-t d"},
	{"nothing", "", "-t d"},
	{"two targets", "", "-t d f"},
	{"no target", "", "-t"},
	{"fetch", "\x00\x00\x00", "-f f"},
	{"fetch with times", "\x00\x00\x00\x00", "-p -f times"},
	{"fetch verbosely", "\x00\x00\x00", "-v -f f"},
	{"fetch a path", "\x00\x00\x00", "-f ./d/../f"},
	{"fetch nothing", "\x00\x00\x00", "-f nothing"},
	{"fetch a link to nothing", "\x00\x00\x00", "-f l"},
	{"fetch a folder", "\x00\x00\x00", "-f d"},
	{"fetch a folder with -r", "\x00\x00\x00\x00\x00\x00", "-r -f full"},
	{"fetch a folder with a slash", "\x00\x00\x00\x00\x00\x00", "-r -f full/"},
	{"fetch a folder with times", "\x00\x00\x00\x00\x00\x00\x00\x00", "-rp -f times.d"},
	{"fetch many", "\x00\x00\x00\x00\x00", "-f f nothing f"},
	{"fetch for who does not want it", "\x00\x01no\n\x00", "-f f f"},
	{"fetch for who hates it", "\x00\x02no\n", "-f f f"},
	{"fetch for who is gone", "", "-f f"},
	{"fetch a device", "\x00\x00\x00", "-f /dev/null"},
	{"no arguments", "", ""},
	{"one argument", "", "f"},
	{"an unknown option", "", "-Z"},
	{"no value", "", "-P"},
	{"after two dashes", "C0644 2 x\nhi\x00", "-t -- d"},
}

// prepare makes what the tests find.
func prepare(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "parent", "folder")
	for _, name := range []string{"d", "full", "times.d"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"f", "full/x", "times"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("content\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere/at/all", filepath.Join(dir, "l")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// age gives two of them times of their own.
func age(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"times", "times.d"} {
		if err := os.Chtimes(filepath.Join(dir, name), then, then); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnswersAreThoseOfTheGenuineProgram(t *testing.T) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := prepare(t)
			files := newFiles(t)
			copyIn(t, files, dir)
			age(t, dir) // which reading has changed
			args := strings.Fields(test.args)
			wantOut, wantErr, wantStatus := genuine(t, dir, test.input, args)
			out, errs, status := ours(t.Context(), Config{Files: files}, dir, test.input, args)
			if out != wantOut || errs != wantErr || status != wantStatus {
				t.Errorf("have %q, %q, %d\nwant %q, %q, %d", out, errs, status, wantOut, wantErr, wantStatus)
			}
			if have, want := treeOf(t, files, dir), genuineTree(t, dir); have != want {
				t.Errorf("have the files\n%swant\n%s", have, want)
			}
		})
	}
}
