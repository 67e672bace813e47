// Package sshfp fingerprints SSH clients and servers by what they say before anything is encrypted.
//
// In come the bytes of one direction of a connection (Stream), an identification line, or the
// payload of a KEXINIT. Out come the parts of the line, the name lists, and HASSH: the MD5 of the
// lists that hold for one direction (https://github.com/salesforce/hassh). The formats are those of
// RFC 4253 sections 4.2, 6 and 7.1.
package sshfp

import (
	"errors"
	"strings"
)

// MaxLine bounds an identification line in bytes, without its end. RFC 4253 allows 253; OpenSSH
// reads up to 8192.
const MaxLine = 8192

// An Identification is the line that both ends begin with:
// SSH-protocol-software SP comment.
type Identification struct {
	Protocol string // "2.0", or "1.99" of one that speaks version 1 too
	Software string
	Comment  string // "" if there is none
}

// ErrNotSSH is returned for a line that is not an identification.
var ErrNotSSH = errors.New("not an SSH identification line")

// ParseIdentification reads a line with or without its end. It takes what RFC 4253 section 4.2
// has, and an empty software version, which some scanners send.
func ParseIdentification(line string) (Identification, error) {
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	rest, ok := strings.CutPrefix(line, "SSH-")
	if !ok || len(line) > MaxLine {
		return Identification{}, ErrNotSSH
	}
	protocol, rest, ok := strings.Cut(rest, "-")
	if !ok || !isVersion(protocol) {
		return Identification{}, ErrNotSSH
	}
	software, comment, _ := strings.Cut(rest, " ")
	return Identification{Protocol: protocol, Software: software, Comment: comment}, nil
}

// Version2 reports whether the peer speaks version 2 of the protocol (RFC 4253 section 5.1).
func (i Identification) Version2() bool {
	return strings.HasPrefix(i.Protocol, "2.") || i.Protocol == "1.99"
}

// isVersion reports whether s is two numbers with a point between them.
func isVersion(s string) bool {
	major, minor, ok := strings.Cut(s, ".")
	return ok && isNumber(major) && isNumber(minor)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
