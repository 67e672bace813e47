package network

import (
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// LimitWindows bounds the receive windows of connections that begin after it, by the
// routes of the calling thread's network namespace; 0 leaves them as they are. The
// scale of windows that a handshake tells (RFC 7323, section 2.2) is that of the
// largest window there may be, and so becomes the same on every host: without a
// limit, the kernel takes what net.core.rmem_max has for all namespaces.
func LimitWindows(bytes int) error {
	if bytes == 0 {
		return nil
	}
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		routes, err := dump("list routes", func() ([]netlink.Route, error) { return netlink.RouteList(nil, family) })
		if err != nil {
			return err
		}
		for i := range routes {
			r := &routes[i]
			if !isLimited(r) || r.Window == bytes {
				continue
			}
			r.Window = bytes
			if err := netlink.RouteReplace(r); err != nil {
				return fmt.Errorf("limit windows on the route to %s: %w", r.Dst, denied(err))
			}
		}
	}
	return nil
}

// isLimited reports whether a route is one of those to other machines.
func isLimited(r *netlink.Route) bool {
	return r.Type == unix.RTN_UNICAST && r.LinkIndex != loIndex && (r.Dst == nil || !r.Dst.IP.IsMulticast() && !r.Dst.IP.IsLinkLocalUnicast())
}
