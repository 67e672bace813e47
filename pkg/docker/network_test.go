package docker

import (
	"net/netip"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

func TestEnsureNetwork(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := lanSpec(labels)
	step := func(want bool) {
		t.Helper()
		if changed, err := e.EnsureNetwork(t.Context(), spec); err != nil || changed != want {
			t.Fatalf("changed %t instead of %t: %v", changed, want, err)
		}
	}
	step(true)
	step(false)
	spec.Labels = map[string]string{"decnet.test": labels["decnet.test"], "more": "yes"}
	step(false) // not for its labels
	spec.Driver = IPvlan
	step(true)
	step(false)
	spec.Driver, spec.Subnet, spec.Gateway = Macvlan, netip.MustParsePrefix("203.0.113.0/24"), netip.Addr{}
	step(true)
	step(false)
	spec.Subnet6, spec.Gateway6 = netip.Prefix{}, netip.Addr{}
	step(true)
	spec.Range = netip.MustParsePrefix("203.0.113.128/25")
	step(true)
	step(false)

	c := words(t, labels, "sleep")
	c.Network = &Attachment{Network: spec.Name, IPv4: netip.MustParseAddr("203.0.113.9")} // not of the range
	ensure(t, e, c, true)
	spec.Range = netip.Prefix{}
	_, err := e.EnsureNetwork(t.Context(), spec)
	must(t, err, ErrInUse, c.Name, "203.0.113.0/24 (from 203.0.113.128/25)")
	must(t, e.RemoveNetwork(t.Context(), spec.Name), ErrInUse, c.Name)
	// A container that does not run has a place there all the same.
	if err := e.api.ContainerKill(t.Context(), c.Name, "KILL"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the container ends", func() bool { return find(t, e, labels, c.Name).State == "exited" })
	_, err = e.EnsureNetwork(t.Context(), spec)
	must(t, err, ErrInUse, c.Name)
	if err := e.RemoveContainer(t.Context(), c.Name); err != nil {
		t.Fatal(err)
	}
	step(true)
	for range 2 {
		if err := e.RemoveNetwork(t.Context(), spec.Name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNetworkOfOthers(t *testing.T) {
	e := newEngine(t)
	spec := lanSpec(nil)
	ip6 := true
	create := func(options map[string]string) {
		t.Helper()
		_, err := e.api.NetworkCreate(t.Context(), spec.Name, network.CreateOptions{
			Driver: Macvlan, EnableIPv6: &ip6, Options: options, IPAM: &network.IPAM{Config: spec.pools()},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.api.NetworkRemove(t.Context(), spec.Name) })
	}
	create(map[string]string{"parent": "lan0"})
	if changed, err := e.EnsureNetwork(t.Context(), spec); err != nil || changed {
		t.Errorf("one that is as it should be: changed %t, %v", changed, err)
	}
	must(t, e.RemoveNetwork(t.Context(), spec.Name), ErrForeign, "docker network rm decnet_test")
	other := spec
	other.Gateway = netip.MustParseAddr("198.51.100.254")
	_, err := e.EnsureNetwork(t.Context(), other)
	must(t, err, ErrForeign, "198.51.100.254", "docker network rm decnet_test")
	if err := e.api.NetworkRemove(t.Context(), spec.Name); err != nil {
		t.Fatal(err)
	}
}

func TestNetworkErrors(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	newLAN(t, e, labels)
	prefix, addr := netip.MustParsePrefix, netip.MustParseAddr
	for _, c := range []struct {
		name   string
		change func(*NetworkSpec)
		says   string
	}{
		{"name", func(s *NetworkSpec) { s.Name = "" }, "needs a name"},
		{"driver", func(s *NetworkSpec) { s.Driver = "bridge" }, "macvlan or ipvlan"},
		{"no parent", func(s *NetworkSpec) { s.Parent = "" }, "parent interface"},
		{"no subnet", func(s *NetworkSpec) { s.Subnet = netip.Prefix{} }, "needs an IPv4 subnet"},
		{"subnet of IPv4 for IPv6", func(s *NetworkSpec) { s.Subnet6 = s.Subnet }, "no IPv6 prefix"},
		{"gateway", func(s *NetworkSpec) { s.Gateway = addr("192.0.2.1") }, "192.0.2.1 is not in"},
		{"gateway of IPv6", func(s *NetworkSpec) { s.Gateway6 = addr("fe80::1") }, "fe80::1 is not in"},
		{"range", func(s *NetworkSpec) { s.Range = prefix("192.0.2.0/25") }, "is not in its subnet"},
		{"absent parent", func(s *NetworkSpec) { s.Parent = "lan9" }, "no interface lan9"},
		{"absent parent of a VLAN", func(s *NetworkSpec) { s.Parent = "lan9.7" }, "no interface lan9.7"},
		{"taken parent", func(*NetworkSpec) {}, "docker network rm decnet_test"},
		{"taken addresses", func(s *NetworkSpec) { s.Parent, s.Subnet, s.Gateway = "lan9", prefix("198.51.100.0/25"), addr(far) }, "another network of the engine has"},
	} {
		s := NetworkSpec{Name: "other", Driver: Macvlan, Parent: "lan0", Subnet: prefix("203.0.113.0/24"), Gateway: addr("203.0.113.1"), Labels: labels}
		c.change(&s)
		_, err := e.EnsureNetwork(t.Context(), s)
		if c.name == "taken parent" && err == nil {
			t.Log("with this engine networks can share a parent")
			continue
		}
		t.Log(err)
		must(t, err, nil, c.says)
	}
}

// The engine gives the gateway's address to nobody, chosen or not.
func TestGatewayStaysFree(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := lanSpec(labels)
	spec.Subnet, spec.Gateway = netip.MustParsePrefix("203.0.113.0/30"), netip.MustParseAddr("203.0.113.1")
	if _, err := e.EnsureNetwork(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	c := words(t, labels, "sleep")
	c.Network = &Attachment{Network: spec.Name, IPv4: spec.Gateway}
	_, _, err := e.EnsureContainer(t.Context(), c)
	must(t, err, nil, "203.0.113.1 is taken by another container or the gateway of network decnet_test")
	if state := find(t, e, labels, c.Name).State; state != "missing among 0" {
		t.Errorf("what did not start is %s", state)
	}
	c.Network = nil
	config, host, _ := e.translate(&c)
	host.NetworkMode = container.NetworkMode(spec.Name) // which has the engine choose
	made, err := e.api.ContainerCreate(t.Context(), config, host, nil, nil, c.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.api.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	if have := find(t, e, labels, c.Name).Addresses; len(have) != 2 || have[0] != netip.MustParseAddr("203.0.113.2") {
		t.Errorf("the engine chose %v", have)
	}
}
