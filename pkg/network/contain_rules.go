package network

import (
	"encoding/binary"
	"slices"

	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// blockedKinds are what is counted separately, by the name of the counter.
var blockedKinds = []struct {
	counter  string
	protocol byte // 0 is all the others
	of       func(*Counters) *Counter
}{
	{"tcp", unix.IPPROTO_TCP, func(c *Counters) *Counter { return &c.TCP }},
	{"udp", unix.IPPROTO_UDP, func(c *Counters) *Counter { return &c.UDP }},
	{"icmp", unix.IPPROTO_ICMP, func(c *Counters) *Counter { return &c.ICMP }},
	{"icmpv6", unix.IPPROTO_ICMPV6, func(c *Counters) *Counter { return &c.ICMP }},
	{"other", 0, func(c *Counters) *Counter { return &c.Other }},
}

// Types of ICMP and ICMPv6 that answer something.
var (
	icmpAnswers = [][]byte{
		{layers.ICMPv4TypeEchoReply},
		{layers.ICMPv4TypeTimestampReply},
		{layers.ICMPv4TypeDestinationUnreachable},
		{layers.ICMPv4TypeTimeExceeded},
		{layers.ICMPv4TypeParameterProblem},
	}
	icmp6Answers = [][]byte{
		{layers.ICMPv6TypeEchoReply},
		{layers.ICMPv6TypeDestinationUnreachable},
		{layers.ICMPv6TypePacketTooBig},
		{layers.ICMPv6TypeTimeExceeded},
		{layers.ICMPv6TypeParameterProblem},
	}
)

// icmp6Upkeep are those by which a host stays within reach: a switch that snoops
// on multicast brings no solicitations to who never reports to listen to them.
var icmp6Upkeep = [][]byte{
	{layers.ICMPv6TypeNeighborSolicitation},
	{layers.ICMPv6TypeNeighborAdvertisement},
	{layers.ICMPv6TypeMLDv1MulticastListenerReportMessage},
	{layers.ICMPv6TypeMLDv1MulticastListenerDoneMessage},
	{layers.ICMPv6TypeMLDv2MulticastListenerReportMessageV2},
}

// Where IPv4 says how far into a packet a fragment begins, and the bits of it.
const (
	ip4Fragment       = 6
	ip4FragmentOffset = "\x1f\xff"
)

// Flags of TCP, and where they are in its header.
const (
	tcpFlags = 13
	tcpSYN   = 0x02
	tcpRST   = 0x04
	tcpACK   = 0x10
)

// loopbackIndex is the number of that interface in every namespace.
const loopbackIndex = 1

// wallRules adds chains and rules to a table without any.
func wallRules(b *nftBatch, udpPorts []uint16) {
	accept, drop := nftVerdict(nftAccept), nftVerdict(nftDrop)
	for _, k := range blockedKinds {
		b.counter(k.counter)
	}
	b.chain("forward", unix.NF_INET_FORWARD, nftDrop)
	b.chain("output", unix.NF_INET_LOCAL_OUT, nftDrop)
	b.rule("output", ifMeta(unix.NFT_META_OIF, binary.NativeEndian.AppendUint32(nil, loopbackIndex)...), accept)
	// A later fragment has no header, but what looks like one: in IPv6 the kernel
	// tells, in IPv4 not. It splits its own packets only when they have passed.
	b.rule("output", ifMeta(unix.NFT_META_NFPROTO, unix.NFPROTO_IPV4), ifLaterFragment(), nftCount("other"), drop)
	b.rule("output", ifProtocol(unix.IPPROTO_TCP), ifFlags(tcpACK, tcpACK), accept)
	b.rule("output", ifProtocol(unix.IPPROTO_TCP), ifFlags(tcpSYN|tcpRST, tcpRST), accept)
	if len(udpPorts) > 0 {
		udpRules(b, udpPorts)
	}
	icmp := slices.Concat(ifMeta(unix.NFT_META_NFPROTO, unix.NFPROTO_IPV4), ifProtocol(unix.IPPROTO_ICMP), loadTransport(0, 1))
	icmp6 := slices.Concat(ifMeta(unix.NFT_META_NFPROTO, unix.NFPROTO_IPV6), ifProtocol(unix.IPPROTO_ICMPV6), loadTransport(0, 1))
	b.rule("output", icmp, nftIn(b.constant(icmpAnswers...), nftRegister), accept)
	b.rule("output", icmp6, nftIn(b.constant(slices.Concat(icmp6Answers, icmp6Upkeep)...), nftRegister), accept)
	// The kernel asks for routers of itself: that is no attempt of anybody's.
	b.rule("output", icmp6, nftEquals(layers.ICMPv6TypeRouterSolicitation), drop)
	for _, k := range blockedKinds {
		var which []*nl.RtAttr
		if k.protocol != 0 {
			which = ifProtocol(k.protocol)
		}
		b.rule("output", which, nftCount(k.counter), drop)
	}
}

func ifMeta(key uint32, want ...byte) []*nl.RtAttr {
	return slices.Concat(nftLoadMeta(key), nftEquals(want...))
}

// ifProtocol matches what an IP packet carries, behind whatever IPv6 extension
// headers it has.
func ifProtocol(protocol byte) []*nl.RtAttr { return ifMeta(unix.NFT_META_L4PROTO, protocol) }

// loadTransport loads bytes of the header behind that of IP.
func loadTransport(offset, length uint32) []*nl.RtAttr {
	return nftLoad(unix.NFT_PAYLOAD_TRANSPORT_HEADER, offset, length, nftRegister)
}

func ifLaterFragment() []*nl.RtAttr {
	return slices.Concat(nftLoad(unix.NFT_PAYLOAD_NETWORK_HEADER, ip4Fragment, 2, nftRegister), nftMask([]byte(ip4FragmentOffset)...), nftDiffers(0, 0))
}

// ifFlags matches TCP segments that have of the flags in mask exactly want.
func ifFlags(mask, want byte) []*nl.RtAttr {
	return slices.Concat(loadTransport(tcpFlags, 1), nftMask(mask), nftEquals(want))
}
