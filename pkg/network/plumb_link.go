package network

import (
	"errors"
	"fmt"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// The kernel's names for the two kinds of interfaces that hang from another.
const (
	macvlan = "macvlan"
	ipvlan  = "ipvlan"
)

// hang makes the interface in a namespace, down, and returns it as seen by
// inside, a handle of that namespace.
func (s *Spaces) hang(inside *netlink.Handle, space netns.NsHandle, spec *Spec) (netlink.Link, error) {
	link, err := s.hangAs(spec.Ifname, inside, space, spec)
	if errors.Is(err, unix.EEXIST) {
		// Kernels before 6.14 want the name to be free on the host as well.
		return s.hangAs(fmt.Sprintf("dn%d", unix.Gettid()), inside, space, spec)
	}
	return link, err
}

// hangAs is hang with a name for the interface while it is made.
func (s *Spaces) hangAs(name string, inside *netlink.Handle, space netns.NsHandle, spec *Spec) (netlink.Link, error) {
	if err := s.host.LinkAdd(spec.link(space, name)); err != nil {
		return nil, explainLink(err, spec.kind(), spec.Parent.Name)
	}
	link, err := inside.LinkByName(name)
	if err == nil && name != spec.Ifname {
		err = inside.LinkSetName(link, spec.Ifname)
	}
	if err != nil {
		return nil, fmt.Errorf("name the new interface %s: %w", spec.Ifname, err)
	}
	return link, nil
}

func (s *Spec) kind() string {
	if s.IPvlan {
		return ipvlan
	}
	return macvlan
}

// link describes the interface to the kernel.
func (s *Spec) link(space netns.NsHandle, name string) netlink.Link {
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex, attrs.MTU, attrs.Namespace = name, s.Parent.Index, s.MTU, netlink.NsFd(space)
	if !s.IPvlan {
		attrs.HardwareAddr = s.MAC
	}
	return child(s.kind(), attrs)
}

// child is an interface that hangs from another.
func child(kind string, attrs netlink.LinkAttrs) netlink.Link {
	if kind == ipvlan {
		return &netlink.IPVlan{LinkAttrs: attrs, Mode: netlink.IPVLAN_MODE_L2}
	}
	return &netlink.Macvlan{LinkAttrs: attrs, Mode: netlink.MACVLAN_MODE_BRIDGE}
}

// explainLink says in plain words why an interface could not be made.
func explainLink(err error, kind, parent string) error {
	switch {
	case errors.Is(err, unix.EOPNOTSUPP) && kind == ipvlan:
		return fmt.Errorf("this kernel has no ipvlan interfaces: load its module (\"modprobe ipvlan\"), or use macvlan: %w", err)
	case errors.Is(err, unix.EOPNOTSUPP):
		return fmt.Errorf("this kernel has no macvlan interfaces: load its module (\"modprobe macvlan\"): %w", err)
	case errors.Is(err, unix.ENODEV):
		return fmt.Errorf("the interface %s is gone: %w", parent, err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("%s cannot carry %s interfaces: it is part of a bridge or bond, or carries another kind: %w", parent, kind, err)
	}
	return fmt.Errorf("make a %s interface on %s: %w", kind, parent, denied(err))
}

// strip deletes what hangs from a LAN in the namespace of the calling thread.
func strip() error {
	links, err := dump("list network interfaces", netlink.LinkList)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Type() != macvlan && l.Type() != ipvlan {
			continue
		}
		// It may go by itself at any time, with its parent.
		if err := netlink.LinkDel(l); err != nil && !errors.Is(err, unix.ENODEV) {
			return fmt.Errorf("delete the interface %s: %w", l.Attrs().Name, err)
		}
	}
	return nil
}

// notFound reports whether err means that there is no such interface.
func notFound(err error) bool {
	var none netlink.LinkNotFoundError
	return errors.As(err, &none) || errors.Is(err, unix.ENODEV)
}
