// Package network is what DECNET knows of and does to the LAN it puts deckies
// on: an interface's name or nothing at all goes in, the LAN this host is on and
// the addresses of it that somebody has already come out.
//
// Detect asks the kernel (rtnetlink) and needs no privileges. InUse asks the LAN
// with ARP probes (RFC 5227) and duplicate address detection (RFC 4862), whose
// sender has no address, so that no cache on the LAN learns anything from it; it
// needs CAP_NET_RAW. Answers are what strangers send: they are bounded, and what
// is malformed or was not asked for is dropped.
//
// Everything works on the network namespace of the calling thread. netlink and
// gopacket are imported here alone. It is gopacket/gopacket, because the last
// version of google/gopacket panics on some malformed ARP packets.
package network
