package network

import (
	"errors"
	"net"
	"net/netip"
	"slices"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"golang.org/x/sys/unix"
)

// claim is what an answer says: that the station with this MAC has the address.
type claim struct {
	addr netip.Addr
	mac  net.HardwareAddr
}

// errNoClaim is the error of packets that say of no address that it is in use,
// malformed ones included.
var errNoClaim = errors.New("not an answer to a probe")

// broadcast is everybody on the LAN.
var broadcast = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// arp asks for IPv4 addresses.
var arp = protocol{etherType: unix.ETH_P_ARP, question: askARP, parse: parseARP}

// askARP is the ARP probe of RFC 5227, section 2.1.1: a request whose sender
// has no protocol address, which nobody can put into a cache.
func askARP(from net.HardwareAddr, addr netip.Addr) (packet []byte, to net.HardwareAddr, err error) {
	buf := gopacket.NewSerializeBuffer()
	err = gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, Operation: layers.ARPRequest,
		SourceHwAddress: from, SourceProtAddress: make([]byte, 4),
		DstHwAddress: make([]byte, 6), DstProtAddress: addr.AsSlice(),
	})
	return buf.Bytes(), broadcast, err
}

// parseARP reads an ARP packet without its Ethernet header. Replies and requests
// alike claim their sender's address; a probe has none, and claims nothing: its
// sender may find the address taken. The claim shares no memory with the packet.
func parseARP(packet []byte) (claim, error) {
	var p layers.ARP
	if err := p.DecodeFromBytes(packet, gopacket.NilDecodeFeedback); err != nil {
		return claim{}, errors.Join(errNoClaim, err)
	}
	if p.AddrType != layers.LinkTypeEthernet || p.Protocol != layers.EthernetTypeIPv4 || len(p.SourceHwAddress) != 6 || len(p.SourceProtAddress) != 4 ||
		p.Operation != layers.ARPRequest && p.Operation != layers.ARPReply {
		return claim{}, errNoClaim
	}
	c := claim{addr: addr(p.SourceProtAddress), mac: slices.Clone(p.SourceHwAddress)}
	if !c.addr.IsValid() || !isStation(c.mac) {
		return claim{}, errNoClaim
	}
	return c, nil
}

// isStation reports whether one station can have that MAC address: a group
// cannot answer, and all zeros stand for "unknown".
func isStation(mac net.HardwareAddr) bool {
	return len(mac) == 6 && mac[0]&1 == 0 && slices.ContainsFunc(mac, func(b byte) bool { return b != 0 })
}
