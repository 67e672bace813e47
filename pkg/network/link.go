package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vishvananda/netlink"

	"github.com/decnet/decnet/pkg/decnet"
)

// Link is a network interface of this host and the LAN it is on.
type Link struct {
	// Name is the kernel's, such as "eth0", and Index its number.
	Name  string
	Index int
	MAC   net.HardwareAddr
	// MTU is the largest IP packet it carries, in bytes.
	MTU int
	// Up reports that it is up and has a carrier: a cable, or an access point.
	Up bool
	// Address is this host's own IPv4 address on it, Prefix the LAN's subnet.
	Address netip.Addr
	Prefix  netip.Prefix
	// Gateway is where the default route over it leads; zero means none.
	Gateway netip.Addr
	// Address6, Prefix6 and Gateway6 are the same for the first global or
	// unique local IPv6 prefix. They are zero where there is none; the gateway
	// is a link-local address more often than not, and has no zone.
	Address6 netip.Addr
	Prefix6  netip.Prefix
	Gateway6 netip.Addr
	// Wireless reports that it is Wi-Fi. An access point takes frames from the
	// MAC address that joined it alone, so that macvlan does not work there.
	Wireless bool
}

// ether is the kernel's name for links whose stations have 6-byte addresses.
const ether = "ether"

// Detect describes the interface of that name. Without a name it takes the one
// of the default IPv4 route with the lowest metric, or else of the default IPv6
// route. An interface that does not exist, is down, is no Ethernet (or Wi-Fi) or
// has no IPv4 address is an error of one line that says what to do.
func Detect(name string) (*Link, error) {
	links, err := dump("list network interfaces", netlink.LinkList)
	if err != nil {
		return nil, err
	}
	routes, err := defaultRoutes(netlink.FAMILY_V4)
	if err != nil {
		return nil, err
	}
	routes6, err := defaultRoutes(netlink.FAMILY_V6)
	if err != nil {
		return nil, err
	}
	found, err := pick(links, name, slices.Concat(routes, routes6))
	if err != nil {
		return nil, err
	}
	attrs := found.Attrs()
	l := &Link{
		Name: attrs.Name, Index: attrs.Index, MAC: attrs.HardwareAddr, MTU: attrs.MTU, Up: attrs.Flags&net.FlagRunning != 0,
		Gateway: gatewayOf(routes, attrs.Index), Gateway6: gatewayOf(routes6, attrs.Index), Wireless: wireless(sysfs, attrs.Name),
	}
	switch {
	case attrs.EncapType != ether || len(l.MAC) != 6:
		return nil, fmt.Errorf("network interface %s is no Ethernet, so that only this host can have addresses on it: name another with --interface%s", l.Name, list(links, l.Name))
	case attrs.Flags&net.FlagUp == 0:
		return nil, fmt.Errorf("network interface %s is down: bring it up with \"ip link set %s up\"", l.Name, l.Name)
	}
	if l.Address, l.Prefix, err = addressOf(found, netlink.FAMILY_V4, l.Gateway); err != nil {
		return nil, err
	}
	if l.Address6, l.Prefix6, err = addressOf(found, netlink.FAMILY_V6, l.Gateway6); err != nil {
		return nil, err
	}
	if !l.Address.IsValid() {
		return nil, fmt.Errorf("network interface %s has no IPv4 address: give it one, or name another with --interface%s", l.Name, list(links, l.Name))
	}
	return l, nil
}

// pick finds the interface that is meant, by its name or by where the first of
// the default routes leads.
func pick(links []netlink.Link, name string, routes []route) (netlink.Link, error) {
	for _, l := range links {
		attrs := l.Attrs()
		if name != "" && (attrs.Name == name || slices.Contains(attrs.AltNames, name)) || name == "" && len(routes) > 0 && attrs.Index == routes[0].link {
			return l, nil
		}
	}
	if name == "" {
		return nil, fmt.Errorf("no default route tells which network interface is on the LAN: name one with --interface%s", list(links, ""))
	}
	hint := list(links, "")
	if near := decnet.Nearest(name, names(links)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return nil, fmt.Errorf("there is no network interface %q%s", name, hint)
}

// names are those of the interfaces that may be on a LAN.
func names(links []netlink.Link) []string {
	var all []string
	for _, l := range links {
		if l.Attrs().EncapType == ether {
			all = append(all, l.Attrs().Name)
		}
	}
	return all
}

// list names the interfaces there are to choose from, besides one, for the end
// of an error. A host of containers has hundreds: only the first are named.
func list(links []netlink.Link, besides string) string {
	const most = 8
	all := slices.DeleteFunc(names(links), func(n string) bool { return n == besides })
	if len(all) > most {
		all = append(all[:most], "...")
	}
	if len(all) == 0 {
		return ""
	}
	return "; there are: " + strings.Join(all, ", ")
}

// sysfs is where the kernel shows its interfaces as folders.
const sysfs = "/sys/class/net"

// wireless reports whether an interface is Wi-Fi, by what cfg80211 (phy80211)
// or a driver older than that (wireless) adds to its folder.
func wireless(sysfs, name string) bool {
	return slices.ContainsFunc([]string{"phy80211", "wireless"}, func(mark string) bool {
		_, err := os.Stat(filepath.Join(sysfs, name, mark))
		return err == nil
	})
}

// dumpTries is how often a list is asked for that changes while it is read.
const dumpTries = 20

// dump returns what list lists. The kernel hands long lists over in parts and
// says so when they changed in between; then the list may lack entries and is
// asked for again. What says what it is for, for the error.
func dump[T any](what string, list func() ([]T, error)) ([]T, error) {
	var all []T
	var err error
	for range dumpTries {
		if all, err = list(); !errors.Is(err, netlink.ErrDumpInterrupted) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
}
