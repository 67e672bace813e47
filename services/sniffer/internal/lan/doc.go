// Package lan keeps what hosts of the same LAN say of themselves: ARP, neighbour
// discovery, DHCP and names go in; facts of the hosts that are watched come out,
// each once.
//
// A host is known by its MAC address. What belongs to which IP address is learned
// from ARP and neighbour discovery alone, never from who sent a packet: what comes
// through a router has the router's MAC address. All of it can be made up by the
// host, and is evidence of what it wants to be taken for.
package lan
