// Package tlsfp makes fingerprints of TLS and DTLS clients and servers out of what
// they send before anything is encrypted: bytes of one direction go in, whole
// handshake messages, what is in them and their JA3, JA3S and JA4 come out.
//
// Stream takes the messages out of a TCP direction, Datagram out of DTLS; package
// quicfp does so for QUIC. ParseClientHello and ParseServerHello read one.
//
// Formats: RFC 8446 and 5246 (TLS 1.3 and 1.2), RFC 9147 and 6347 (DTLS 1.3 and
// 1.2), RFC 8701 (GREASE). Fingerprints: https://github.com/salesforce/ja3 (JA3,
// JA3S) and https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md. Of
// the JA4 family only JA4 itself may be used freely, so the others are not here.
//
// Everything is a pure function of bytes that an attacker may have chosen: it is
// bounded by MaxMessage, and nothing panics.
package tlsfp
