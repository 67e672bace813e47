// Package quicfp takes the ClientHello out of the first datagrams of a QUIC client:
// datagrams go in, a handshake message comes out, which package tlsfp reads. These
// datagrams are encrypted with keys that are made of what they say themselves, so
// everybody who sees them can read them.
//
// Formats: RFC 9000 and 9001 (version 1), RFC 9369 (version 2), and the drafts 29 to 34,
// which are like version 1.
//
// Everything is a pure function of bytes that an attacker may have chosen: it is
// bounded by MaxDatagrams and assemble.MaxSize, and nothing panics.
package quicfp
