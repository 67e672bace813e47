package compose_test

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.yaml.in/yaml/v3"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/deployer/compose"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func fleet() []decnet.Decky {
	d := decnet.Decky{
		Name: "web-01", Host: "h1", Fleet: "default", Driver: decnet.DriverDocker, Address: netip.MustParseAddr("10.20.0.10"),
		Network: &decnet.Network{Interface: "ens18", Subnet: netip.MustParsePrefix("10.20.0.0/24"), Gateway: netip.MustParseAddr("10.20.0.1")},
		OS:      "rocky9", Stack: decnet.FamilyLinux, Seed: strings.Repeat("ab", 32), Created: time.Unix(0, 0), LogTarget: "10.20.0.5:514",
		Services: []decnet.ServiceRequest{
			{Slug: "ssh", Settings: map[string]string{"password": "a$b: 'c'"}},
			{Slug: "billing", Custom: &decnet.CustomService{Image: "registry.local/fakebill:1", Exec: []string{"/srv/fakebill", "--port", "9443"}}},
		},
	}
	dc := d
	dc.Name, dc.OS, dc.Stack, dc.Address = "dc", "winserver2019", decnet.FamilyWindowsServer, netip.MustParseAddr("10.20.0.11")
	dc.Seed, dc.LogTarget, dc.Services = strings.Repeat("cd", 32), "", d.Services[:1]
	return []decnet.Decky{d, dc}
}

func find(slug string) (decnet.ServiceSpec, error) {
	s, err := registry.All().Find(slug)
	return s.Spec, err
}

func TestWhatTheFileSays(t *testing.T) {
	data, err := compose.Generate(fleet(), compose.Options{Installation: "ab12cd34", Find: find, BuildFlags: []string{"--no-cache"}})
	if err != nil {
		t.Fatal(err)
	}
	var f map[string]any
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	for _, test := range []struct{ path, want string }{
		{"services/web-01/image", "decnet/decoy-rockylinux-9-minimal:compose"},
		{"services/web-01/build/args/BASE_IMAGE", "rockylinux:9-minimal"},
		{"services/web-01/sysctls/net.ipv4.ip_default_ttl", "64"},
		{"services/dc/sysctls/net.ipv4.ip_default_ttl", "128"},
		{"services/dc/sysctls/net.ipv4.icmp_ratemask", "0"},
		{"services/dc/build/args/BASE_IMAGE", "debian:bookworm-slim"},
		{"services/web-01/command/0", "hold"},
		{"services/web-01/cap_drop/0", "ALL"},
		{"services/web-01-billing/cap_drop/0", "ALL"},
		{"services/web-01-billing/security_opt/0", "no-new-privileges:true"},
		{"services/web-01/labels/decnet.installation", "ab12cd34"},
		{"services/web-01/cap_add/0", "NET_ADMIN"},
		{"services/web-01/networks/decnet_lan/ipv4_address", "10.20.0.10"},
		{"services/web-01/logging/driver", "json-file"},
		{"services/web-01/logging/options/max-size", "10m"},
		{"services/web-01/logging/options/max-file", "5"},
		{"services/web-01-ssh/network_mode", "service:web-01"},
		{"services/web-01-ssh/build/args/BASE_IMAGE", "rockylinux:9-minimal"},
		{"services/web-01-ssh/user", "65534:65534"},
		{"services/web-01-ssh/environment/NODE_NAME", "web-01"},
		{"services/web-01-billing/environment/LOG_TARGET", "10.20.0.5:514"},
		{"services/web-01-ssh/labels/decnet.fleet.service_name", "ssh"},
		{"services/web-01-billing/image", "registry.local/fakebill:1"},
		{"services/web-01-billing/command/2", "9443"},
		{"networks/decnet_lan/driver", "macvlan"},
		{"networks/decnet_lan/driver_opts/parent", "ens18"},
	} {
		if got := at(f, test.path); got != test.want {
			t.Errorf("%s is %q, want %q", test.path, got, test.want)
		}
	}
	if mac := at(f, "services/web-01/mac_address"); mac == "" || strings.HasPrefix(mac, "02:42") {
		t.Errorf("the MAC address is %q", mac)
	}
}

// at walks into nested maps and lists.
func at(v any, path string) string {
	for part := range strings.SplitSeq(path, "/") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			if i := int(part[0] - '0'); i < len(x) {
				v = x[i]
			}
		}
	}
	s, _ := v.(string)
	return s
}

func TestIPvlanSharesTheParentsAddress(t *testing.T) {
	deckies := fleet()
	deckies[0].Network.IPvlan = true
	data, err := compose.Generate(deckies[:1], compose.Options{Find: find})
	if err != nil || strings.Contains(string(data), "mac_address") || !strings.Contains(string(data), "ipvlan_mode: l2") {
		t.Errorf("have %v\n%s", err, data)
	}
}

func TestOtherDriversAreRefused(t *testing.T) {
	deckies := fleet()
	deckies[1].Driver = decnet.DriverLoopback
	if _, err := compose.Generate(deckies, compose.Options{Find: find}); err == nil || !strings.Contains(err.Error(), "decky dc is of driver loopback") {
		t.Errorf("have %v", err)
	}
}

func TestDockerComposeAcceptsIt(t *testing.T) {
	command := composeCommand(t)
	data, err := compose.Generate(fleet(), compose.Options{Installation: "ab12cd34", Find: find, BuildFlags: []string{"--no-cache"}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "docker-compose.yml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(append([]string{}, command[1:]...), "-f", path, "config", "-q")
	if out, err := exec.CommandContext(t.Context(), command[0], args...).CombinedOutput(); err != nil {
		t.Errorf("%v %v: %v\n%s\n%s", command, args, err, out, data)
	}
}

// composeCommand finds Docker Compose, of either age; in CI there must be one.
func composeCommand(t *testing.T) []string {
	t.Helper()
	if exec.CommandContext(t.Context(), "docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}
	}
	if path, err := exec.LookPath("docker-compose"); err == nil {
		return []string{path}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("Docker Compose is not installed: run make deps")
	}
	t.Skip("Docker Compose is not installed: run make deps as root, or install it")
	return nil
}
