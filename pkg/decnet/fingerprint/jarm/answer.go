package jarm

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// MaxAnswer is how many bytes of a server's answer count.
const MaxAnswer = 1484

// nothing is the answer of a server that did not say hello.
const nothing = "|||"

// Answer returns what a server's answer to one probe says, as cipher, version, protocol
// and extensions with "|" between them: "c02f|0303|h2|ff01-0000-0010". It is "|||" if
// there is no ServerHello in answer, which is what came after the probe was sent, from
// its first byte on. No more than MaxAnswer bytes count.
//
// It reads bytes at the places where they are in a ServerHello that came in one record,
// as the program that describes JARM does, and falls into the same traps: after a hello
// without extensions it takes what follows it for some.
func Answer(answer []byte) string {
	b := answer[:min(len(answer), MaxAnswer)]
	if len(b) <= 43 || b[0] != 22 || b[5] != 2 {
		return nothing
	}
	at := int(b[43]) // the length of the session id
	extensions, ok := extensionsOf(b, at)
	if !ok {
		return nothing
	}
	return hexOf(b, at+44, at+46) + "|" + hexOf(b, 9, 11) + "|" + extensions
}

// extensionsOf returns protocol and extensions, "|||" if there are none.
func extensionsOf(b []byte, at int) (text string, ok bool) {
	switch {
	case len(b) <= at+47, b[at+47] == 11:
		return nothing, true
	case string(piece(b, at+50, at+53)) == "\x0e\xac\x0b", string(piece(b, 82, 85)) == "\x0f\xf0\x0b":
		return nothing, true // the certificate follows at once
	}
	size, ok := number(piece(b, at+47, at+49))
	if !ok {
		return "", false
	}
	var kinds []string
	protocol := ""
	found := false
	for i, end := at+49, at+48+size; i < end; {
		size, ok := number(piece(b, i+2, i+4))
		if !ok {
			return "", false
		}
		kind := hexOf(b, i, i+2)
		kinds = append(kinds, kind)
		if kind == "0010" && !found {
			found = true
			if size == 0 {
				return "", false
			}
			protocol = string(piece(b, i+7, i+4+size))
		}
		i += 4 + size
	}
	if !utf8.ValidString(protocol) {
		return "", false
	}
	return protocol + "|" + strings.Join(kinds, "-"), true
}

// piece returns the bytes from start up to end, as far as they are there.
func piece(b []byte, start, end int) []byte {
	end = min(end, len(b))
	if start >= end {
		return nil
	}
	return b[start:end]
}

func hexOf(b []byte, start, end int) string { return hex.EncodeToString(piece(b, start, end)) }

// number reads the number in b. There is none in no bytes.
func number(b []byte) (n int, ok bool) {
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n, len(b) > 0
}
