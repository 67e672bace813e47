package network

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

const (
	maxUDPPorts = 1024
	// maxAskers bounds how many are remembered, and with it the memory: of a few
	// more, their table alone takes twice as much.
	maxAskers = 768
	// askerMemory is how long after its last packet an asker is answered.
	askerMemory = 30 * time.Second
)

// udpRules remembers who sends something to one of the ports, and accepts what
// goes back to them from there.
func udpRules(b *nftBatch, ports []uint16) {
	var keys [][]byte
	for _, p := range slices.Compact(slices.Sorted(slices.Values(ports))) {
		// Of keys of 2 bytes the kernel makes a bitmap of 16 KiB.
		keys = append(keys, append(binary.BigEndian.AppendUint16(nil, p), 0, 0))
	}
	askers := b.memory("recent", 24, maxAskers, askerMemory)
	b.chain("input", unix.NF_INET_LOCAL_IN, nftAccept)
	for _, family := range []byte{unix.NFPROTO_IPV4, unix.NFPROTO_IPV6} {
		udp := slices.Concat(ifMeta(unix.NFT_META_NFPROTO, family), ifProtocol(unix.IPPROTO_UDP))
		b.rule("input", udp, loadTransport(packetTo.port, 2), nftIn(b.constant(keys...), nftRegister),
			loadConversation(family, packetFrom, packetTo), nftRemember(askers, unix.NFT_REG32_00))
		b.rule("output", udp, loadConversation(family, packetTo, packetFrom), nftIn(askers, unix.NFT_REG32_00), nftVerdict(nftAccept))
	}
}

// packetEnd is where a packet has the address and the port of one of its ends.
type packetEnd struct{ address4, address6, port uint32 }

var (
	packetFrom = packetEnd{address4: 12, address6: 8, port: 0}
	packetTo   = packetEnd{address4: 16, address6: 24, port: 2}
)

// loadConversation loads the address and the port of who asks, and our port: 24
// bytes. An IPv4 address is loaded in the IPv6 form that no packet carries.
func loadConversation(family byte, asker, us packetEnd) []*nl.RtAttr {
	address := nftLoad(unix.NFT_PAYLOAD_NETWORK_HEADER, asker.address6, 16, unix.NFT_REG32_00)
	if family == unix.NFPROTO_IPV4 {
		address = slices.Concat(
			nftLoadBytes(unix.NFT_REG32_00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
			nftLoad(unix.NFT_PAYLOAD_NETWORK_HEADER, asker.address4, 4, unix.NFT_REG32_03))
	}
	return slices.Concat(address,
		nftLoad(unix.NFT_PAYLOAD_TRANSPORT_HEADER, asker.port, 2, unix.NFT_REG32_04),
		nftLoad(unix.NFT_PAYLOAD_TRANSPORT_HEADER, us.port, 2, unix.NFT_REG32_05))
}
