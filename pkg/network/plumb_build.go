package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// build makes a namespace on the calling thread, which is in it afterwards, and
// pins it when it is complete. If it fails there is nothing left.
func (s *Spaces) build(path string, spec *Spec) error {
	space, err := netns.New()
	if errors.Is(err, unix.ENOSPC) {
		return fmt.Errorf("there are too many: raise the sysctl user.max_net_namespaces: %w", err)
	}
	if err != nil {
		return denied(err)
	}
	defer func() { _ = space.Close() }()
	err = s.furnish(space, spec)
	if err == nil {
		err = pin(path)
	}
	if err != nil {
		// The namespace ends with its last user, some time: not so its
		// interface, whose MAC address is needed when this is tried again.
		return errors.Join(err, strip())
	}
	return nil
}

// furnish sets up the namespace, which the calling thread is in.
func (s *Spaces) furnish(space netns.NsHandle, spec *Spec) error {
	inside, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open a netlink socket: %w", err)
	}
	defer inside.Close()
	early, late := spec.sysctls()
	if err := s.proc.each(early, folder.write); err != nil {
		return err
	}
	link, err := s.hang(inside, space, spec)
	if err != nil {
		return err
	}
	if err := s.proc.each(late, folder.write); err != nil {
		return err
	}
	return spec.connect(inside, link)
}

// connect brings the interfaces up, with addresses and routes.
func (s *Spec) connect(inside *netlink.Handle, link netlink.Link) error {
	lo := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: "lo", Index: loIndex}}
	if err := inside.LinkSetUp(lo); err != nil {
		return fmt.Errorf("bring up the loopback: %w", err)
	}
	if err := inside.AddrAdd(link, &netlink.Addr{IPNet: ipNet(s.Address)}); err != nil {
		return fmt.Errorf("give %s the address %s: %w", s.Ifname, s.Address, err)
	}
	if err := s.bringUp(inside, link); err != nil {
		return err
	}
	// An IPv6 address that is there before the interface is up may be lost: on
	// the way up, the kernel drops those for which it gets no memory at once.
	if s.Address6.IsValid() {
		a := &netlink.Addr{IPNet: ipNet(s.Address6), Flags: unix.IFA_F_NODAD} // whoever chose it has looked
		if err := inside.AddrAdd(link, a); err != nil {
			return fmt.Errorf("give %s the address %s: %w", s.Ifname, s.Address6, err)
		}
	}
	for _, gateway := range []netip.Addr{s.Gateway, s.Gateway6} {
		if !gateway.IsValid() {
			continue
		}
		// The gateway is on the LAN: the kernel has no route that says so for
		// IPv6 before it has seen a carrier, which may take it a second.
		way := &netlink.Route{
			LinkIndex: link.Attrs().Index, Gw: gateway.AsSlice(), Flags: int(netlink.FLAG_ONLINK),
			Dst: ipNet(netip.PrefixFrom(gateway, 0).Masked()),
		}
		if err := inside.RouteAdd(way); err != nil {
			return fmt.Errorf("route over the gateway %s: %w", gateway, err)
		}
	}
	return LimitWindows(s.ReceiveWindow)
}

// departure is how long the kernel gets to be done with a namespace that nobody
// uses any more, such as one whose maker was killed.
const departure = 3 * time.Second

// bringUp brings the interface up, as soon as nobody else has its MAC address.
func (s *Spec) bringUp(inside *netlink.Handle, link netlink.Link) error {
	for begun := time.Now(); ; time.Sleep(departure / 100) {
		err := inside.LinkSetUp(link)
		taken := errors.Is(err, unix.EADDRINUSE) || errors.Is(err, unix.EBUSY)
		switch {
		case err == nil:
			return nil
		case taken && time.Since(begun) > departure:
			return fmt.Errorf("bring up %s: another interface on %s has the MAC address %s: %w", s.Ifname, s.Parent.Name, s.MAC, err)
		case !taken:
			return fmt.Errorf("bring up %s: %w", s.Ifname, err)
		}
	}
}

// loIndex is the number of lo in every namespace.
const loIndex = 1

// ipNet is p in the form that netlink has.
func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
