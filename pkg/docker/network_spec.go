package docker

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/network"
)

// check finds what no network can be like.
func (s *NetworkSpec) check() error {
	switch {
	case s.Name == "":
		return fmt.Errorf("it needs a name")
	case s.Driver != Macvlan && s.Driver != IPvlan:
		return fmt.Errorf("driver %q: want %s or %s", s.Driver, Macvlan, IPvlan)
	case s.Parent == "":
		return fmt.Errorf("it needs a parent interface")
	case !s.Subnet.IsValid() || !s.Subnet.Addr().Is4():
		return fmt.Errorf("it needs an IPv4 subnet")
	case s.Subnet6.IsValid() && (!s.Subnet6.Addr().Is6() || s.Subnet6.Addr().Is4In6()):
		return fmt.Errorf("its IPv6 subnet %s is no IPv6 prefix", s.Subnet6)
	case s.Gateway.IsValid() && !s.Subnet.Contains(s.Gateway):
		return fmt.Errorf("its gateway %s is not in its subnet %s", s.Gateway, s.Subnet)
	case s.Gateway6.IsValid() && !s.Subnet6.Contains(s.Gateway6):
		return fmt.Errorf("its gateway %s is not in an IPv6 subnet of it", s.Gateway6)
	case s.Range.IsValid() && (!s.Subnet.Contains(s.Range.Addr()) || s.Range.Bits() < s.Subnet.Bits()):
		return fmt.Errorf("its range %s is not in its subnet %s", s.Range, s.Subnet)
	}
	return nil
}

// pools are the addresses in the engine's terms.
func (s *NetworkSpec) pools() []network.IPAMConfig {
	pools := []network.IPAMConfig{{Subnet: s.Subnet.Masked().String(), Gateway: text(s.Gateway)}}
	if s.Range.IsValid() {
		pools[0].IPRange = s.Range.Masked().String()
	}
	if s.Subnet6.IsValid() {
		pools = append(pools, network.IPAMConfig{Subnet: s.Subnet6.Masked().String(), Gateway: text(s.Gateway6)})
	}
	return pools
}

func text(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// DriverOptions are what the network's driver is told, in the engine's terms.
func (s *NetworkSpec) DriverOptions() map[string]string {
	if s.Driver == IPvlan {
		return map[string]string{"parent": s.Parent, "ipvlan_mode": "l2"}
	}
	return map[string]string{"parent": s.Parent, "macvlan_mode": "bridge"}
}

func (s *NetworkSpec) digest() string {
	return digest([]any{s.Driver, s.DriverOptions(), s.pools()})
}

// differs says in what a network is not what it should be. Networks do not change,
// so the digest answers for ours. Those of others may have been made with Compose
// from DECNET's file, which leaves out what is the default.
func (s *NetworkSpec) differs(n *network.Inspect) string {
	if n.Labels[Label] == s.digest() {
		return ""
	}
	want, have := s.pools(), slices.Clone(n.IPAM.Config)
	for i := range have {
		have[i].AuxAddress = nil
		if i < len(want) && want[i].Gateway == "" {
			have[i].Gateway = "" // the engine's own choice may be shown
		}
	}
	switch {
	case n.Driver != s.Driver:
		return fmt.Sprintf("its driver is %s instead of %s", n.Driver, s.Driver)
	case n.Options["parent"] != s.Parent:
		return fmt.Sprintf("its parent interface is %s instead of %s", n.Options["parent"], s.Parent)
	case !slices.EqualFunc(have, want, samePool):
		return fmt.Sprintf("its addresses are %s instead of %s", pools(n.IPAM.Config), pools(want))
	case n.EnableIPv6 != s.Subnet6.IsValid():
		return fmt.Sprintf("it has IPv6: %t instead of %t", n.EnableIPv6, s.Subnet6.IsValid())
	case n.Internal:
		return "it is cut off from its parent interface"
	}
	for key, value := range s.DriverOptions() {
		if have := n.Options[key]; have != value && have != "" {
			return fmt.Sprintf("its %s is %s instead of %s", key, have, value)
		}
	}
	return ""
}

func samePool(a, b network.IPAMConfig) bool {
	return a.Subnet == b.Subnet && a.IPRange == b.IPRange && a.Gateway == b.Gateway
}

// pools describes address pools for people.
func pools(all []network.IPAMConfig) string {
	var words []string
	for _, p := range all {
		s := p.Subnet
		if p.IPRange != "" {
			s += " (from " + p.IPRange + ")"
		}
		if p.Gateway != "" {
			s += " with gateway " + p.Gateway
		}
		words = append(words, s)
	}
	return strings.Join(words, " and ")
}
