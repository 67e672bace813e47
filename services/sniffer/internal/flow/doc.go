// Package flow follows TCP connections: packets go in; what each packet is to a
// connection (Verdict), the bytes of both directions in their order and the
// figures of a connection that is over come out.
//
// # What it costs
//
// A connection that is not established costs a slot in a table of fixed size, in
// which a newcomer takes the place of the oldest of a few; so a flood of SYNs from
// any number of sources needs no memory that was not there before, and at worst
// lets handshakes be forgotten that take longer than the flood needs to come round.
// Only a handshake that is complete, so that the source's address is real, makes a
// Flow; of those there are at most Limits.Flows, and the one that was idle longest
// makes room. Bytes that wait for others are bounded per direction and in all.
//
// A connection whose beginning was not seen is not followed.
//
// # Overlaps
//
// Bytes that were delivered are not delivered again, whatever a later segment says
// is in their place. Of segments that wait and overlap, the one that begins first
// is believed. Checksums are not looked at: where the host itself sends, the
// network card fills them in later.
package flow
