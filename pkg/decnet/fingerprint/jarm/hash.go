package jarm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Hash returns the JARM of a server, 62 hex digits, of what Answer made of its answers:
// three digits for the cipher and the version of each, then half a SHA-256 of all
// protocols and extensions. An empty answer counts as "|||". If there are only these,
// nobody speaks TLS there, and all digits are zero.
func Hash(answers [10]string) string {
	var start, rest strings.Builder
	silent := true
	for _, answer := range answers {
		silent = silent && (answer == "" || answer == nothing)
		fields := append(strings.Split(answer, "|"), "", "", "")
		start.WriteString(cipherDigits(fields[0]) + versionDigit(fields[1]))
		rest.WriteString(fields[2] + fields[3])
	}
	if silent {
		return strings.Repeat("0", 62)
	}
	sum := sha256.Sum256([]byte(rest.String()))
	return start.String() + hex.EncodeToString(sum[:16])
}

// cipherDigits is the place of a cipher among those that were offered, from 1 on. One
// that was not offered comes after the last.
func cipherDigits(cipher string) string {
	if cipher == "" {
		return "00"
	}
	i := slices.IndexFunc(numbered, func(c uint16) bool { return fmt.Sprintf("%04x", c) == cipher })
	if i < 0 {
		i = len(numbered)
	}
	return fmt.Sprintf("%02x", i+1)
}

// versionDigit is a for SSL 3.0 and so on up to f; 0 for a version that there is not,
// as for none.
func versionDigit(version string) string {
	const last = 3
	if len(version) <= last || version[last] < '0' || version[last] > '5' {
		return "0"
	}
	return string("abcdef"[version[last]-'0'])
}
