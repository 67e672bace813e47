package network

import (
	"slices"
	"testing"

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
