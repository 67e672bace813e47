// Package capture turns bytes of a network into packets. An interface (Open) or a
// capture file (OpenFile) goes in; Packets, decoded into one struct that is used
// again and again, come out. A Writer makes capture files of them, up to a quota.
//
// Whoever is on the network decides what the bytes are: every length is checked
// against what is there, headers that repeat are counted, nothing is allocated for
// a packet and nothing panics.
//
// It reads AF_PACKET rings and the formats pcap and pcapng through
// gopacket/gopacket, which needs no C; the decoder is our own, because a sniffer
// wants few fields of many packets: it takes a fifth of the time of gopacket's
// layers and is held to them by a test.
package capture
