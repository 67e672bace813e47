package ssh_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/pkg/decnet"
)

// tool runs a program that is to be there and returns what it printed and its exit status. In
// CI it is.
func tool(t *testing.T, dir string, name string, args ...string) (string, int) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(name + " is not installed")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8", "ANSIBLE_HOST_KEY_CHECKING=False", "ANSIBLE_LOCAL_TEMP="+dir)
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

func port(d *decoytest.Decoy) string {
	_, p, _ := strings.Cut(d.Addr, ":")
	return p
}

// write makes a file of the test's own.
func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Guessers find the one right password among wrong ones, and every attempt is on record.
func TestPasswordGuessersWork(t *testing.T) {
	tools := map[string]func(d *decoytest.Decoy, users, passwords string) (string, []string){
		"hydra": func(d *decoytest.Decoy, users, passwords string) (string, []string) {
			return "hydra", []string{"-I", "-L", users, "-P", passwords, "-s", port(d), "-t", "4", "127.0.0.1", "ssh"}
		},
		"medusa": func(d *decoytest.Decoy, users, passwords string) (string, []string) {
			return "medusa", []string{"-h", "127.0.0.1", "-n", port(d), "-U", users, "-P", passwords, "-M", "ssh", "-t", "2"}
		},
	}
	for name, command := range tools {
		t.Run(name, func(t *testing.T) {
			d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": "list", "accounts": "root:toor", "max_startups": "false"}))
			dir := t.TempDir()
			program, args := command(d, write(t, dir, "users", "admin\nroot\n"), write(t, dir, "passwords", "123456\npassword\ntoor\nadmin\n"))
			out, _ := tool(t, dir, program, args...)
			if !regexp.MustCompile(`(?i)(login: root +password: toor|User: root Password: toor \[SUCCESS)`).MatchString(out) ||
				regexp.MustCompile(`(?i)(login: admin|User: admin Password: \S+ \[SUCCESS)`).MatchString(out) {
				t.Errorf("have %s", out)
			}
			accepted := 0
			for _, e := range d.WaitFor(decnet.KindAuthAttempt, 6) {
				if c, ok := decnet.CredentialOf(&e); ok && c.Accepted {
					accepted++
				}
			}
			if accepted == 0 {
				t.Error("the right password is not on record")
			}
		})
	}
}

func TestNmapKnowsTheVersion(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"max_startups": "false"}))
	scripts := "ssh2-enum-algos,ssh-auth-methods,ssh-hostkey,sshv1"
	out, _ := tool(t, t.TempDir(), "nmap", "-n", "-Pn", "-sT", "-sV", "-p", port(d), "--script", scripts, "--script-args", "ssh.user=root", "127.0.0.1")
	software, _ := strings.CutPrefix(d.Persona.SSHVersion, "OpenSSH_")
	version, distro, _ := strings.Cut(software, " ")
	for _, want := range []string{
		"OpenSSH " + version + " " + strings.Replace(distro, "-", " ", 1) + " (protocol 2.0)", "kex_algorithms: (12)", "server_host_key_algorithms: (4)", "encryption_algorithms: (6)",
		"mac_algorithms: (10)", "compression_algorithms: (2)", "(ECDSA)", "(ED25519)", "publickey", "password",
	} {
		if want = strings.Replace(want, "(12)", fmt.Sprintf("(%d)", kexCount(version, distro)), 1); !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "sshv1: Server supports") || strings.Contains(out, "unrecognized") {
		t.Errorf("have %s", out)
	}
}

// kexCount is how many methods Debian 12's releases offer.
func kexCount(_, distro string) int {
	switch distro {
	case "Debian-2+deb12u2", "Debian-2+deb12u3":
		return 11
	}
	return 12 // the hybrid one under two names
}

const paramikoScript = `
import paramiko, sys
c = paramiko.SSHClient()
c.set_missing_host_key_policy(paramiko.AutoAddPolicy())
c.connect("127.0.0.1", int(sys.argv[1]), "root", "secret", look_for_keys=False, allow_agent=False)
_, out, err = c.exec_command("id; cat; nosuch")
out.channel.send(b"input\n"); out.channel.shutdown_write()
print(out.read().decode(), err.read().decode(), out.channel.recv_exit_status())
s = c.invoke_shell()
s.send(b"echo $((6*7))\nexit 3\n")
text = b""
while True:
    b = s.recv(4096)
    if not b: break
    text += b
print(b"42" in text, s.recv_exit_status())
i, out, _ = c.exec_command("cat")
i.write("before\n")
print(out.readline())
c.get_transport().renegotiate_keys()
i.write("after\n")
i.channel.shutdown_write()
print(out.read().decode())
c.close()
`

func TestParamikoWorks(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	if _, status := tool(t, t.TempDir(), "/usr/bin/python3", "-c", "import paramiko"); status != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3-paramiko is missing")
		}
		t.Skip("python3-paramiko is not installed")
	}
	out, status := tool(t, t.TempDir(), "/usr/bin/python3", "-c", paramikoScript, port(d))
	for _, want := range []string{"uid=0(root)", "input\n", "nosuch: command not found", " 127\n", "True 3\n", "after\n"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Fatalf("no %q in\n%s", want, out)
		}
	}
}

// An attacker who plants a key comes back with it, as on a real machine.
func TestPlantedKeysOpenTheDoor(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	dir := t.TempDir()
	for i, kind := range []string{"ed25519", "rsa", "ecdsa"} {
		key := filepath.Join(dir, kind)
		if out, status := tool(t, dir, "ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "a comment", "-f", key); status != 0 {
			t.Fatal(out)
		}
		public, err := os.ReadFile(key + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		login := []string{
			"-F", "none", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "PreferredAuthentications=publickey", "-o",
			"StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-p", port(d), "root@127.0.0.1", "id -un",
		}
		if out, status := tool(t, dir, "ssh", login...); status != 255 || !strings.Contains(out, "Permission denied (publickey,password)") {
			t.Errorf("%s before: have %d, %s", kind, status, out)
		}
		if out, status := openSSH(t, d, "", "--", "mkdir -p ~/.ssh; chmod 700 ~/.ssh; echo '"+strings.TrimSpace(string(public))+"' >> ~/.ssh/authorized_keys"); status != 0 {
			t.Fatalf("have %s", out)
		}
		if out, status := tool(t, dir, "ssh", login...); status != 0 || out != "root\n" {
			t.Errorf("%s after: have %d, %s", kind, status, out)
		}
		accepted := 0
		for _, e := range d.Kind(decnet.KindAuthAttempt) {
			if c, ok := decnet.CredentialOf(&e); ok && c.Accepted && c.Kind == decnet.SecretPublicKey {
				accepted++
				if e.Fields["comment"] != "a comment" || e.Fields["proven"] != "true" {
					t.Errorf("have %v", e.Fields)
				}
			}
		}
		if accepted != i+1 {
			t.Errorf("%s: %d keys were accepted", kind, accepted)
		}
	}
}

// Ansible copies a program of its own to the machine and runs it with Python.
func TestAnsiblePing(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"max_startups": "false"}))
	dir := t.TempDir()
	hosts := write(t, dir, "hosts", "decky ansible_host=127.0.0.1 ansible_port="+port(d)+" ansible_user=root ansible_password=x ansible_ssh_common_args='-F none -o UserKnownHostsFile=/dev/null'\n")
	out, status := tool(t, dir, "ansible", "-i", hosts, "-m", "ping", "-vvv", "decky")
	if status != 0 || !strings.Contains(out, `"ping": "pong"`) {
		t.Errorf("have %d: %s", status, out)
	}
}
