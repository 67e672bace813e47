// Package corpus is what the SSH decoy and the genuine OpenSSH server are asked
// alike: several hundred dialogues, most of them such as no client has. Its
// client is our own, so that it can break every rule at every moment, and notes
// what it is answered a line for each packet.
package corpus

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// User and Password let in at the genuine server; the decoy must have the same.
const (
	User     = "root"
	Password = "correct horse"
)

// OpenSSH is Debian's OpenSSH server with Debian's configuration, as far as a
// test can have that: own host keys, a port of its own, an account whose
// password is known and no bound of connections before login.
func OpenSSH() *twin.Twin {
	return &twin.Twin{
		Name: "openssh", Package: "openssh-server", Program: "/usr/sbin/sshd", NeedsRoot: true,
		Start:     func(ctx context.Context, dir string) (string, error) { return startSSHD(ctx, dir, "MaxStartups 5000") },
		Dialogues: Dialogues, Describe: Describe, Masks: masks(), Settle: settle,
	}
}

// Startups is the same with the default bound of connections that have not
// logged in, and the dialogue that reaches it.
func Startups() *twin.Twin {
	return &twin.Twin{
		Name: "openssh-startups", Package: "openssh-server", Program: "/usr/sbin/sshd", NeedsRoot: true,
		Start:     func(ctx context.Context, dir string) (string, error) { return startSSHD(ctx, dir, "") },
		Dialogues: startups, Describe: Describe, Masks: masks(), Parallel: 1,
	}
}

// config is what Debian's sshd_config says where it does not keep the default.
const config = `
UsePAM yes
KbdInteractiveAuthentication no
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
PermitRootLogin yes
LogLevel QUIET
PidFile none
`

// startSSHD runs sshd in mount, process and host name namespaces of its own, in
// which root has the password that the dialogues know and an empty home.
func startSSHD(ctx context.Context, dir, more string) (string, error) {
	port, err := twin.FreePort()
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("ListenAddress 127.0.0.1:%d\n%s\n%s\n", port, config, more)
	for _, k := range []string{"rsa", "ecdsa", "ed25519"} {
		file := filepath.Join(dir, k)
		if out, err := exec.CommandContext(ctx, "ssh-keygen", "-q", "-t", k, "-N", "", "-f", file).CombinedOutput(); err != nil { //nolint:gosec // our own words
			return "", fmt.Errorf("ssh-keygen: %w: %s", err, out)
		}
		text += "HostKey " + file + "\n"
	}
	shadow, err := os.ReadFile("/etc/shadow")
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(string(shadow), "\n")
	for i := range lines {
		if strings.HasPrefix(lines[i], User+":") {
			lines[i] = User + ":" + passwordHash + ":19700:0:99999:7:::\n"
		}
	}
	for name, content := range map[string]string{"config": text, "shadow": strings.Join(lines, "")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	script := `mount --bind "$1/shadow" /etc/shadow && mount -t tmpfs tmpfs /root && mkdir -p /run/sshd && hostname twin &&
exec /usr/sbin/sshd -D -e -f "$1/config"`
	return twin.Launch(ctx, dir, port, "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script, "sh", dir)
}

// passwordHash is crypt(5)'s of Password: sha512crypt, which every libcrypt has.
const passwordHash = "$6$twintwin$wHukzKu7TGTPKiSbRC98oRNFVUPfY8Lp1Ebg7vwrwTe3MzcxWqSERPm1WEYLzBoEYP3R0I37QpXigO24/Fjnb."
