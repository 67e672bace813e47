package ssh_test

import (
	"strings"
	"testing"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
)

// The files of the host keys are those that the server shows.
func TestHostKeyFilesAreTheServers(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	for name, algorithm := range map[string]string{"rsa": "rsa-sha2-512", "ecdsa": "ecdsa-sha2-nistp256", "ed25519": "ssh-ed25519"} {
		c, shown, err := dial(d, "root", "x", algorithm)
		if err != nil {
			t.Fatal(err)
		}
		run := func(command string) string {
			t.Helper()
			s, err := c.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			out, err := s.CombinedOutput(command)
			if err != nil {
				t.Fatalf("%s: %v: %s", command, err, out)
			}
			return string(out)
		}
		base := "/etc/ssh/ssh_host_" + name + "_key"
		public, comment, _, _, err := xssh.ParseAuthorizedKey([]byte(run("cat " + base + ".pub")))
		if err != nil || string(public.Marshal()) != string(shown.Marshal()) || comment != "root@"+d.Persona.Hostname {
			t.Errorf("%s: the file is another key: %v, %q", name, err, comment)
		}
		private, err := xssh.ParsePrivateKey([]byte(run("cat " + base)))
		if err != nil || string(private.PublicKey().Marshal()) != string(shown.Marshal()) {
			t.Errorf("%s: the private file is another key: %v", name, err)
		}
		if size, mode := strings.TrimSpace(run("wc -c < "+base)), strings.TrimSpace(run("stat -c '%s %a' "+base)); mode != size+" 600" {
			t.Errorf("%s: %s bytes, and stat says %s", name, size, mode)
		}
		_ = c.Close()
	}
}
