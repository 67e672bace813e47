package network

import (
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
)

// Announce has the kernel announce the IPv4 addresses of this network namespace (RFC
// 5227, section 2.3), so that neighbours who knew one of another machine's forget
// that. The kernel does so when an interface is given a MAC address, here the one it
// has, and net.ipv4.conf.all.arp_notify is set. It takes CAP_NET_ADMIN.
func Announce() error {
	links, err := dump("list interfaces", netlink.LinkList)
	if err != nil {
		return fmt.Errorf("announce addresses: %w", err)
	}
	for _, l := range links {
		if a := l.Attrs(); a.Flags&net.FlagUp == 0 || len(a.HardwareAddr) == 0 || a.Flags&net.FlagLoopback != 0 {
			continue
		}
		if err := netlink.LinkSetHardwareAddr(l, l.Attrs().HardwareAddr); err != nil {
			return fmt.Errorf("announce the addresses of %s: %w", l.Attrs().Name, err)
		}
	}
	return nil
}
