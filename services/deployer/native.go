package deployer

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/network"
)

// ifname is what the interface inside a decky's namespace is called. Nobody but
// the kernel ever sees it.
const ifname = "eth0"

// Native puts deckies on a real network: each is a network namespace with a
// macvlan child of the host's interface, made through netlink. It needs root. The
// namespaces are pinned, so that they outlive the deployer; what is pinned and not
// wanted any more is removed.
type Native struct {
	dir string
	log *slog.Logger
	// attached is told of interfaces when they are first used.
	attached func(name string)
	spaces   *network.Spaces // opened at the first use: other drivers need no root
	links    map[string]*attached
	// placed are the deckies on the wire, by name.
	placed map[string]placement
	stacks *stacks
}

// placement is where a decky is.
type placement struct {
	iface   string
	ipvlan  bool
	address netip.Addr
	// enforced is how far its packets look like those of its stack.
	enforced decnet.Enforcement
}

// newNative prepares the driver; namespaces are pinned in dir.
func newNative(dir string, stacks *stacks, log *slog.Logger) *Native {
	return &Native{dir: dir, log: log, stacks: stacks, links: make(map[string]*attached), placed: make(map[string]placement)}
}

// open makes sure that the driver can work on this host.
func (n *Native) open() error {
	if n.spaces != nil {
		return nil
	}
	s, err := network.OpenSpaces(n.dir)
	if errors.Is(err, network.ErrNoPrivilege) {
		return fmt.Errorf("driver native needs root on the deployer's host: start decnet with sudo (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("driver native: %w", err)
	}
	n.spaces = s
	return nil
}

// Open puts d on the wire: its namespace, its wall, its sockets.
func (n *Native) Open(d *decnet.Decky, ports []Port) ([]Socket, error) {
	if err := n.open(); err != nil {
		return nil, err
	}
	at, err := n.attach(d.Network.Interface)
	if err != nil {
		return nil, err
	}
	spec, err := specOf(d, at.link)
	if err != nil {
		return nil, err
	}
	if _, err := n.spaces.Ensure(d.Name, spec); err != nil {
		return nil, err
	}
	enforced := n.stacks.give(d, func(f func() error) error { return n.spaces.Do(d.Name, f) })
	sockets, err := n.furnish(d, ports)
	if err != nil {
		// What cannot be walled in or served is not left on the wire.
		return nil, errors.Join(err, n.Close(d.Name)[d.Name])
	}
	if old, ok := n.placed[d.Name]; ok && old.address != d.Address {
		n.forget(old)
	}
	n.placed[d.Name] = placement{iface: at.link.Name, ipvlan: d.Network.IPvlan, address: d.Address, enforced: enforced}
	if at.arp != nil && !d.Network.IPvlan {
		if err := at.arp.Set(d.Address, spec.MAC); err != nil {
			n.log.Warn("ARP requests for a decky are broadcast", "decky", d.Name, "error", err)
		}
	}
	return sockets, nil
}

// furnish walls the namespace in and opens the sockets in it.
func (n *Native) furnish(d *decnet.Decky, ports []Port) ([]Socket, error) {
	var udp []uint16
	for _, p := range ports {
		if p.Transport == decnet.UDP {
			udp = append(udp, p.Port)
		}
	}
	if err := n.spaces.Do(d.Name, func() error { return network.Contain(udp) }); err != nil {
		return nil, fmt.Errorf("wall in %s: %w", d.Name, err)
	}
	addresses := []netip.Addr{d.Address}
	if d.Address6.IsValid() {
		addresses = append(addresses, d.Address6)
	}
	var sockets []Socket
	for _, p := range ports {
		for _, a := range addresses {
			sockets = append(sockets, n.listen(d.Name, p, netip.AddrPortFrom(a, p.Port)))
		}
	}
	return sockets, nil
}

func (n *Native) listen(name string, p Port, at netip.AddrPort) Socket {
	s := Socket{Port: p, Addr: at}
	if p.Transport != decnet.TCP {
		s.Note = fmt.Sprintf("transport %s cannot be served", p.Transport)
		return s
	}
	var err error
	if s.File, err = n.spaces.ListenTCP(name, at); err != nil {
		s.Note = err.Error()
	}
	return s
}

// specOf is the namespace that the decky's persona has on the link.
func specOf(d *decnet.Decky, link *network.Link) (*network.Spec, error) {
	p, err := persona.Derive(d)
	if err != nil {
		return nil, err
	}
	stack, err := catalog.StackOf(&p.OS, d.Stack)
	if err != nil {
		return nil, err
	}
	spec := &network.Spec{
		Parent: link, IPvlan: d.Network.IPvlan, Ifname: ifname, MAC: p.MAC, Sysctls: stack.Sysctls, ReceiveWindow: stack.ReceiveWindow,
		Address: netip.PrefixFrom(d.Address, d.Network.Subnet.Bits()), Gateway: d.Network.Gateway,
	}
	if d.Address6.IsValid() {
		spec.Address6 = netip.PrefixFrom(d.Address6, 64)
		if link.Prefix6.IsValid() {
			spec.Address6 = netip.PrefixFrom(d.Address6, link.Prefix6.Bits())
		}
		spec.Gateway6 = link.Gateway6
	}
	return spec, nil
}
