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

// Offsets in an IPv6 packet without extension headers, which neighbour discovery
// must not be sent with anyway (RFC 6980).
const (
	ip6NextHeader = 6
	ip6HopLimit   = 7
	ip6Header     = 40 // its length; the ICMPv6 message follows
	icmp6Header   = 4
)

// ndp asks for IPv6 addresses. Its socket would see every IPv6 packet of this
// host without the filter. Those who answer a sender without an address tell all
// nodes, which an interface without IPv6 does not listen to by itself.
var ndp = protocol{
	etherType: unix.ETH_P_IPV6, question: askNDP, parse: parseNDP, group: net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1},
	filter: []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: ip6NextHeader},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: unix.IPPROTO_ICMPV6},
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: ip6Header},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: layers.ICMPv6TypeNeighborAdvertisement},
		{Code: unix.BPF_RET | unix.BPF_K, K: maxPacket},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	},
}

// askNDP is the neighbour solicitation of duplicate address detection (RFC 4862,
// section 5.4.2): its sender has no address, and it goes to the group of those
// whose address ends as this one does.
func askNDP(_ net.HardwareAddr, addr netip.Addr) (packet []byte, to net.HardwareAddr, err error) {
	target := addr.As16()
	group := net.IP{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, target[13], target[14], target[15]}
	ip := &layers.IPv6{Version: 6, NextHeader: layers.IPProtocolICMPv6, HopLimit: 255, SrcIP: net.IPv6unspecified, DstIP: group}
	icmp := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborSolicitation, 0)}
	if err := icmp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	err = gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		ip, icmp, &layers.ICMPv6NeighborSolicitation{TargetAddress: target[:]})
	return buf.Bytes(), net.HardwareAddr{0x33, 0x33, 0xff, target[13], target[14], target[15]}, err
}

// parseNDP reads an IPv6 packet without its Ethernet header. A neighbour
// advertisement claims its target; the claim has no MAC if the advertisement has
// none. The checksum is not looked at: the frame had one, and a forger gets it
// right. The claim shares no memory with the packet.
func parseNDP(packet []byte) (claim, error) {
	if len(packet) < ip6Header+icmp6Header || packet[0]>>4 != 6 {
		return claim{}, errNoClaim
	}
	body := packet[ip6Header:]
	// A hop limit below 255 has passed a router: it is not of this LAN.
	if packet[ip6NextHeader] != unix.IPPROTO_ICMPV6 || packet[ip6HopLimit] != 255 || body[0] != layers.ICMPv6TypeNeighborAdvertisement || body[1] != 0 {
		return claim{}, errNoClaim
	}
	length := int(packet[4])<<8 | int(packet[5])
	if length < icmp6Header || length > len(body) {
		return claim{}, errNoClaim
	}
	var p layers.ICMPv6NeighborAdvertisement
	if err := p.DecodeFromBytes(body[icmp6Header:length], gopacket.NilDecodeFeedback); err != nil {
		return claim{}, errors.Join(errNoClaim, err)
	}
	c := claim{addr: netip.AddrFrom16([16]byte(p.TargetAddress))}
	if c.addr.IsMulticast() || c.addr.IsUnspecified() {
		return claim{}, errNoClaim
	}
	for _, option := range p.Options {
		if option.Type == layers.ICMPv6OptTargetAddress && isStation(option.Data) {
			c.mac = slices.Clone(option.Data)
			break
		}
	}
	return c, nil
}
