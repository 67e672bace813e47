package sftp

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
)

// client asks and reads answers.
type client struct {
	*testing.T
	pipe interface {
		Read([]byte) (int, error)
		Write([]byte) (int, error)
	}
	id uint32
}

func (c *client) ask(kind byte, body func(*writer)) string {
	c.Helper()
	c.id++
	if _, err := c.pipe.Write((&request{kind: kind, body: body}).bytesOf(c.id)); err != nil {
		c.Fatal(err)
	}
	b, err := reply(c.pipe)
	if err != nil {
		c.Fatal(err)
	}
	_, text, _ := strings.Cut(show(b), ": ")
	return text
}

func TestWhatIsDoneIsReported(t *testing.T) {
	files := newFiles(t)
	var told []string
	var written bytes.Buffer
	rw, end := ours(t, "/tmp/x", Config{
		Files: files,
		Request: func(op, path, to string, ok bool) {
			told = append(told, strings.TrimSpace(fmt.Sprintln(op, path, to, ok)))
		},
		Written: func(f capture.File) { fmt.Fprintf(&written, "%s=%s;", f.Path, f.Content) },
	})
	c := &client{T: t, pipe: rw}
	if _, err := rw.Write((&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := reply(rw); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/tmp/x/a", "b"} {
		c.ask(fxpOpen, func(w *writer) { w.string(name).uint32(openWrite | openCreate).uint32(0) })
	}
	c.ask(fxpWrite, func(w *writer) { w.string("\x00\x00\x00\x00").uint64(0).string("first") })
	c.ask(fxpWrite, func(w *writer) { w.string("\x00\x00\x00\x01").uint64(0).string("second") })
	c.ask(fxpClose, func(w *writer) { w.string("\x00\x00\x00\x00") })
	c.ask(fxpRemove, func(w *writer) { w.string("/etc/nothing") })
	c.ask(fxpRename, func(w *writer) { w.string("/tmp/x/a").string("/tmp/x/c") })
	end() // with a file open
	want := "write /tmp/x/a  true|write b  true|remove /etc/nothing  false|rename /tmp/x/a /tmp/x/c true"
	if have := strings.Join(told, "|"); have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	if have := written.String(); have != "/tmp/x/a=first;/root/b=second;" {
		t.Errorf("have %q", have)
	}
}

func TestReleasesHaveTheirExtensions(t *testing.T) {
	for release, want := range map[int]string{
		802: "lsetstat@openssh.com=1",
		809: "expand-path@openssh.com=1",
		902: "users-groups-by-id@openssh.com=1",
	} {
		var out bytes.Buffer
		s := &server{Config: Config{Release: release}, out: &out}
		s.version()
		b, err := reply(&out)
		if have := show(b); err != nil || !strings.HasSuffix(have, want) {
			t.Errorf("%d: have %s, %v, want %s last", release, have, err, want)
		}
	}
}

func TestOpenFilesAreBounded(t *testing.T) {
	rw, _ := ours(t, "/tmp/x", Config{})
	c := &client{T: t, pipe: rw}
	if _, err := rw.Write((&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := reply(rw); err != nil {
		t.Fatal(err)
	}
	opened := 0
	handle := func(i int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(i))) }
	for range maxHandles + 100 {
		if strings.HasPrefix(c.ask(fxpOpendir, func(w *writer) { w.string("/tmp") }), "handle") {
			opened++
		}
	}
	if opened != maxHandles {
		t.Errorf("have %d handles, want %d", opened, maxHandles)
	}
	for i := range maxHandles {
		c.ask(fxpClose, func(w *writer) { w.string(handle(i)) })
	}
	block := strings.Repeat("x", 200<<10)
	kept := 0
	for i := range 8 {
		c.ask(fxpOpen, func(w *writer) { w.string(fmt.Sprint("/tmp/x/", i)).uint32(openWrite | openCreate).uint32(0) })
		for n := range 20 {
			h := handle(maxHandles - 1 - i)
			answer := c.ask(fxpWrite, func(w *writer) { w.string(h).uint64(uint64(n) * uint64(len(block))).string(block) })
			if strings.HasPrefix(answer, "status 0") {
				kept += len(block)
			}
		}
	}
	if kept > maxOpen || kept < maxOpen-2*len(block) {
		t.Errorf("%d bytes are held open, want up to %d", kept, maxOpen)
	}
}

func TestMemoryOfAllSessionsIsBounded(t *testing.T) {
	memory := decoy.NewBudget(1000)
	rw, end := ours(t, "/tmp/x", Config{Memory: memory})
	c := &client{T: t, pipe: rw}
	if _, err := rw.Write((&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := reply(rw); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"status 0", "status 4"} {
		c.ask(fxpOpen, func(w *writer) { w.string(fmt.Sprint("/tmp/x/", i)).uint32(openWrite | openCreate).uint32(0) })
		answer := c.ask(fxpWrite, func(w *writer) { w.string(string([]byte{0, 0, 0, byte(i)})).uint64(0).string(strings.Repeat("x", 600)) })
		if !strings.HasPrefix(answer, want) {
			t.Errorf("have %s, want %s", answer, want)
		}
	}
	if end(); !memory.Take(1000) {
		t.Error("not all was given back")
	}
}

func TestLargeFilesAreThereAsLongAsTheyAre(t *testing.T) {
	files := newFiles(t)
	var kept int
	var size int64
	var sum string
	rw, end := ours(t, "/tmp/x", Config{Files: files, Written: func(f capture.File) { kept, size, sum = len(f.Content), f.Size, f.Sum }})
	c := &client{T: t, pipe: rw}
	if _, err := rw.Write((&request{kind: fxpInit, body: func(w *writer) { w.uint32(3) }}).bytesOf(0)); err != nil {
		t.Fatal(err)
	}
	if _, err := reply(rw); err != nil {
		t.Fatal(err)
	}
	const large, step = 12 << 20, 200 << 10
	handle := string([]byte{0, 0, 0, 0})
	c.ask(fxpOpen, func(w *writer) { w.string("/tmp/x/large").uint32(openWrite | openCreate | openTrunc).uint32(0) })
	for off := 0; off < large; off += step {
		n := min(step, large-off)
		if answer := c.ask(fxpWrite, func(w *writer) { w.string(handle).uint64(uint64(off)).string(strings.Repeat("x", n)) }); !strings.HasPrefix(answer, "status 0") {
			t.Fatalf("at %d: have %s", off, answer)
		}
	}
	if answer := c.ask(fxpFstat, func(w *writer) { w.string(handle) }); !strings.HasSuffix(answer, fmt.Sprint("size=", large)) {
		t.Errorf("have %s", answer)
	}
	if answer := c.ask(fxpClose, func(w *writer) { w.string(handle) }); !strings.HasPrefix(answer, "status 0") {
		t.Errorf("have %s", answer)
	}
	if answer := c.ask(fxpStat, func(w *writer) { w.string("/tmp/x/large") }); !strings.HasSuffix(answer, fmt.Sprint("size=", large)) {
		t.Errorf("have %s", answer)
	}
	end()
	want := sha256.Sum256([]byte(strings.Repeat("x", large)))
	if kept != shell.MaxWhole || size != large || sum != hex.EncodeToString(want[:]) {
		t.Errorf("have %d of %d bytes", kept, size)
	}
}
