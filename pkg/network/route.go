package network

import (
	"cmp"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// route is one way out of the LAN.
type route struct {
	link    int        // index of its interface
	gateway netip.Addr // zero if the route needs none, or one of another family
	metric  int
}

// defaultRoutes lists the default routes of the main table, the one the kernel
// prefers first. A route over several paths is listed once for each of them.
func defaultRoutes(family int) ([]route, error) {
	all, err := dump("list routes", func() ([]netlink.Route, error) { return netlink.RouteList(nil, family) })
	if err != nil {
		return nil, err
	}
	var routes []route
	for _, r := range all {
		// Linux has an "unreachable default" of its own for IPv6.
		if r.Type != unix.RTN_UNICAST || !isDefault(r.Dst) {
			continue
		}
		if len(r.MultiPath) == 0 {
			routes = append(routes, route{link: r.LinkIndex, gateway: addr(r.Gw), metric: r.Priority})
		}
		for _, path := range r.MultiPath {
			routes = append(routes, route{link: path.LinkIndex, gateway: addr(path.Gw), metric: r.Priority})
		}
	}
	slices.SortStableFunc(routes, func(a, b route) int { return cmp.Compare(a.metric, b.metric) })
	return routes, nil
}

func isDefault(dst *net.IPNet) bool {
	if dst == nil {
		return true
	}
	ones, _ := dst.Mask.Size()
	return ones == 0
}

// gatewayOf is the gateway of the preferred default route over a link.
func gatewayOf(routes []route, link int) netip.Addr {
	for _, r := range routes {
		if r.link == link {
			return r.gateway
		}
	}
	return netip.Addr{}
}

// addressOf finds the address that puts this host on the link's LAN, and the
// LAN's subnet. Both are zero if there is none but link-local ones.
func addressOf(link netlink.Link, family int, gateway netip.Addr) (netip.Addr, netip.Prefix, error) {
	all, err := dump("list addresses of "+link.Attrs().Name, func() ([]netlink.Addr, error) { return netlink.AddrList(link, family) })
	if err != nil {
		return netip.Addr{}, netip.Prefix{}, err
	}
	var best netip.Prefix
	bestRank := -1
	for _, a := range all {
		ones, _ := a.Mask.Size()
		p := netip.PrefixFrom(addr(a.IP), ones)
		if rank := rank(p, a.Flags, gateway); rank > bestRank {
			best, bestRank = p, rank
		}
	}
	if bestRank < 0 {
		return netip.Addr{}, netip.Prefix{}, nil
	}
	return best.Addr(), best.Masked(), nil
}

// rank says how well an address tells what LAN the host is on; below zero it
// does not. The gateway is on the LAN for certain; a secondary, temporary or
// deprecated address will not stay; one without a subnet says nothing of it.
func rank(p netip.Prefix, flags int, gateway netip.Addr) int {
	if !p.Addr().IsGlobalUnicast() || flags&unix.IFA_F_DADFAILED != 0 {
		return -1
	}
	n := 0
	if p.Contains(gateway) {
		n += 4
	}
	if !p.IsSingleIP() {
		n += 2
	}
	if flags&(unix.IFA_F_SECONDARY|unix.IFA_F_DEPRECATED) == 0 { // IFA_F_TEMPORARY is another name of the former
		n++
	}
	return n
}

// addr is ip, or zero if it is nil or 0.0.0.0 or ::, which netlink has for "none".
func addr(ip net.IP) netip.Addr {
	a, ok := netip.AddrFromSlice(ip)
	if a = a.Unmap(); !ok || a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}
