package containers

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/container"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func sample() *decnet.Decky {
	return &decnet.Decky{
		Name: "web-01", Host: "sensor-7", Fleet: "branch", Driver: decnet.DriverDocker, Address: netip.MustParseAddr("10.20.0.10"),
		Network: &decnet.Network{Interface: "ens18", Subnet: netip.MustParsePrefix("10.20.0.0/24"), Gateway: netip.MustParseAddr("10.20.0.1")},
		OS:      "debian", Stack: decnet.FamilyLinux, Seed: strings.Repeat("ab", 32), Created: time.Unix(0, 0), LogTarget: "10.20.0.5:514",
		Services: []decnet.ServiceRequest{
			{Slug: "ssh"},
			{Slug: "billing", Custom: &decnet.CustomService{
				Image: "registry.local/billing:1", Exec: []string{"--port", "9443"},
				Ports: []decnet.PortSpec{{Port: 9443, Transport: decnet.TCP}, {Port: 161, Transport: decnet.UDP}},
			}},
		},
	}
}

func group(t *testing.T, d *decnet.Decky) *Group {
	t.Helper()
	g, err := GroupOf(d, Catalog{
		Installation: "ab12cd34", Decoy: StableName,
		Find: func(slug string) (decnet.ServiceSpec, error) {
			s, err := registry.All().Find(slug)
			return s.Spec, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestEveryContainerIsHardened(t *testing.T) {
	g := group(t, sample())
	all := []docker.Spec{g.Base}
	for _, s := range g.Services {
		all = append(all, s.Spec)
		if s.Spec.JoinContainer != "web-01" || s.Spec.Network != nil || len(s.Spec.CapAdd) > 0 {
			t.Errorf("%s: joins %q, with %v and capabilities %v", s.Spec.Name, s.Spec.JoinContainer, s.Spec.Network, s.Spec.CapAdd)
		}
	}
	for _, s := range all {
		if !s.CapDropAll || !s.NoNewPrivileges || !s.ReadOnly || s.Pids == 0 || s.Memory == 0 || s.Restart != "unless-stopped" || s.Labels[docker.LabelInstallation] != "ab12cd34" {
			t.Errorf("%s is %+v", s.Name, s)
		}
	}
	if g.Base.Network.MAC.String()[:5] == "02:42" || !slices.Equal(g.Base.CapAdd, []string{"NET_ADMIN"}) {
		t.Errorf("the base is %+v", g.Base)
	}
	if want := []string{container.TaskHold, "161"}; !slices.Equal(g.Base.Command, want) {
		t.Errorf("the base does %v, want %v", g.Base.Command, want)
	}
	if g.Base.Sysctls["net.ipv4.ip_default_ttl"] != "64" || g.Base.Sysctls["net.ipv4.ip_forward"] != "0" {
		t.Errorf("the base has %v", g.Base.Sysctls)
	}
}

// What a service's container is told is of no use to who takes it over, and changes
// with that service alone.
func TestAServiceIsToldOfItselfAlone(t *testing.T) {
	g := group(t, sample())
	told := g.Services[0].Spec.Env[container.DeckyVariable]
	for _, secret := range []string{"sensor-7", "branch", "ens18", "10.20.0.5", "billing"} {
		if strings.Contains(told, secret) {
			t.Errorf("it is told %s: %s", secret, told)
		}
	}
	var d decnet.Decky
	if err := json.Unmarshal([]byte(told), &d); err != nil || d.Validate() != nil || len(d.Services) != 1 {
		t.Errorf("it is told %s: %v %v", told, err, d.Validate())
	}
	if env := g.Services[1].Spec.Env; env["NODE_NAME"] != "web-01" || env["LOG_TARGET"] != "10.20.0.5:514" || len(env) != 2 {
		t.Errorf("the user's service is told %v", env)
	}
	changed := sample()
	changed.Services[1].Custom.Image, changed.LogTarget, changed.MutateMinutes = "registry.local/billing:2", "", 7
	if again := group(t, changed); again.Services[0].Spec.Env[container.DeckyVariable] != told {
		t.Errorf("with another service beside it, it is told %s", again.Services[0].Spec.Env)
	}
}

func TestIPvlanHasNoMACOfItsOwn(t *testing.T) {
	d := sample()
	d.Network.IPvlan = true
	if g := group(t, d); len(g.Base.Network.MAC) > 0 {
		t.Errorf("have %v", g.Base.Network.MAC)
	}
	n, err := NetworkOf([]*decnet.Decky{d}, "ab12cd34")
	if err != nil || n.Driver != docker.IPvlan {
		t.Errorf("have %+v, %v", n, err)
	}
}

func TestOneNetworkForAll(t *testing.T) {
	a, b := sample(), sample()
	b.Name, b.Address6 = "web-02", netip.MustParseAddr("fd00:20::10")
	n, err := NetworkOf([]*decnet.Decky{a, b}, "ab12cd34")
	if err != nil || n.Name != "decnet_lan" || n.Driver != docker.Macvlan || n.Parent != "ens18" || n.Subnet6 != netip.MustParsePrefix("fd00:20::/64") {
		t.Errorf("have %+v, %v", n, err)
	}
	b.Network = &decnet.Network{Interface: "ens19", Subnet: netip.MustParsePrefix("10.30.0.0/24")}
	if _, err := NetworkOf([]*decnet.Decky{a, b}, ""); err == nil || !strings.Contains(err.Error(), "web-02 on 10.30.0.0/24 of ens19") {
		t.Errorf("have %v", err)
	}
}

func TestGroupOfRefuses(t *testing.T) {
	for name, change := range map[string]func(*decnet.Decky){
		"is of driver native": func(d *decnet.Decky) { d.Driver = decnet.DriverNative },
		"is of driver docker": func(d *decnet.Decky) { d.Network = nil },
		"beos":                func(d *decnet.Decky) { d.OS = "beos" },
		"gopher":              func(d *decnet.Decky) { d.Services[0].Slug = "gopher" },
	} {
		d := sample()
		change(d)
		_, err := GroupOf(d, Catalog{Decoy: StableName, Find: func(slug string) (decnet.ServiceSpec, error) {
			s, err := registry.All().Find(slug)
			return s.Spec, err
		}})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: have %v", name, err)
		}
	}
}
