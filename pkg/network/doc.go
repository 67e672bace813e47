// Package network is what DECNET knows of and does to the LAN it puts deckies on.
// An interface's name and what a decky is to be go in; the LAN that this host is
// on, the addresses that somebody has already, and network namespaces with their
// interfaces, walls and sockets come out.
//
//   - Detect and WatchLink ask the kernel (rtnetlink) and need no privileges.
//   - InUse asks the LAN with ARP probes (RFC 5227) and duplicate address detection
//     (RFC 4862), whose sender has no address, so that no cache learns anything.
//   - Spaces makes the namespaces of deckies, pinned as files, and opens sockets in
//     them; EnsureShim lets the host reach its own deckies.
//   - Contain walls a namespace in (nftables), Blocked says what the wall stopped.
//   - UnicastARP keeps an ARP request from costing as much as there are deckies (eBPF).
//   - RaiseLimits makes room on the host, Try says what the host can do at all.
//
// Answers from the LAN are what strangers send: they are bounded, and what is
// malformed or was not asked for is dropped. Unless its doc says otherwise a
// function works on the network namespace of the calling thread.
//
// netlink and cilium/ebpf are imported here alone, gopacket here and in
// pkg/capture. It is gopacket/gopacket, because the last version of google/gopacket
// panics on some malformed ARP packets.
package network
