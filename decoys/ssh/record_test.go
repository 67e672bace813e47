package ssh_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"testing"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

func itoa(n int) string { return strconv.Itoa(n) }

// cast is a recording, with all that was shown and typed.
type cast struct {
	width, height  float64
	shown, typed   string
	resized, other string
}

func readCast(t *testing.T, b []byte) (c cast) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	var header struct {
		Version       int
		Width, Height float64
		Env           map[string]string
	}
	if err := d.Decode(&header); err != nil || header.Version != 2 || header.Env["TERM"] != "xterm-256color" {
		t.Fatalf("have header %+v, %v", header, err)
	}
	c.width, c.height = header.Width, header.Height
	for d.More() {
		var e [3]any
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		text, _ := e[2].(string)
		switch e[1] {
		case "o":
			c.shown += text
		case "i":
			c.typed += text
		case "r":
			c.resized += text
		default:
			c.other += text
		}
	}
	return c
}

func TestTerminalsAreRecorded(t *testing.T) {
	d, c := loggedIn(t, nil)
	sessions := []func(*xssh.Session){
		func(s *xssh.Session) { // a shell
			in, err := s.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Shell(); err != nil {
				t.Fatal(err)
			}
			if err := s.WindowChange(50, 120); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(in, "until [ $COLUMNS = 120 ]; do sleep 0.01; done; id; echo secret-$((40+2))\rexit\r")
			_ = s.Wait()
		},
		func(s *xssh.Session) { // a command
			if out, err := s.Output("id; echo secret-42"); err != nil {
				t.Fatalf("%q: %v", out, err)
			}
		},
	}
	for i, run := range sessions {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RequestPty("xterm-256color", 30, 100, xssh.TerminalModes{}); err != nil {
			t.Fatal(err)
		}
		run(s)
		e := d.WaitFor(decnet.KindRecorded, i+1)[i]
		all := d.Artifacts(artifact.Session)
		if len(all) != i+1 || !all[i].Whole {
			t.Fatalf("have %d recordings", len(all))
		}
		rec := readCast(t, all[i].Data)
		if rec.width != 100 || rec.height != 30 || !strings.Contains(rec.shown, "uid=0(root)") || !strings.Contains(rec.shown, "secret-42\r\n") {
			t.Errorf("have %+v", rec)
		}
		if i == 0 && (rec.typed != "until [ $COLUMNS = 120 ]; do sleep 0.01; done; id; echo secret-$((40+2))\rexit\r" || rec.resized != "120x50") {
			t.Errorf("have typed %q, resized %q", rec.typed, rec.resized)
		}
		if f := e.Fields; f["artifact"] != all[i].ID || f["bytes"] != itoa(len(all[i].Data)) || f["stored"] != "true" || f["user"] != "root" {
			t.Errorf("have %v", f)
		}
		if r, ok := decnet.RecordingOf(&e); !ok || r.ID != all[i].ID || r.Session != e.Session {
			t.Errorf("have %+v", r)
		}
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Output("id"); err != nil {
		t.Fatal(err)
	}
	if n := len(d.Artifacts(artifact.Session)); n != 2 {
		t.Errorf("%d are recorded, of which two have a terminal", n)
	}
}

func TestARecordingOfAConnectionThatBreaksHasAnEnd(t *testing.T) {
	d, c := loggedIn(t, nil)
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm-256color", 30, 100, xssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	d.WaitFor(decnet.KindRecorded, 1)
	if all := d.Artifacts(artifact.Session); len(all) != 1 || !all[0].Whole {
		t.Errorf("have %+v", all)
	}
}

func TestFilesThatCommandsWriteAreKept(t *testing.T) {
	d, c := loggedIn(t, nil)
	for _, command := range []string{
		"echo hello > /tmp/a",
		"cat > /tmp/b <<'X'\n#!/bin/sh\necho hi\nX\n",
		"echo IyEvYmluL3NoCg== | base64 -d > /tmp/c",
	} {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if out, err := s.CombinedOutput(command); err != nil {
			t.Fatalf("%s: %q, %v", command, out, err)
		}
	}
	want := map[string]string{"/tmp/a": "hello\n", "/tmp/b": "#!/bin/sh\necho hi\n", "/tmp/c": "#!/bin/sh\n"}
	kept := d.Artifacts(artifact.File)
	for i, e := range d.WaitFor(decnet.KindCaptured, 3) {
		if f := e.Fields; string(kept[i].Data) != want[f["path"]] || f["how"] != "shell" || f["artifact"] != f["sha256"] {
			t.Errorf("have %v with %q", f, kept[i].Data)
		}
	}
}
