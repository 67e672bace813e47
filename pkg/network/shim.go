package network

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// EnsureShim lets this host talk to the deckies that hang from parent, which the
// kernel does not by itself: it makes an interface called name of the same kind
// ("macvlan" or "ipvlan"), such as "decnet_macvlan0", with this host's own
// address on parent, and routes to the addresses of fleet over it. Nothing else
// is routed there, so that the host reaches the LAN as before. Called again it
// changes what differs.
//
// The shim answers ARP for the host's address to deckies only. When this host
// contacts a decky it asks for it from the shim's MAC address, which the LAN can
// hear. It has no IPv6: the IPv6 addresses of fleet are left out, and address has
// to be an IPv4 one.
//
// A link of that name that is of another kind, or hangs from another parent, is
// left alone, which is an error. It needs CAP_NET_ADMIN.
func EnsureShim(parent *Link, kind, name string, address netip.Addr, fleet []netip.Addr) error {
	if err := ensureShim(parent, kind, name, address, fleet); err != nil {
		return fmt.Errorf("make the interface %s to reach deckies from this host: %w", name, err)
	}
	return nil
}

func ensureShim(parent *Link, kind, name string, address netip.Addr, fleet []netip.Addr) error {
	if kind != macvlan && kind != ipvlan || !isIfname(name) || !address.Is4() {
		return fmt.Errorf("it has to be macvlan or ipvlan with a short name and an IPv4 address, not %s %q with %s", kind, name, address)
	}
	link, err := findShim(name)
	if err != nil {
		return err
	}
	if link == nil {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.ParentIndex = name, parent.Index
		if err := netlink.LinkAdd(child(kind, attrs)); err != nil {
			return explainLink(err, kind, parent.Name)
		}
		if link, err = netlink.LinkByName(name); err != nil {
			return fmt.Errorf("find it again: %w", err)
		}
	}
	if link.Type() != kind || link.Attrs().ParentIndex != parent.Index {
		return fmt.Errorf("there is a %s interface of that name that is no %s on %s: remove it with \"ip link delete %s\"", link.Type(), kind, parent.Name, name)
	}
	var proc procfs
	defer proc.close()
	if err := proc.each(shimSysctls(name), folder.write); err != nil {
		return err
	}
	if err := shimAddress(link, netip.PrefixFrom(address, 32)); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("bring it up: %w", denied(err))
	}
	return shimRoutes(link, address, exactly(fleet))
}

// shimSysctls keep the shim quiet on the LAN, which already knows this host: it
// answers ARP where it has a route to, and takes what a decky sends although the
// LAN is elsewhere.
func shimSysctls(name string) []sysctl {
	return []sysctl{
		{"ipv4", "conf/" + name + "/arp_filter", "1"},
		{"ipv4", "conf/" + name + "/rp_filter", "2"},
		{"ipv6", "conf/" + name + "/disable_ipv6", "1"},
	}
}

// shimAddress gives the shim an address, and takes others away.
func shimAddress(link netlink.Link, want netip.Prefix) error {
	all, err := dump("list its addresses", func() ([]netlink.Addr, error) { return netlink.AddrList(link, netlink.FAMILY_V4) })
	if err != nil {
		return err
	}
	there := false
	for i := range all {
		if ones, _ := all[i].Mask.Size(); netip.PrefixFrom(addr(all[i].IP), ones) == want {
			there = true
		} else if err := netlink.AddrDel(link, &all[i]); err != nil {
			return fmt.Errorf("take away its address %s: %w", all[i].IPNet, denied(err))
		}
	}
	if there {
		return nil
	}
	if err := netlink.AddrAdd(link, &netlink.Addr{IPNet: ipNet(want)}); err != nil {
		return fmt.Errorf("give it the address %s: %w", want, denied(err))
	}
	return nil
}

// RemoveShim takes the interface that EnsureShim made away, with its address and
// routes. It is no error if there is none; a link of that name that is neither
// macvlan nor ipvlan is left alone, which is one.
func RemoveShim(name string) error {
	link, err := findShim(name)
	switch {
	case err != nil:
	case link == nil:
		return nil
	case link.Type() != macvlan && link.Type() != ipvlan:
		err = fmt.Errorf("it is a %s interface that DECNET has not made", link.Type())
	default:
		err = netlink.LinkDel(link)
	}
	if err != nil && !errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("remove the interface %s: %w", name, denied(err))
	}
	return nil
}

// findShim returns the link of that name, nil if there is none.
func findShim(name string) (netlink.Link, error) {
	link, err := netlink.LinkByName(name)
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for it: %w", err)
	}
	return link, nil
}
