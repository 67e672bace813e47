package network

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func TestTheLANLearnsFromAnnouncements(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	a, a6 := spec.Address.Addr(), spec.Address6.Addr()
	f.ensure("one", spec, true)
	far := f.far("far0").Attrs().Index
	for _, known := range []netip.Addr{a, a6} { // as if somebody else had been there
		f.must(f.peer.NeighSet(&netlink.Neigh{LinkIndex: far, IP: known.AsSlice(), HardwareAddr: stranger, State: netlink.NUD_STALE}))
	}
	arps, ndps := f.socket(unix.ETH_P_ARP), f.socket(unix.ETH_P_IPV6)
	f.must(f.Announce("one", "eth0", spec.MAC, a, a6))
	for _, known := range []netip.Addr{a, a6} {
		f.eventually("learnt", func() bool { return f.neighbour(known) == spec.MAC.String() })
	}
	time.Sleep(20 * time.Millisecond)
	seen := map[string]int{}
	for _, frame := range slices.Concat(frames(arps), frames(ndps)) {
		p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
		ether, _ := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
		if ether.SrcMAC.String() != spec.MAC.String() {
			continue
		}
		if arp, ok := p.Layer(layers.LayerTypeARP).(*layers.ARP); ok && slices.Equal(ether.DstMAC, broadcast) {
			if arp.Operation == layers.ARPRequest && addr(arp.SourceProtAddress) == a && addr(arp.DstProtAddress) == a && slices.Equal(arp.SourceHwAddress, spec.MAC) {
				seen["ARP"]++
			}
		}
		if na, ok := p.Layer(layers.LayerTypeICMPv6NeighborAdvertisement).(*layers.ICMPv6NeighborAdvertisement); ok && slices.Equal(ether.DstMAC, allNodesMAC) {
			if na.Flags == override && addr(na.TargetAddress) == a6 && len(na.Options) == 1 && slices.Equal(na.Options[0].Data, spec.MAC) {
				seen["NDP"]++
			}
			if c, err := parseNDP(frame[14:]); err != nil || c.addr != a6 {
				t.Errorf("have %v, %v", c, err)
			}
		}
	}
	if seen["ARP"] != announcements || seen["NDP"] != announcements {
		t.Errorf("have %v", seen)
	}
	for _, one := range [][2]netip.Addr{{a, {}}, {{}, a6}, {{}, {}}} {
		f.must(f.Announce("one", "eth0", spec.MAC, one[0], one[1]))
	}
}

func TestWhatCannotBeAnnounced(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	fails := func(want, name, ifname string, a, a6 netip.Addr) {
		t.Helper()
		begun := time.Now()
		err := f.Announce(name, ifname, spec.MAC, a, a6)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "announce the addresses of "+name+": ") {
			t.Errorf("have %v, want %s", err, want)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("%s: took %v", want, took)
		}
	}
	fails("no network namespace two", "two", "eth0", addr4, addr6)
	fails("find eth1", "one", "eth1", addr4, addr6)
	fails("is no IPv4 address", "one", "eth0", addr6, addr6)
	fails("is no IPv6 address", "one", "eth0", addr4, addr4)
	f.inside("one", netlink.LinkSetDown)
	fails("down or gone", "one", "eth0", addr4, addr6)
	f.inside("one", netlink.LinkSetUp)
	f.must(netlink.LinkSetDown(f.near("lan0")))
	fails("no carrier", "one", "eth0", addr4, addr6)
}
