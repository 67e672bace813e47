package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// exactly are the fewest prefixes that have all IPv4 addresses of addrs, and no
// others. One prefix that covers them all might cover the gateway too, or more.
func exactly(addrs []netip.Addr) []netip.Prefix {
	sorted := slices.Compact(slices.SortedFunc(slices.Values(addrs), netip.Addr.Compare))
	var all []netip.Prefix
	for _, a := range sorted {
		if !a.Is4() {
			continue
		}
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
		for len(all) > 1 {
			last, before := all[len(all)-1], all[len(all)-2]
			both := netip.PrefixFrom(before.Addr(), before.Bits()-1).Masked()
			if last.Bits() != before.Bits() || !both.Contains(last.Addr()) {
				break
			}
			all = append(all[:len(all)-2], both)
		}
	}
	return all
}

// shimRoutes makes the routes over the shim those to want.
func shimRoutes(link netlink.Link, from netip.Addr, want []netip.Prefix) error {
	all, err := dump("list its routes", func() ([]netlink.Route, error) { return netlink.RouteList(link, netlink.FAMILY_V4) })
	if err != nil {
		return err
	}
	missing := make(map[netip.Prefix]bool, len(want))
	for _, p := range want {
		missing[p] = true
	}
	for i := range all {
		p := prefixOf(all[i].Dst)
		if missing[p] && addr(all[i].Src) == from {
			missing[p] = false
			continue
		}
		if err := netlink.RouteDel(&all[i]); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("take away its route to %s: %w", p, denied(err))
		}
	}
	for _, p := range want {
		if !missing[p] {
			continue
		}
		r := &netlink.Route{LinkIndex: link.Attrs().Index, Dst: ipNet(p), Src: from.AsSlice(), Scope: netlink.SCOPE_LINK}
		if err := netlink.RouteAdd(r); errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("this host has another route to %s: remove it, or give the deckies other addresses: %w", p, err)
		} else if err != nil {
			return fmt.Errorf("route to %s over it: %w", p, denied(err))
		}
	}
	return nil
}

// prefixOf is n, or zero if it is nil, which stands for "everything".
func prefixOf(n *net.IPNet) netip.Prefix {
	if n == nil {
		return netip.Prefix{}
	}
	ones, _ := n.Mask.Size()
	return netip.PrefixFrom(addr(n.IP), ones)
}
