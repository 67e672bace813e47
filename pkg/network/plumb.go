package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
)

// Spec is how a decky is connected: what its namespace is to be like.
type Spec struct {
	// Parent is the interface it hangs from. What counts is its Index and, if
	// MTU is 0, its MTU.
	Parent *Link
	// IPvlan makes it an ipvlan (L2) interface, which has the parent's MAC
	// address, instead of a macvlan (bridge) one. It is for where a macvlan
	// does not work, as on Wi-Fi.
	IPvlan bool
	// Ifname is the name of the interface inside, such as "eth0": 15 bytes at
	// most.
	Ifname string
	// MAC is its address. An ipvlan interface has none of its own.
	MAC net.HardwareAddr
	// Address is its IPv4 address with the length of the LAN's prefix.
	Address netip.Prefix
	// Address6 is the same for IPv6; it can be used at once. Zero switches
	// IPv6 off, but for the loopback.
	Address6 netip.Prefix
	// Gateway and Gateway6 are where the default routes lead; zero means there
	// is none. The hop limit of IPv6 is that of IPv4 (ip_default_ttl).
	Gateway  netip.Addr
	Gateway6 netip.Addr
	// Sysctls are settings of the namespace, by their names without
	// "net.ipv4.", such as "ip_default_ttl". A value is written as the kernel
	// prints it: one that it prints in another way is an error.
	Sysctls map[string]string
	// ReceiveWindow is the most bytes that the receive window of a connection may
	// grow to; 0 leaves it to the kernel. The scale that handshakes tell follows from
	// it, and not from how much memory this host lets sockets have.
	ReceiveWindow int
	// MTU is the largest IP packet, in bytes; 0 means the parent's.
	MTU int
}

// Ensure makes the namespace of that name what spec says. If there is none, it
// makes one, which takes a millisecond or two. If there is one that differs in
// anything that Spec names, because it is half made, or because somebody changed
// it, or because the parent has been away, it is removed and made anew; sockets
// opened inside are then of no use any more. Changed says whether anything was
// done.
//
// Inside, the loopback is up; the interface has the addresses of spec, a
// link-local IPv6 address that follows from its MAC address, and no others. It
// answers ARP for its own address alone, forwards nothing, and takes neither
// addresses nor routes from the LAN. Nothing of this host's own settings gets
// in. A namespace appears when it is complete: who is killed in between leaves
// none, or an empty file that the next Ensure or Remove takes away.
func (s *Spaces) Ensure(name string, spec *Spec) (changed bool, err error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	if err := spec.check(); err != nil {
		return false, fmt.Errorf("network namespace %s: %w", name, err)
	}
	defer s.hold(name)()
	differs, err := s.differs(name, spec)
	if err != nil {
		return false, fmt.Errorf("look at network namespace %s: %w", name, err)
	}
	if differs == "" {
		return false, nil
	}
	if err := s.remove(name); err != nil {
		return false, err
	}
	s.building.Lock()
	defer s.building.Unlock()
	if err := apart(func() error { return s.build(s.path(name), spec) }); err != nil {
		return true, fmt.Errorf("make network namespace %s: %w", name, err)
	}
	return true, nil
}

// differs says what of a namespace is not as spec wants it; "" means nothing.
func (s *Spaces) differs(name string, spec *Spec) (what string, err error) {
	pinned, err := isPin(s.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return "there is none", nil
	}
	if err != nil || !pinned {
		return "it is an empty file", err
	}
	err = Enter(s.path(name), func() (err error) {
		what, err = spec.differs(&s.proc)
		return err
	})
	return what, err
}

// check finds what no namespace can be like.
func (s *Spec) check() error {
	switch {
	case s.Parent == nil || s.Parent.Index <= 0:
		return errors.New("it needs a parent interface")
	case !isIfname(s.Ifname):
		return fmt.Errorf("an interface cannot be called %q: take a name like eth0 of at most 15 letters and digits", s.Ifname)
	case !s.IPvlan && !isStation(s.MAC):
		return fmt.Errorf("%q is no MAC address that an interface can have: take six bytes, the first of them even", s.MAC)
	case !s.Address.Addr().Is4() || !isHost(s.Address):
		return fmt.Errorf("%s is no IPv4 address with a prefix length that a host can have", s.Address)
	case s.Address6 != netip.Prefix{} && (!s.Address6.Addr().Is6() || s.Address6.Addr().Is4In6() || !isHost(s.Address6)):
		return fmt.Errorf("%s is no IPv6 address with a prefix length that a host can have", s.Address6)
	case s.Gateway.IsValid() && !s.Gateway.Is4():
		return fmt.Errorf("the IPv4 gateway %s is no IPv4 address", s.Gateway)
	case s.Gateway6.IsValid() && (!s.Gateway6.Is6() || s.Gateway6.Is4In6() || s.Gateway6.Zone() != "" || !s.Address6.IsValid()):
		return fmt.Errorf("the IPv6 gateway %s is no IPv6 address without a zone, or there is no IPv6 address to use it with", s.Gateway6)
	case s.MTU < 0 || s.MTU > 0 && s.MTU < minMTU(s.Address6.IsValid()) || s.Parent.MTU > 0 && s.MTU > s.Parent.MTU:
		return fmt.Errorf("an MTU of %d bytes is too small or more than the %d of %s", s.MTU, s.Parent.MTU, s.Parent.Name)
	}
	for key := range s.Sysctls {
		if !isSysctl(key) {
			return fmt.Errorf("%q is no sysctl below net.ipv4", key)
		}
	}
	return nil
}

// isIfname reports whether an interface may have that name, which is also that
// of a folder in /proc/sys/net/ipv4/conf.
func isIfname(name string) bool {
	ordinary := func(r rune) bool { return r > ' ' && r < 0x7f && r != '/' && r != ':' && r != '%' }
	return name != "" && len(name) < 16 && strings.IndexFunc(name, func(r rune) bool { return !ordinary(r) }) < 0 &&
		name != "." && name != ".." && name != "lo" && name != "all" && name != "default"
}

// isHost reports whether an interface may have that address.
func isHost(p netip.Prefix) bool {
	return p.IsValid() && p.Addr().Zone() == "" && (p.Addr().IsGlobalUnicast() || p.Addr().IsLinkLocalUnicast())
}

// minMTU is what the protocols ask of a LAN, in bytes.
func minMTU(ip6 bool) int {
	if ip6 {
		return 1280
	}
	return 68
}
