package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
)

// foreign runs statements on the file at path behind the store's back, on a
// connection that stays open as long as the test.
func foreign(t *testing.T, path string, statements ...string) {
	t.Helper()
	uri := url.URL{Scheme: "file", Path: path}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(conn.Close(), db.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	for _, statement := range statements {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func write(t *testing.T, path, body string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(body), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenRefuses(t *testing.T) {
	root := os.Geteuid() == 0
	for _, test := range []struct {
		name string
		path func(t *testing.T, dir string) string
		want string // DIR and PATH stand for what they are
		code decnet.Code
		skip bool // root may do everything
	}{
		{name: "empty", path: func(*testing.T, string) string { return "" }, want: "store.path is empty: name a database file, such as /var/lib/decnet/decnet.db"},
		{name: "memory", path: func(*testing.T, string) string { return ":memory:" }, want: `store.path ":memory:": want the path of a file, not a database URI`},
		{name: "nul", path: func(*testing.T, string) string { return "a\x00b" }, want: `store.path "a\x00b": a path cannot contain NUL`},
		{
			name: "directory", path: func(_ *testing.T, dir string) string { return dir },
			want: "store DIR: is a directory; name a file in it, such as DIR/decnet.db", code: decnet.CodeInvalid,
		},
		{
			name: "no folder", path: func(_ *testing.T, dir string) string { return dir + "/none/x.db" },
			want: "store PATH: folder DIR/none does not exist; create it or name another path", code: decnet.CodeInvalid,
		},
		{
			name: "below a file", path: func(t *testing.T, dir string) string { return write(t, dir+"/file", "", 0o600) + "/x.db" },
			want: "store PATH: not a directory", code: decnet.CodeInvalid,
		},
		{
			name: "pipe", path: func(t *testing.T, dir string) string {
				if err := syscall.Mkfifo(dir+"/pipe", 0o600); err != nil {
					t.Fatal(err)
				}
				return dir + "/pipe"
			},
			want: "store PATH: is not a regular file", code: decnet.CodeInvalid,
		},
		{
			name: "no database", path: func(t *testing.T, dir string) string {
				return write(t, dir+"/x.db", strings.Repeat("root:x:0:0::/root:/bin/sh\n", 100), 0o600)
			},
			want: "store PATH: file is not a database", code: decnet.CodeInvalid,
		},
		{
			name: "another program's", path: func(t *testing.T, dir string) string {
				foreign(t, dir+"/x.db", "CREATE TABLE bookmarks (a)")
				return dir + "/x.db"
			},
			want: "store PATH: is the database of another program; name another path", code: decnet.CodeInvalid,
		},
		{
			name: "newer", path: func(t *testing.T, dir string) string {
				open(t, dir+"/x.db")
				foreign(t, dir+"/x.db", "INSERT INTO schema_versions (version_id, is_applied) VALUES (4711, 1)")
				return dir + "/x.db"
			},
			want: "store PATH: was made by a newer version (schema 4711, this one knows up to 7); run that version or name another path", code: decnet.CodeInvalid,
		},
		{
			name: "locked", path: func(t *testing.T, dir string) string {
				foreign(t, dir+"/x.db", "PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "CREATE TABLE t (a)", "COMMIT")
				return dir + "/x.db"
			},
			want: "store PATH: is locked by another process", code: decnet.CodeUnavailable,
		},
		{
			name: "unreadable", path: func(t *testing.T, dir string) string { return write(t, dir+"/x.db", "", 0) },
			want: "store PATH: cannot be read and written: permission denied", code: decnet.CodeInvalid, skip: root,
		},
		{
			name: "read-only", path: func(t *testing.T, dir string) string { return write(t, dir+"/x.db", "", 0o400) },
			want: "store PATH: cannot be read and written: permission denied", code: decnet.CodeInvalid, skip: root,
		},
		{
			name: "read-only folder", path: func(t *testing.T, dir string) string {
				if err := os.Mkdir(dir+"/ro", 0o500); err != nil {
					t.Fatal(err)
				}
				return dir + "/ro/x.db"
			},
			want: "store PATH: cannot be created: permission denied", code: decnet.CodeInvalid, skip: root,
		},
		{
			name: "closed folder", path: func(t *testing.T, dir string) string {
				if err := os.Mkdir(dir+"/closed", 0); err != nil {
					t.Fatal(err)
				}
				return dir + "/closed/x.db"
			},
			want: "store PATH: permission denied", code: decnet.CodeInvalid, skip: root,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.skip {
				asOrdinaryUser(t)
				return
			}
			dir := t.TempDir()
			cfg := store.Config{Path: test.path(t, dir), BusyTimeout: 50 * time.Millisecond}
			s, err := store.Open(t.Context(), cfg)
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			want := strings.ReplaceAll(strings.ReplaceAll(test.want, "PATH", cfg.Path), "DIR", dir)
			if err.Error() != want {
				t.Errorf("error\n %s\nwant\n %s", err, want)
			}
			if test.code != "" && decnet.ErrorCode(err) != test.code {
				t.Errorf("code %s, want %s", decnet.ErrorCode(err), test.code)
			}
			if store.Unavailable(err) != (test.code == decnet.CodeUnavailable) {
				t.Errorf("Unavailable is %v", store.Unavailable(err))
			}
		})
	}
}

// asOrdinaryUser runs the present test again in a process of uid 65534: root may
// read and write everything, so that root cannot be refused.
func asOrdinaryUser(t *testing.T) {
	t.Helper()
	// The test's own program is root's alone, as is the folder of its folders.
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "test")
	if err := errors.Join(os.WriteFile(copied, program, 0o700), os.Chown(copied, 65534, 65534), os.Chown(dir, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), copied, "-test.v", "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as uid 65534: %v\n%s", err, out)
	}
}

func TestOpenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cfg := store.Default()
	cfg.Path = filepath.Join(t.TempDir(), "decnet.db")
	if s, err := store.Open(ctx, cfg); err == nil {
		t.Error("opened", s.Close())
	}
}

// Paths are file names and not URIs, whatever characters they have; the files
// are their owner's alone, whatever the umask.
func TestOpenPath(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	for _, name := range []string{"decnet.db", "a b", "a?mode=ro", "a%20b", "a#b", "a&_txlock=x", "é;'\"", "-"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		if _, err := s.Ingest(t.Context(), storetest.Traffic(1, 10)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(path + suffix)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if info.Mode().Perm() != 0o600 {
				t.Errorf("%s%s has mode %v, want 0600", name, suffix, info.Mode())
			}
		}
	}
}

// Close folds the log into the database file, so that copying it is a backup.
func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "decnet.db")
	cfg := store.Default()
	cfg.Path = path
	for n := range uint64(3) {
		s, err := store.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Ingest(t.Context(), storetest.Traffic(n, 100)); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path + "-wal"); err == nil {
			t.Error("Close left a log behind")
		}
	}
	if n, err := open(t, path).Events.Count(t.Context(), store.EventQuery{}); err != nil || n != 300 {
		t.Errorf("Count = %d, %v, want 300", n, err)
	}
}
