package shell_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

func TestFilesOfAUser(t *testing.T) {
	system, p := machine(t, "debian", 1)
	f := system.NewFS()
	root, user := f.As("root"), f.As(p.User)
	check := func(what string, err error, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: have %v, want %v", what, err, want)
		}
	}
	check("mkdir", root.Mkdir("/srv/d", 0o750), nil)
	check("mkdir again", root.Mkdir("/srv/d", 0o750), fs.ErrExist)
	check("write", root.Write("/srv/d/f", []byte("abc"), 0o600), nil)
	_, err := user.Read("/srv/d/f")
	check("read through a closed folder", err, fs.ErrPermission)
	_, err = user.Stat("/nope/x")
	check("stat", err, fs.ErrNotExist)
	check("symlink", root.Symlink("d/f", "/srv/l"), nil)
	if i, err := root.Stat("/srv/l"); err != nil || i.Name() != "l" || i.Size() != 3 || i.Mode() != 0o600 || i.IsDir() {
		t.Errorf("have %+v and %v", i, err)
	}
	if i, err := root.Lstat("/srv/l"); err != nil || i.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("have %+v and %v", i, err)
	}
	if to, err := root.Readlink("/srv/l"); to != "d/f" || err != nil {
		t.Errorf("have %q and %v", to, err)
	}
	if at, err := root.Real("/srv/./d/../l"); at != "/srv/d/f" || err != nil {
		t.Errorf("have %q and %v", at, err)
	}
	if at, err := root.Real("/srv/new"); at != "/srv/new" || err != nil {
		t.Errorf("have %q and %v", at, err)
	}
	check("rmdir", root.Rmdir("/srv/d"), fs.ErrExist)
	check("link", root.Link("/srv/d/f", "/srv/h"), nil)
	check("rename", root.Rename("/srv/h", "/srv/l"), nil)
	check("chmod", root.Chmod("/srv/l", 0o4755), nil)
	check("chown", root.Chown("/srv/l", 1000, 1000), nil)
	check("chown of another's", user.Chown("/etc/passwd", 1000, 1000), fs.ErrPermission)
	check("chtimes", root.Chtimes("/srv/l", time.Unix(1e9, 0)), nil)
	check("truncate", user.Truncate("/srv/l", 5), nil)
	i, err := root.Stat("/srv/d/f") // another name of the same file
	if err != nil || i.Mode() != 0o755|fs.ModeSetuid || i.Size() != 5 || i.Sys().(*shell.Owner).User != p.User || i.Sys().(*shell.Owner).Links != 2 {
		t.Errorf("have %+v and %v", i, err)
	}
	check("remove", root.Remove("/srv/d/f"), nil)
	list, err := root.List("/srv")
	if err != nil || len(list) != 2 || list[0].Name() != "d" || list[1].Name() != "l" || !list[0].IsDir() {
		t.Errorf("have %v and %v", list, err)
	}
	check("remove of another's", user.Remove("/etc/passwd"), fs.ErrPermission)
	if err := root.Remove("/srv"); err == nil || err.Error() != "Is a directory" {
		t.Errorf("remove of a folder: have %v", err)
	}
}

func TestOpenFile(t *testing.T) {
	system, _ := machine(t, "debian", 1)
	files := system.NewFS().As("oracle")
	if files.Home() != "/home/oracle" {
		t.Errorf("have home %s", files.Home())
	}
	f, err := files.Open("/home/oracle/x", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []struct {
		data string
		at   int64
	}{{"world", 6}, {"hello ", 0}} {
		if n, err := f.WriteAt([]byte(w.data), w.at); n != len(w.data) || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := f.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("a file that is open for writing can be read")
	}
	if _, err := f.WriteAt([]byte("x"), 1<<40); err == nil || err.Error() != "No space left on device" {
		t.Errorf("have %v", err)
	}
	if changed, err := f.Close(); !changed || err != nil {
		t.Error(changed, err)
	}
	if f, err = files.Open("/home/oracle/x", os.O_RDWR|os.O_APPEND, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("!"), 0); err != nil {
		t.Error(err)
	}
	buf := make([]byte, 20)
	if n, err := f.ReadAt(buf, 6); string(buf[:n]) != "world!" || err == nil {
		t.Errorf("have %q and %v", buf[:n], err)
	}
	if _, err := f.Close(); err != nil {
		t.Error(err)
	}
	for _, test := range []struct {
		path string
		flag int
		want error
	}{
		{"/etc/passwd", os.O_WRONLY, fs.ErrPermission},
		{"/etc/shadow", os.O_RDONLY, fs.ErrPermission},
		{"/etc/nope", os.O_RDONLY, fs.ErrNotExist},
		{"/etc/nope", os.O_WRONLY | os.O_CREATE, fs.ErrPermission},
		{"/home/oracle/x", os.O_WRONLY | os.O_CREATE | os.O_EXCL, fs.ErrExist},
		{"/proc/version", os.O_WRONLY, fs.ErrPermission},
	} {
		if _, err := files.Open(test.path, test.flag, 0o644); !errors.Is(err, test.want) {
			t.Errorf("%s: have %v, want %v", test.path, err, test.want)
		}
	}
}

func TestSourcesShareWhatNobodyChanged(t *testing.T) {
	system, _ := machine(t, "debian", 1)
	a, b := system.NewFS(), system.NewFS()
	for path, data := range map[string]string{"/etc/motd": "mine", "/tmp/x": "mine", "/usr/bin/wget": "mine"} {
		if err := a.As("root").Write(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if have, _ := b.As("root").Read(path); strings.Contains(string(have), "mine") {
			t.Errorf("%s of another source has %q", path, have)
		}
	}
	if err := a.As("root").Remove("/etc/passwd"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.As("root").Stat("/etc/passwd"); err != nil {
		t.Error(err)
	}
}

func TestWrittenFilesAreReportedOnceTheyAreWhole(t *testing.T) {
	tests := []struct{ script, want string }{
		{`echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x`, "/tmp/x=a\n|/tmp/x=a\nb\n"},
		{`for i in 1 2 3; do echo -n $i >> /tmp/x; done`, "/tmp/x=123"},
		{`echo -n a >> /tmp/x; rm -f /tmp/x`, "/tmp/x=a"},
		{`printf 'true\n' > /tmp/x && sh /tmp/x && rm -rf /tmp/x`, "/tmp/x=true\n"},
		{`echo -n a > /tmp/x; mv /tmp/x /tmp/y; cp /tmp/y /tmp/z`, "/tmp/x=a|/tmp/z=a"},
		{`echo aGk= | base64 -d > /tmp/x; echo k | tee /tmp/y >/dev/null`, "/tmp/x=hi|/tmp/y=k\n"},
		{"cat > /tmp/x <<E\nhi\nE", "/tmp/x=hi\n"},
		{`touch /tmp/x; > /tmp/y; echo x > /dev/null; echo x > /nope/x`, ""},
	}
	for _, test := range tests {
		var have []string
		s := newSession(t, func(c *shell.Config) {
			c.Written = func(path string, data []byte) { have = append(have, path+"="+string(data)) }
		})
		s.exec(test.script)
		if joined := strings.Join(have, "|"); joined != test.want {
			t.Errorf("%s: have %q, want %q", test.script, joined, test.want)
		}
	}
}
