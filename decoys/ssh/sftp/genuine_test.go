package sftp

import (
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// dialogue is what a client may ask, in a folder that is empty at first. DIR stands for
// the folder in names.
func dialogue(dir string) []request {
	at := func(name string) string { return dir + "/" + name }
	name := func(n string) func(*writer) { return func(w *writer) { w.string(n) } }
	handle := func(n byte) string { return string([]byte{0, 0, 0, n}) }
	open := func(n string, flags uint32, perm uint32) func(*writer) {
		return func(w *writer) { w.string(n).uint32(flags).uint32(attrPerm).uint32(perm) }
	}
	none := func(n string, flags uint32) func(*writer) {
		return func(w *writer) { w.string(n).uint32(flags).uint32(0) }
	}
	read := func(h string, off uint64, n uint32) func(*writer) {
		return func(w *writer) { w.string(h).uint64(off).uint32(n) }
	}
	write := func(h string, off uint64, data string) func(*writer) {
		return func(w *writer) { w.string(h).uint64(off).string(data) }
	}
	two := func(a, b string) func(*writer) { return func(w *writer) { w.string(a).string(b) } }
	attr := func(n string, set func(*writer)) func(*writer) {
		return func(w *writer) { set(w.string(n)) }
	}
	perm := func(p uint32) func(*writer) { return func(w *writer) { w.uint32(attrPerm).uint32(p) } }
	times := func(w *writer) { w.uint32(attrTimes).uint32(then).uint32(then) }
	size := func(n uint64) func(*writer) { return func(w *writer) { w.uint32(attrSize).uint64(n) } }
	ext := func(n string, body func(*writer)) request {
		return request{n, fxpExtended, func(w *writer) { body(w.string(n)) }}
	}
	const rwc = openRead | openWrite | openCreate
	return []request{
		{"init", fxpInit, func(w *writer) { w.uint32(3) }},
		{"init again, of another version", fxpInit, func(w *writer) { w.uint32(6).string("x").string("y") }},
		{"where am I", fxpRealpath, name(at("."))},
		{"up and down", fxpRealpath, name(at("a/../../" + dir[strings.LastIndex(dir, "/")+1:] + "/./nothing"))},
		{"nowhere", fxpRealpath, name(at("a/b/c"))},
		{"stat of nothing", fxpStat, name(at("nothing"))},
		{"stat of an empty name", fxpStat, name("")},
		{"lstat of an empty name", fxpLstat, name("")},
		{"open nothing", fxpOpen, none(at("nothing"), openRead)},
		{"open an empty name", fxpOpen, none("", openRead|openCreate)},
		{"mkdir", fxpMkdir, attr(at("d"), perm(0o777))},
		{"mkdir again", fxpMkdir, attr(at("d"), perm(0o777))},
		{"mkdir in nothing", fxpMkdir, attr(at("x/d"), perm(0o777))},
		{"mkdir without attributes", fxpMkdir, attr(at("e"), func(w *writer) { w.uint32(0) })},
		{"mkdir with a sticky bit", fxpMkdir, attr(at("s"), perm(0o1777))},
		{"stat of a sticky one", fxpStat, name(at("s"))},
		{"create", fxpOpen, open(at("f"), rwc|openTrunc, 0o644)},
		{"create, exclusively", fxpOpen, open(at("f"), rwc|openExcl, 0o644)},
		{"create in nothing", fxpOpen, open(at("x/f"), rwc, 0o644)},
		{"write", fxpWrite, write(handle(0), 0, "hello world\n")},
		{"write with a hole", fxpWrite, write(handle(0), 20, "end")},
		{"fstat", fxpFstat, name(handle(0))},
		{"read", fxpRead, read(handle(0), 0, 100)},
		{"read a part", fxpRead, read(handle(0), 6, 5)},
		{"read nothing", fxpRead, read(handle(0), 0, 0)},
		{"read beyond the end", fxpRead, read(handle(0), 100, 10)},
		{"read at the end of numbers", fxpRead, read(handle(0), 1<<63, 10)},
		{"write at the end of numbers", fxpWrite, write(handle(0), 1<<63+5, "x")},
		{"write nothing", fxpWrite, write(handle(0), 0, "")},
		{"a second handle", fxpOpen, none(at("f"), openRead)},
		{"write to what is open for reading", fxpWrite, write(handle(1), 0, "x")},
		{"read with a handle of no one", fxpRead, read(handle(9), 0, 1)},
		{"read with a long handle", fxpRead, read("handle", 0, 1)},
		{"close a handle of no one", fxpClose, name(handle(9))},
		{"readdir of a file", fxpReaddir, name(handle(0))},
		{"close the first", fxpClose, name(handle(0))},
		{"close it again", fxpClose, name(handle(0))},
		{"open, whose handle is used again", fxpOpen, none(at("f"), openWrite)},
		{"read what is open for writing", fxpRead, read(handle(0), 0, 1)},
		{"set a size", fxpFsetstat, attr(handle(0), size(5))},
		{"close", fxpClose, name(handle(0))},
		{"close", fxpClose, name(handle(1))},
		{"stat", fxpStat, name(at("f"))},
		{"a file is no directory", fxpStat, name(at("f/x"))},
		{"realpath below a file", fxpRealpath, name(at("f/x"))},
		{"append", fxpOpen, none(at("f"), openRead|openWrite|openAppend)},
		{"append at 0", fxpWrite, write(handle(1), 0, "!!")},
		{"read it", fxpRead, read(handle(1), 0, 100)},
		{"close", fxpClose, name(handle(1))},
		{"times", fxpSetstat, attr(at("f"), times)},
		{"stat with times", fxpStat, name(at("f"))},
		{"permissions", fxpSetstat, attr(at("f"), perm(0o106755))},
		{"stat with permissions", fxpStat, name(at("f"))},
		{"setstat of nothing", fxpSetstat, attr(at("nothing"), perm(0o600))},
		{"setstat without anything", fxpSetstat, attr(at("f"), func(w *writer) { w.uint32(0) })},
		{"setstat without anything of nothing", fxpSetstat, attr(at("nothing"), func(w *writer) { w.uint32(0) })},
		{"truncate a directory", fxpSetstat, attr(at("d"), size(5))},
		{"symlink", fxpSymlink, two("f", at("l"))},
		{"symlink again", fxpSymlink, two("f", at("l"))},
		{"symlink to nothing", fxpSymlink, two("nothing", at("n"))},
		{"readlink", fxpReadlink, name(at("l"))},
		{"readlink of a file", fxpReadlink, name(at("f"))},
		{"readlink of nothing", fxpReadlink, name(at("nothing"))},
		{"stat of a link", fxpStat, name(at("l"))},
		{"lstat of a link", fxpLstat, name(at("l"))},
		{"stat of a link to nothing", fxpStat, name(at("n"))},
		{"realpath of a link", fxpRealpath, name(at("l"))},
		{"realpath of a link to nothing", fxpRealpath, name(at("n"))},
		{"rename onto another", fxpRename, two(at("f"), at("l"))},
		{"rename", fxpRename, two(at("f"), at("g"))},
		{"rename nothing", fxpRename, two(at("f"), at("h"))},
		{"rename a directory", fxpRename, two(at("d"), at("d2"))},
		{"rename a directory onto another", fxpRename, two(at("d2"), at("e"))},
		{"rename into nothing", fxpRename, two(at("g"), at("x/g"))},
		{"remove a directory", fxpRemove, name(at("d2"))},
		{"rmdir of a file", fxpRmdir, name(at("g"))},
		{"rmdir of nothing", fxpRmdir, name(at("x"))},
		{"remove nothing", fxpRemove, name(at("x"))},
		{"create in a folder", fxpOpen, open(at("e/in"), rwc, 0o600)},
		{"close", fxpClose, name(handle(1))},
		{"rmdir of a full one", fxpRmdir, name(at("e"))},
		{"opendir", fxpOpendir, name(dir)},
		{"read of a directory", fxpRead, read(handle(1), 0, 10)},
		{"fstat of a directory", fxpFstat, name(handle(1))},
		{"readdir", fxpReaddir, name(handle(1))},
		{"readdir at the end", fxpReaddir, name(handle(1))},
		{"close", fxpClose, name(handle(1))},
		{"opendir of a file", fxpOpendir, name(at("g"))},
		{"opendir of nothing", fxpOpendir, name(at("x"))},
		{"open a directory", fxpOpen, none(at("e"), openRead)},
		{"read it as a file", fxpRead, read(handle(1), 0, 10)},
		{"close", fxpClose, name(handle(1))},
		{"open a directory to write", fxpOpen, none(at("e"), openWrite)},
		{"a name that is too long", fxpOpen, none(at(strings.Repeat("n", 256)), rwc)},
		{"a name with a NUL at its end", fxpStat, name(at("g\x00"))},
		ext("posix-rename@openssh.com", two(at("g"), at("l"))),
		ext("hardlink@openssh.com", two(at("l"), at("hard"))),
		ext("hardlink@openssh.com", two(at("x"), at("y"))),
		{"stat of two names", fxpOpendir, name(dir)},
		{"which readdir shows", fxpReaddir, name(handle(1))},
		{"close", fxpClose, name(handle(1))},
		ext("lsetstat@openssh.com", attr(at("n"), times)),
		ext("lsetstat@openssh.com", attr(at("l"), size(5))),
		ext("lsetstat@openssh.com", attr(at("nothing"), perm(0o600))),
		ext("limits@openssh.com", func(*writer) {}),
		ext("expand-path@openssh.com", name(at("e/../l"))),
		ext("expand-path@openssh.com", name("~root")),
		ext("expand-path@openssh.com", name("~nobody-has-this/x")),
		ext("home-directory", name("root")),
		ext("home-directory", name("nobody-has-this")),
		ext("users-groups-by-id@openssh.com", two("\x00\x00\x00\x00\x00\x00\x00\x01\x7f\xff\xff\xff", "\x00\x00\x00\x00")),
		ext("no-such@openssh.com", func(*writer) {}),
		ext("statvfs@openssh.com", name(at("nothing"))),
		{"a source", fxpOpen, none(at("l"), openRead)},
		{"a sink", fxpOpen, open(at("copy"), rwc, 0o600)},
		ext("copy-data", func(w *writer) { w.string(handle(1)).uint64(1).uint64(0).string(handle(0)).uint64(3) }),
		ext("copy-data", func(w *writer) { w.string(handle(1)).uint64(1).uint64(2).string(handle(1)).uint64(3) }),
		ext("fsync@openssh.com", name(handle(0))),
		ext("fsync@openssh.com", name(handle(9))),
		{"what was copied", fxpRead, read(handle(0), 0, 100)},
		ext("fstatvfs@openssh.com", name(handle(9))),
	}
}

// genuine is a running sftp-server of Debian 12, whose OpenSSH is 9.2.
func genuine(t *testing.T) (io.ReadWriteCloser, func() int) {
	t.Helper()
	const program = "/usr/lib/openssh/sftp-server"
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("OpenSSH's sftp-server is not installed")
	}
	out, err := exec.CommandContext(t.Context(), "ssh", "-V").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "OpenSSH_9.2") {
		if os.Getenv("CI") == "true" {
			t.Fatalf("this is another release, %s: %v", out, err)
		}
		t.Skipf("this is another release, %s: %v", out, err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -n 1024; exec "+program+" -u 022")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := sync.OnceValue(func() int {
		_ = in.Close()
		_ = cmd.Wait() // its status is asked for
		return cmd.ProcessState.ExitCode()
	})
	t.Cleanup(func() { end() })
	return pipe{stdout, in}, end
}

type pipe struct {
	io.Reader
	io.WriteCloser
}

// ours is the decoy's server, with the folder dir.
func ours(t *testing.T, dir string, c Config) (io.ReadWriteCloser, func() int) {
	t.Helper()
	c.Release, c.Disk = 902, Disk{Blocks: 10 << 20}
	if c.Files == nil {
		c.Files = newFiles(t)
	}
	for at, rest := "", dir; rest != ""; {
		part, more, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		at, rest = at+"/"+part, more
		_ = c.Files.Mkdir(at, 0o755) // some are there
	}
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- Serve(t.Context(), struct {
			io.Reader
			io.Writer
		}{in, out}, c)
		_ = in.Close()
		_ = out.Close()
	}()
	end := sync.OnceValue(func() int {
		_ = toServer.Close()
		_ = fromServer.Close()
		return <-status
	})
	t.Cleanup(func() { end() })
	return pipe{fromServer, toServer}, end
}

// folder is one that both servers have.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "parent", "folder")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAnswersAreThoseOfTheGenuineServer(t *testing.T) {
	dir := folder(t)
	theirs, _ := genuine(t)
	mine, _ := ours(t, dir, Config{})
	for i, q := range dialogue(dir) {
		packet := q.bytesOf(uint32(i))
		var replies [2]string
		for k, rw := range []io.ReadWriter{theirs, mine} {
			if _, err := rw.Write(packet); err != nil {
				t.Fatalf("%s: %v", q.name, err)
			}
			b, err := reply(rw)
			if err != nil {
				t.Fatalf("%s: no answer of %d: %v", q.name, k, err)
			}
			replies[k] = show(b)
		}
		if replies[0] != replies[1] {
			t.Errorf("%d %s:\nhave %s\nwant %s", i, q.name, replies[1], replies[0])
		}
	}
}

// What no client sends ends the genuine server, or does not, and so it does ours.
func TestEndsAreThoseOfTheGenuineServer(t *testing.T) {
	hello := (&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0)
	ask := (&request{kind: fxpRealpath, body: func(w *writer) { w.string("/") }}).bytesOf(7)
	packet := func(b string) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	}
	tests := []struct {
		name   string
		hello  bool
		packet []byte
	}{
		{"nothing", true, nil},
		{"no hello", false, ask},
		{"an extension before hello", false, packet("\xc8\x00\x00\x00\x01\x00\x00\x00\x01x")},
		{"an unknown packet before hello", false, packet("\x63\x00\x00\x00\x01")},
		{"a hello that is too short", false, packet("\x01\x00\x00")},
		{"an empty packet", true, packet("")},
		{"a packet of one byte", true, packet("\x03")},
		{"an unknown packet", true, packet("\x63\x00\x00\x00\x01more")},
		{"an unknown packet without id", true, packet("\x63")},
		{"an answer", true, packet("\x65\x00\x00\x00\x01\x00\x00\x00\x00")},
		{"a string that is too long", true, packet("\x11\x00\x00\x00\x01\x00\x00\x00\x09/")},
		{"a name with a NUL", true, packet("\x11\x00\x00\x00\x01\x00\x00\x00\x03/\x00x")},
		{"more than the packet needs", true, packet("\x10\x00\x00\x00\x01\x00\x00\x00\x01/more")},
		{"a packet that is too large", true, []byte{0, 4, 0, 1}},
		{"the largest length", true, []byte{255, 255, 255, 255}},
		{"many extended attributes", true, packet("\x09\x00\x00\x00\x01\x00\x00\x00\x01/\x80\x00\x00\x00\x00\x20\x00\x00")},
		{"few extended attributes", true, packet("\x09\x00\x00\x00\x01\x00\x00\x00\x01/\x80\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01a\x00\x00\x00\x01b")},
		{"users of three bytes", true, packet("\xc8\x00\x00\x00\x01\x00\x00\x00\x1eusers-groups-by-id@openssh.com\x00\x00\x00\x03abc\x00\x00\x00\x00")},
		{"an extension without its name", true, packet("\xc8\x00\x00\x00\x01\x00\x00\x00\x07x")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			converse := func(rw io.ReadWriteCloser, end func() int) (said []string, status int) {
				if test.hello {
					if _, err := rw.Write(hello); err != nil {
						t.Fatal(err)
					}
					if b, err := reply(rw); err != nil || b[0] != fxpVersion {
						t.Fatalf("have %q, %v", b, err)
					}
				}
				sent, enough := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(sent)
					_, err := rw.Write(test.packet)
					// The genuine server looks at the second of two packets that
					// come at once only when more comes.
					for err == nil {
						_, err = rw.Write(ask) // it may have ended
						select {
						case <-enough:
							return
						case <-time.After(5 * time.Millisecond):
						}
					}
				}()
				for {
					b, err := reply(rw)
					if err != nil {
						break
					}
					said = append(said, show(b))
					if strings.HasPrefix(said[len(said)-1], "7:") {
						break
					}
				}
				close(enough)
				_ = rw.Close()
				status = end()
				<-sent
				return said, status
			}
			want, wantStatus := converse(genuine(t))
			have, haveStatus := converse(ours(t, "/tmp/x", Config{}))
			if !slices.Equal(have, want) || haveStatus != wantStatus {
				t.Errorf("have %q, %d\nwant %q, %d", have, haveStatus, want, wantStatus)
			}
		})
	}
}
