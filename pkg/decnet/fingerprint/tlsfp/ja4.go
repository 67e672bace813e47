package tlsfp

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
)

// Transport is what a ClientHello came over: the first letter of its JA4.
type Transport byte

// The transports.
const (
	TCP  Transport = 't'
	QUIC Transport = 'q'
	DTLS Transport = 'd'
)

// JA4 returns the JA4 of the client, such as t13d1516h2_8daaf6152771_e5627efa2ab1:
// what it is in ten characters, then hashes of its ciphers and of its extensions with
// the signature algorithms.
func (h *ClientHello) JA4(over Transport) string {
	ciphers, extensions := h.ja4Lists()
	return h.ja4Start(over) + "_" + hash12(ciphers) + "_" + hash12(extensions)
}

// JA4Raw returns what JA4 is made of, the form that is called JA4_r.
func (h *ClientHello) JA4Raw(over Transport) string {
	ciphers, extensions := h.ja4Lists()
	return h.ja4Start(over) + "_" + ciphers + "_" + extensions
}

// ja4Start is the part before the first underscore.
func (h *ClientHello) ja4Start(over Transport) string {
	destination := byte('i') // an IP address
	if slices.Contains(h.Extensions, extServerName) {
		destination = 'd' // a domain
	}
	return fmt.Sprintf("%c%s%c%02d%02d%s", over, h.ja4Version(), destination,
		min(len(withoutGREASE(h.Ciphers)), 99), min(len(withoutGREASE(h.Extensions)), 99), h.ja4Protocol())
}

// ja4Version is the greatest number among the supported versions. That holds for DTLS
// too, where numbers count down: who offers DTLS 1.3 and 1.2 has d2.
func (h *ClientHello) ja4Version() string {
	version := h.Version
	if slices.Contains(h.Extensions, extSupportedVersions) {
		version = 0
		for _, v := range withoutGREASE(h.SupportedVersions) {
			version = max(version, v)
		}
	}
	switch version {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	case 0xfeff:
		return "d1"
	case 0xfefd:
		return "d2"
	case 0xfefc:
		return "d3"
	}
	return "00"
}

// ja4Protocol is the first and the last character of the first protocol of ALPN; of its
// hex digits if one of the two is no letter or digit.
func (h *ClientHello) ja4Protocol() string {
	if len(h.ALPN) == 0 || h.ALPN[0] == "" {
		return "00"
	}
	name := h.ALPN[0]
	if !alphanumeric(name[0]) || !alphanumeric(name[len(name)-1]) {
		name = hex.EncodeToString([]byte(name))
	}
	return string([]byte{name[0], name[len(name)-1]})
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// ja4Lists are the two lists that are hashed: ciphers and extensions sorted, so that a
// client that shuffles them stays the same; server name and ALPN left out, so that it
// stays the same wherever it goes; signature algorithms in their order.
func (h *ClientHello) ja4Lists() (ciphers, extensions string) {
	sorted := withoutGREASE(h.Ciphers)
	slices.Sort(sorted)
	ciphers = hexList(sorted)
	sorted = slices.DeleteFunc(withoutGREASE(h.Extensions), func(e uint16) bool { return e == extServerName || e == extALPN })
	slices.Sort(sorted)
	extensions = hexList(sorted)
	if algorithms := withoutGREASE(h.SignatureAlgorithms); len(algorithms) > 0 {
		extensions += "_" + hexList(algorithms)
	}
	return ciphers, extensions
}

// hexList joins values in four hex digits each.
func hexList(values []uint16) string {
	b := make([]byte, 0, 5*len(values))
	var code [2]byte
	for _, v := range values {
		if len(b) > 0 {
			b = append(b, ',')
		}
		binary.BigEndian.PutUint16(code[:], v)
		b = hex.AppendEncode(b, code[:])
	}
	return string(b)
}

// hash12 is the first twelve hex digits of a list's SHA-256, and zeros for none.
func hash12(list string) string {
	if list == "" {
		return "000000000000"
	}
	sum := sha256.Sum256([]byte(list))
	return hex.EncodeToString(sum[:6])
}
