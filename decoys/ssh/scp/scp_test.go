package scp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
)

func TestWhatIsDoneIsReported(t *testing.T) {
	var told []string
	c := Config{
		Files: newFiles(t), Request: func(op, path string, ok bool) { told = append(told, fmt.Sprint(op, " ", path, " ", ok)) },
		Written: func(f capture.File) {
			told = append(told, fmt.Sprintf("%s=%s/%d", f.Path, f.Content, f.Size))
		},
		Download: func(what string) { told = append(told, "download "+what) },
	}
	ours(t.Context(), c, "/tmp", "D0755 0 d\nC0644 5 x\nhello\x00E\n", []string{"-r", "-t", "."})
	ours(t.Context(), c, "/tmp", "C0644 5 y\nhel", []string{"-t", "/tmp/d"})
	ours(t.Context(), c, "/tmp", "\x00\x00\x00", []string{"-f", "d/x", "nothing"})
	_, errs, status := ours(t.Context(), c, "/tmp", "", []string{"-P", "2222", "root@198.51.100.7:/x", "."})
	want := "mkdir /tmp/./d true|write /tmp/./d/x true|/tmp/./d/x=hello/5|write /tmp/d/y true|/tmp/d/y=hel/3|" +
		"read /tmp/d/x true|read /tmp/nothing false|download root@198.51.100.7:/x"
	if have := strings.Join(told, "|"); have != want {
		t.Errorf("have %q\nwant %q", have, want)
	}
	if status != 1 || errs != "ssh: connect to host 198.51.100.7 port 22: No route to host\r\nscp: Connection closed\n" {
		t.Errorf("have %q, %d", errs, status)
	}
}

func TestLargeFilesAreThereAsLongAsTheyAre(t *testing.T) {
	var size int64
	var kept int
	var sum string
	c := Config{Files: newFiles(t), Written: func(f capture.File) { kept, size, sum = len(f.Content), f.Size, f.Sum }}
	const large = 12 << 20
	out, _, status := ours(t.Context(), c, "/tmp", fmt.Sprintf("C0644 %d x\n%s\x00", large, strings.Repeat("x", large)), []string{"-t", "."})
	if out != "\x00\x00\x00" || status != 0 {
		t.Errorf("have %q, %d", out, status)
	}
	want := sha256.Sum256([]byte(strings.Repeat("x", large)))
	if size != large || kept != shell.MaxWhole || sum != hex.EncodeToString(want[:]) {
		t.Errorf("have %d of %d bytes", kept, size)
	}
	if i, err := c.Files.Stat("/tmp/x"); err != nil || i.Size() != large {
		t.Errorf("it has %d bytes, %v", i.Size(), err)
	}
}

func TestMemoryOfAllSessionsIsBounded(t *testing.T) {
	kept := -1
	c := Config{Files: newFiles(t), Memory: decoy.NewBudget(100), Written: func(f capture.File) { kept = len(f.Content) }}
	for _, test := range []struct{ size, kept int }{{200, 0}, {60, 60}, {100, 100}} { // and given back
		out, _, status := ours(t.Context(), c, "/tmp", fmt.Sprintf("C0644 %d x\n%s\x00", test.size, strings.Repeat("x", test.size)), []string{"-t", "."})
		if kept != test.kept || status != 0 {
			t.Errorf("%d bytes: have %q, %d with %d kept", test.size, out, status, kept)
		}
	}
}

// Whatever a client sends and asks for, the program ends.
func FuzzRun(f *testing.F) {
	for _, test := range tests {
		f.Add([]byte(test.input), test.args)
	}
	f.Fuzz(func(t *testing.T, input []byte, args string) {
		if len(args) > 200 {
			return
		}
		var out, errs bytes.Buffer
		c := Config{Files: newFiles(t), Release: 902}
		c.Run(t.Context(), shell.Process{
			Streams: shell.Streams{In: bytes.NewReader(input), Out: &out, Err: &errs}, Args: append([]string{"scp"}, strings.Fields(args)...), Dir: "/root",
		})
	})
}
