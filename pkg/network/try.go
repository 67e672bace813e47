package network

import (
	"errors"
	"os"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Trial is one thing that deckies on a real network need of the kernel, as it
// turned out when it was tried.
type Trial struct {
	// Name says what was tried, in a few words.
	Name string
	Err  error
	// Optional says that deckies do without it, at a price that Fix tells.
	Optional bool
	// Fix says how to mend it.
	Fix string
}

// Try tries everything that the native driver does to a host in a network
// namespace that nobody else sees and that is gone afterwards. It needs root.
func Try() []Trial {
	var trials []Trial
	err := apart(func() error {
		trials = try() // the namespace ends when the thread leaves it
		return nil
	})
	if err != nil {
		return []Trial{{Name: "network namespaces", Err: err}}
	}
	return trials
}

func try() []Trial {
	trials := []Trial{{Name: "network namespaces", Err: unix.Unshare(unix.CLONE_NEWNET), Fix: "a kernel with CONFIG_NET_NS, and the right to use it: run as root, outside a container without CAP_SYS_ADMIN"}}
	if trials[0].Err != nil {
		return trials
	}
	parent := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "try0", MTU: 1500}, PeerName: "try1"}
	if err := errors.Join(netlink.LinkAdd(parent), netlink.LinkSetUp(parent)); err != nil {
		return append(trials, Trial{Name: "virtual cables", Err: err, Fix: "a kernel with CONFIG_VETH"})
	}
	link, err := netlink.LinkByName("try0")
	if err != nil {
		return append(trials, Trial{Name: "virtual cables", Err: err})
	}
	child := netlink.LinkAdd
	attrs := func(name string) netlink.LinkAttrs {
		return netlink.LinkAttrs{Name: name, ParentIndex: link.Attrs().Index}
	}
	arp := func() error {
		u, err := NewUnicastARP(&Link{Name: "try0", Index: link.Attrs().Index, MAC: link.Attrs().HardwareAddr})
		if err == nil {
			err = u.Close()
		}
		return err
	}
	return append(
		trials,
		Trial{Name: "macvlan", Err: child(&netlink.Macvlan{LinkAttrs: attrs("try2"), Mode: netlink.MACVLAN_MODE_BRIDGE}), Fix: "a kernel with CONFIG_MACVLAN (modprobe macvlan)"},
		Trial{Name: "walls (nftables)", Err: Contain(nil), Fix: "a kernel with CONFIG_NF_TABLES_INET (modprobe nf_tables)"},
		Trial{Name: "unicast ARP (eBPF)", Err: arp(), Optional: true, Fix: "a kernel of 6.6 or later with TCX; without it every ARP request costs as much as there are deckies, which is felt from a few hundred on"},
		Trial{Name: "ipvlan", Err: child(&netlink.IPVlan{LinkAttrs: attrs("try3"), Mode: netlink.IPVLAN_MODE_L2}), Optional: true, Fix: "needed for --ipvlan only, on Wi-Fi: a kernel with CONFIG_IPVLAN (modprobe ipvlan)"},
	)
}

// Hypervisor names the virtual machine monitor that this host runs under, as its
// firmware tells it; "" on hardware.
func Hypervisor() string {
	data, err := os.ReadFile("/sys/class/dmi/id/sys_vendor")
	if err != nil {
		return ""
	}
	vendor := strings.TrimSpace(string(data))
	for _, known := range []string{"QEMU", "VMware", "Microsoft", "Xen", "innotek", "Amazon", "Google", "Parallels"} {
		if strings.Contains(vendor, known) {
			return vendor
		}
	}
	return ""
}
