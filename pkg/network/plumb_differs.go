package network

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// differs says what of the namespace of the calling thread is not as s wants it;
// "" means nothing.
func (s *Spec) differs(proc *procfs) (string, error) {
	links, err := dump("list network interfaces", netlink.LinkList)
	if err != nil {
		return "", err
	}
	index, what := s.differsLinks(links)
	if what != "" {
		return what, nil
	}
	if what, err := s.differsAddresses(index); what != "" || err != nil {
		return what, err
	}
	if what, err := s.differsRoutes(index); what != "" || err != nil {
		return what, err
	}
	return s.differsSysctls(proc)
}

// differsLinks looks at the interfaces, and returns the number of the one.
func (s *Spec) differsLinks(links []netlink.Link) (index int, what string) {
	for _, l := range links {
		a := l.Attrs()
		up := a.Flags&net.FlagUp != 0
		switch {
		case a.Index == loIndex && !up, a.Name == s.Ifname && !up:
			return 0, a.Name + " is down"
		case a.Name == s.Ifname && l.Type() != s.kind():
			return 0, fmt.Sprintf("%s is a %s interface", a.Name, l.Type())
		case a.Name != s.Ifname && (l.Type() == macvlan || l.Type() == ipvlan):
			return 0, "there is an interface " + a.Name
		case a.Name != s.Ifname:
			continue // the loopback, and tunnels that some kernels put into every namespace
		case a.ParentIndex != s.Parent.Index:
			return 0, fmt.Sprintf("%s hangs from interface %d", a.Name, a.ParentIndex)
		case !s.IPvlan && !bytes.Equal(a.HardwareAddr, s.MAC):
			return 0, fmt.Sprintf("%s has the MAC address %s", a.Name, a.HardwareAddr)
		case s.mtu() > 0 && a.MTU != s.mtu():
			return 0, fmt.Sprintf("%s has an MTU of %d", a.Name, a.MTU)
		}
		if m, ok := l.(*netlink.Macvlan); ok && m.Mode != netlink.MACVLAN_MODE_BRIDGE {
			return 0, a.Name + " is in another mode"
		}
		index = a.Index
	}
	if index == 0 {
		return 0, "there is no " + s.Ifname
	}
	return index, ""
}

func (s *Spec) mtu() int {
	if s.MTU > 0 {
		return s.MTU
	}
	return s.Parent.MTU
}

// differsAddresses looks at the addresses of the interface. The kernel's own
// link-local one is there once the interface has had a carrier.
func (s *Spec) differsAddresses(index int) (string, error) {
	all, err := dump("list addresses", func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return "", err
	}
	want := []netip.Prefix{s.Address}
	if s.Address6.IsValid() {
		want = append(want, s.Address6)
	}
	for _, a := range all {
		ones, _ := a.Mask.Size()
		p := netip.PrefixFrom(addr(a.IP), ones)
		switch i := slices.Index(want, p); {
		case a.LinkIndex != index || s.Address6.IsValid() && s.isOwn(p):
		case i < 0:
			return "it has the address " + p.String(), nil
		default:
			want = slices.Delete(want, i, i+1)
		}
	}
	if len(want) > 0 {
		return "it lacks the address " + want[0].String(), nil
	}
	return "", nil
}

// isOwn reports whether p is the link-local address that an interface gives
// itself: by its MAC address, which of ipvlan interfaces is not theirs alone.
func (s *Spec) isOwn(p netip.Prefix) bool {
	if s.IPvlan {
		return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast()
	}
	return p == netip.PrefixFrom(LinkLocal(s.MAC), 64)
}

// LinkLocal is the IPv6 address that an interface with that MAC address, of six bytes,
// gives itself (RFC 4291, appendix A).
func LinkLocal(m net.HardwareAddr) netip.Addr {
	return netip.AddrFrom16([16]byte{0xfe, 0x80, 8: m[0] ^ 2, m[1], m[2], 0xff, 0xfe, m[3], m[4], m[5]})
}

// differsRoutes looks at the default route of each family, and at the route to
// the LAN that comes with the address.
func (s *Spec) differsRoutes(index int) (string, error) {
	for _, want := range []struct {
		family  int
		address netip.Prefix
		gateway netip.Addr
	}{{unix.AF_INET, s.Address, s.Gateway}, {unix.AF_INET6, s.Address6, s.Gateway6}} {
		routes, err := dump("list routes", func() ([]netlink.Route, error) { return netlink.RouteList(nil, want.family) })
		if err != nil {
			return "", err
		}
		defaults, lan := 0, !want.address.IsValid() || want.address.IsSingleIP()
		for _, r := range routes {
			switch {
			case r.Type != unix.RTN_UNICAST:
			case isDefault(r.Dst) && (r.LinkIndex != index || addr(r.Gw) != want.gateway):
				return "it has the default route " + r.String(), nil
			case r.LinkIndex == index && s.limits(&r) && r.Window != s.ReceiveWindow:
				return fmt.Sprintf("the route to %s lets windows grow to %d bytes", r.Dst, r.Window), nil
			case isDefault(r.Dst):
				defaults++
			case r.LinkIndex == index && r.Gw == nil && r.Dst.String() == want.address.Masked().String():
				lan = true
			}
		}
		if (defaults > 0) != want.gateway.IsValid() {
			return "it lacks the default route over " + want.gateway.String(), nil
		}
		if !lan {
			return "it lacks the route to " + want.address.Masked().String(), nil
		}
	}
	return "", nil
}

// limits reports whether LimitWindows is for that route.
func (s *Spec) limits(r *netlink.Route) bool { return s.ReceiveWindow > 0 && isLimited(r) }

// differsSysctls looks at the settings: those of the interface where it has
// taken them from "default".
func (s *Spec) differsSysctls(proc *procfs) (what string, err error) {
	early, late := s.sysctls()
	taken := strings.NewReplacer("conf/default/", "conf/"+s.Ifname+"/")
	for i := range early {
		early[i].path = taken.Replace(early[i].path)
	}
	err = proc.each(slices.Concat(early, late), func(f folder, c sysctl) error {
		have, err := f.read(c.path)
		if err == nil && have != c.value && what == "" {
			what = fmt.Sprintf("%s is %q", c, have)
		}
		return err
	})
	return what, err
}
