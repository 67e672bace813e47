package network

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A decky that comes onto the wire tells the LAN, so that whoever knew somebody
// else at its address learns it at once.
func TestTheLANLearnsOfANewDecky(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	a := spec.Address.Addr()
	f.must(f.peer.NeighSet(&netlink.Neigh{LinkIndex: f.far("far0").Attrs().Index, IP: a.AsSlice(), HardwareAddr: stranger, State: netlink.NUD_STALE}))
	arps := f.socket(unix.ETH_P_ARP)
	f.ensure("one", spec, true)
	f.eventually("learnt", func() bool { return f.neighbour(a) == spec.MAC.String() })
	announced := slices.ContainsFunc(frames(arps), func(frame []byte) bool {
		p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
		arp, ok := p.Layer(layers.LayerTypeARP).(*layers.ARP)
		return ok && addr(arp.SourceProtAddress) == a && addr(arp.DstProtAddress) == a && slices.Equal(arp.SourceHwAddress, spec.MAC)
	})
	if !announced {
		t.Error("no announcement was heard")
	}
}

// One that is on the wire already can tell again, as a container's first process does.
func TestAnnounce(t *testing.T) {
	l, d := besieged(t)
	a := deckies[0]
	d.do(func() { l.must(os.WriteFile("/proc/sys/net/ipv4/conf/all/arp_notify", []byte("1"), 0)) })
	arps := d.socket(unix.ETH_P_ARP)
	frames(arps) // what it said when it came
	d.do(func() { l.must(Announce()) })
	heard := func() bool {
		return slices.ContainsFunc(frames(arps), func(frame []byte) bool {
			p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
			arp, ok := p.Layer(layers.LayerTypeARP).(*layers.ARP)
			return ok && addr(arp.SourceProtAddress) == a && addr(arp.DstProtAddress) == a
		})
	}
	for range 100 {
		if heard() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("no announcement was heard")
}
