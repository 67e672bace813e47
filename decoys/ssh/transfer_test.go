package ssh_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

// transfer runs a program of OpenSSH's, or one that uses its client, in dir as root with the
// password "secret". REMOTE in args is the decky.
func transfer(t *testing.T, d *decoytest.Decoy, dir, stdin, program string, args ...string) (string, int) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(program + " is not installed")
	}
	askpass := filepath.Join(t.TempDir(), "askpass")
	if err := os.WriteFile(askpass, []byte("#!/bin/sh\necho secret\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	options := []string{
		"-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "PreferredAuthentications=password", "-o", "IdentityAgent=none", "-o", "Port=" + port(d),
	}
	if program == "rsync" {
		options = []string{"-e", "ssh " + strings.Join(options, " ")}
	}
	for _, a := range args {
		options = append(options, strings.ReplaceAll(a, "REMOTE", "root@127.0.0.1"))
	}
	cmd := exec.CommandContext(t.Context(), path, options...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), "SSH_ASKPASS="+askpass, "SSH_ASKPASS_REQUIRE=force", "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	} else if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out), 0
}

// payload is something that is no text and longer than a packet.
func payload() []byte { return bytes.Repeat([]byte("\x7fELF\x00\r\n\xff"), 20_000) }

// brought fails unless the decky has kept the payload under path, by the way how.
func brought(t *testing.T, d *decoytest.Decoy, path, how string) {
	t.Helper()
	events := d.WaitFor(decnet.KindCaptured, 1)
	i := slices.IndexFunc(events, func(e decnet.Event) bool { return e.Fields["path"] == path })
	if i < 0 || events[i].Fields["how"] != how || events[i].Fields["stored"] != "true" {
		t.Errorf("have %v", events)
	}
	if all := d.Artifacts(artifact.File); !slices.ContainsFunc(all, func(a decoytest.Artifact) bool { return a.Whole && bytes.Equal(a.Data, payload()) }) {
		t.Error("its content is not kept")
	}
}

func TestSCPBothWays(t *testing.T) {
	for how, flags := range map[string][]string{"scp": {"-O"}, "sftp": nil} {
		t.Run(how, func(t *testing.T) {
			d := decoytest.Start(t, ssh.Service(), fast(nil))
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bot"), payload(), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, "back"), 0o755); err != nil {
				t.Fatal(err)
			}
			run := func(want int, args ...string) string {
				t.Helper()
				out, status := transfer(t, d, dir, "", "scp", append(slices.Clone(flags), args...)...)
				if status != want {
					t.Errorf("scp %v: status %d: %s", args, status, out)
				}
				return out
			}
			run(0, "-p", "bot", "REMOTE:/tmp/")
			brought(t, d, map[string]string{"scp": "/tmp//bot", "sftp": "/tmp/bot"}[how], how)
			run(0, "REMOTE:/tmp/bot", "back/bot")
			if have, err := os.ReadFile(filepath.Join(dir, "back", "bot")); err != nil || !bytes.Equal(have, payload()) {
				t.Errorf("%d bytes came back: %v", len(have), err)
			}
			run(0, "-r", "back", "REMOTE:")
			if out, status := transfer(t, d, dir, "", "ssh", "REMOTE", "ls -l /root/back /tmp/bot; wc -c < back/bot"); status != 0 ||
				!strings.Contains(out, "-rwxr-xr-x") || !strings.HasSuffix(out, itoa(len(payload()))+"\n") {
				t.Errorf("have %s", out)
			}
			if out := run(1, "REMOTE:/nothing", "."); !strings.Contains(out, "/nothing") || !strings.Contains(out, "No such file or directory") {
				t.Errorf("have %s", out)
			}
			if out := run(1, "bot", "REMOTE:/no/such/folder/x"); !strings.Contains(out, "No such file or directory") {
				t.Errorf("have %s", out)
			}
		})
	}
}

func TestSFTPClient(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bot"), payload(), 0o755); err != nil {
		t.Fatal(err)
	}
	commands := []string{
		"pwd", "mkdir /tmp/d", "put bot /tmp/d/bot", "chmod 700 /tmp/d/bot", "ls -la /tmp/d", "rename /tmp/d/bot /tmp/d/b", "symlink b /tmp/d/l", "ln /tmp/d/b /tmp/d/h",
		"df -h", "get /tmp/d/l back", "rm /tmp/d/*", "rmdir /tmp/d", "cd /tmp/d", "get /etc/nothing", "put /nothing", "rm /proc/1", "bye",
	}
	out, _ := transfer(t, d, dir, strings.Join(commands, "\n")+"\n", "sftp", "REMOTE")
	for _, want := range []string{
		"Remote working directory: /root", "-rwx------    ? root     root       160000", "Avail", "File \"/etc/nothing\" not found.",
		"stat remote: No such file or directory", "Removing /tmp/d/b",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	brought(t, d, "/tmp/d/bot", "sftp")
	if have, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || !bytes.Equal(have, payload()) {
		t.Errorf("%d bytes came back: %v", len(have), err)
	}
	var ops []string
	for _, e := range d.Kind("file_request") {
		if e.Fields["accepted"] == "true" && e.Fields["op"] != "list" {
			ops = append(ops, e.Fields["op"])
		}
	}
	if want := "mkdir write setstat rename symlink link read remove remove remove rmdir"; strings.Join(ops, " ") != want {
		t.Errorf("have %v, want %s", ops, want)
	}
	if e := d.WaitFor("subsystem", 1)[0]; e.Fields["name"] != "sftp" || e.Fields["accepted"] != "true" {
		t.Errorf("have %v", e.Fields)
	}
}

func TestParamikoTransfersFiles(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bot"), payload(), 0o755); err != nil {
		t.Fatal(err)
	}
	script := write(t, dir, "x.py", `
import paramiko, sys
c = paramiko.SSHClient()
c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
c.connect("127.0.0.1", port=int(sys.argv[1]), username="root", password="secret", look_for_keys=False, allow_agent=False)
s = c.open_sftp()
s.put("bot", "/tmp/bot")
assert s.stat("/tmp/bot").st_size == 160000
s.chmod("/tmp/bot", 0o755)
s.get("/tmp/bot", "back")
print(sorted(s.listdir("/tmp")), s.normalize("."))
with s.open("/tmp/x", "a") as f:
    f.write("one\n")
    f.write("two\n")
with s.open("/tmp/x") as f:
    print(f.read())
try:
    s.remove("/nothing")
except FileNotFoundError as e:
    print(e)
c.close()
`)
	out, status := tool(t, dir, "/usr/bin/python3", script, port(d))
	if status != 0 && strings.Contains(out, "No module named 'paramiko'") && os.Getenv("CI") != "true" {
		t.Skip("paramiko is not installed")
	}
	if status != 0 || !strings.Contains(out, "'bot'") || !strings.Contains(out, `b'one\ntwo\n'`) || !strings.Contains(out, "[Errno 2] No such file") {
		t.Errorf("have %d: %s", status, out)
	}
	brought(t, d, "/tmp/bot", "sftp")
	if have, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || !bytes.Equal(have, payload()) {
		t.Errorf("%d bytes came back: %v", len(have), err)
	}
}

func TestRsyncIsNotInstalled(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	dir := t.TempDir()
	write(t, dir, "bot", "x")
	out, status := transfer(t, d, dir, "", "rsync", "bot", "REMOTE:/tmp/")
	if status == 0 || !strings.Contains(out, "rsync: command not found") {
		t.Errorf("have %d: %s", status, out)
	}
	if e := d.WaitFor(decnet.KindCommand, 1)[0]; !strings.HasPrefix(e.Fields[decnet.FieldCommand], "rsync --server") {
		t.Errorf("have %v", e.Fields)
	}
}

func TestOpenSSHForwards(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	out, status := transfer(t, d, t.TempDir(), "GET / HTTP/1.0\r\n\r\n", "ssh", "-W", "198.51.100.7:80", "REMOTE")
	if status != 0 || out != "" {
		t.Errorf("have %d: %q", status, out)
	}
	if f := d.WaitFor("forward", 1)[0].Fields; f["target"] != "198.51.100.7:80" || f["data"] != "GET / HTTP/1.0????" {
		t.Errorf("have %v", f)
	}
}
