package ssh_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/decoys/ssh/transport"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// Every algorithm that a release offers works with OpenSSH's client, one connection each.
func TestEveryAlgorithmWorksWithOpenSSH(t *testing.T) {
	seen := map[string]bool{ // what the client has never had, or not any more
		"Ciphers=blowfish-cbc": true, "Ciphers=cast128-cbc": true, "KexAlgorithms=ext-info-s": true,
		"KexAlgorithms=kex-strict-s-v00@openssh.com": true,
	}
	for _, distro := range catalog.Distros() {
		release, err := transport.ReleaseOf(distro.SSHVersions[0])
		if err != nil {
			t.Fatal(err)
		}
		var options []string
		add := func(prefix string, names []string) {
			for _, name := range names {
				if !seen[prefix+name] {
					seen[prefix+name] = true
					options = append(options, prefix+name)
				}
			}
		}
		add("KexAlgorithms=", release.Kex)
		add("HostKeyAlgorithms=", release.HostKeys)
		add("Ciphers=", release.Ciphers)
		add("Ciphers=aes128-ctr -oMACs=", release.MACs)
		add("Compression=", []string{"yes"})
		if len(options) == 0 {
			continue
		}
		t.Run(distro.Slug, func(t *testing.T) {
			d := decoytest.Start(t, ssh.ServiceClaiming(distro.SSHVersions[0]), fast(nil))
			// A few thousand lines, so that windows and many packets are part of it.
			input := strings.Repeat("a line of the input\n", 4000)
			for _, option := range options {
				args := append([]string{"-o"}, strings.Fields(option)...)
				out, status := openSSH(t, d, input, append(args, "--", "wc -l; seq 4000 | tail -1")...)
				if out != "4000\n4000\n" || status != 0 {
					t.Errorf("with %s: have %d, %.300q", option, status, out)
				}
			}
		})
	}
}
