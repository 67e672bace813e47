// Package scan recognises scans: contacts (somebody tried something that a scan
// consists of) and what became of them go in, a Report comes out when it is clear
// that a source scans and another one when it has stopped.
//
// # What is a scan
//
// A contact that bore fruit, because data went through the connection or a
// datagram was answered, is what honest machines have; a contact that was refused,
// was not answered for a while or was a connection without content is not. A scan
// has many contacts of the second kind, has them in little time, at least twice
// as many as of the first, and they form a row: many ports of an address
// (vertical), one port of many addresses (horizontal) or both (block).
// Sweeps ask for addresses only. Of those that ask with ARP or neighbour
// discovery, whose answers others do not get to see, only addresses of which
// nothing was ever heard count.
//
// # What it costs
//
// A source with one contact costs a slot in a table of fixed size; in a flood from
// made-up addresses only some get one, so that who scans meanwhile is still seen
// twice, if somewhat later. The sources with more are
// bounded, and the one that was silent longest makes room; so are the scans that
// go on at a time.
package scan
