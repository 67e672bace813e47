// Package smbfp fingerprints SMB clients by how they negotiate and log in.
//
// In come the first messages of a client: NEGOTIATE of SMB1 ([MS-CIFS] section 2.2.4.52) or of
// SMB 2 and 3 ([MS-SMB2] section 2.2.3), and SESSION_SETUP, of which the messages of NTLM count
// ([MS-NLMP] section 2.2.1). Out come what they say, a fingerprint of our own, and which program it
// looks like.
package smbfp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/digest"
)

// MaxMessage bounds a message in bytes.
const MaxMessage = 64 << 10

// The errors of the parsers.
var (
	// ErrIncomplete says that more bytes are needed.
	ErrIncomplete = errors.New("the message has not ended")
	ErrNotSMB     = errors.New("not such a message of SMB")
)

// Unwrap takes the first message out of a TCP stream (RFC 1002 section 4.3.1, and [MS-SMB2] section
// 2.1): a zero, three bytes of length, and so many bytes.
func Unwrap(stream []byte) (message, rest []byte, err error) {
	if len(stream) > 0 && stream[0] != 0 {
		return nil, nil, ErrNotSMB
	}
	if len(stream) < 4 {
		return nil, nil, ErrIncomplete
	}
	n := int(binary.BigEndian.Uint32(stream))
	if n > MaxMessage {
		return nil, nil, ErrNotSMB
	}
	if len(stream) < 4+n {
		return nil, nil, ErrIncomplete
	}
	return stream[4 : 4+n], stream[4+n:], nil
}

// Negotiate1 is a NEGOTIATE of SMB1.
type Negotiate1 struct {
	Flags                       uint8
	Flags2                      uint16
	ProcessID                   uint32
	TreeID, UserID, MultiplexID uint16
	Dialects                    []string
}

const (
	header1    = 32 // bytes
	maxNames1  = 32 // dialects
	negotiate1 = 0x72
	session1   = 0x73
)

// ParseNegotiate1 reads a message from its header on. The error is ErrNotSMB.
func ParseNegotiate1(m []byte) (*Negotiate1, error) {
	if len(m) < header1+3 || string(m[:4]) != "\xffSMB" || m[4] != negotiate1 || m[header1] != 0 {
		return nil, ErrNotSMB
	}
	n := &Negotiate1{
		Flags: m[9], Flags2: binary.LittleEndian.Uint16(m[10:]),
		ProcessID: uint32(binary.LittleEndian.Uint16(m[12:]))<<16 | uint32(binary.LittleEndian.Uint16(m[26:])),
		TreeID:    binary.LittleEndian.Uint16(m[24:]), UserID: binary.LittleEndian.Uint16(m[28:]), MultiplexID: binary.LittleEndian.Uint16(m[30:]),
	}
	rest := m[header1+3:]
	if count := int(binary.LittleEndian.Uint16(m[header1+1:])); count < len(rest) {
		rest = rest[:count]
	}
	for len(rest) > 0 && rest[0] == 2 && len(n.Dialects) < maxNames1 {
		name, after, ok := bytes.Cut(rest[1:], []byte{0})
		if !ok || len(name) > 64 {
			break
		}
		n.Dialects, rest = append(n.Dialects, string(name)), after
	}
	return n, nil
}

// Fingerprint is a name for the program, such as "smb1_08_0123456789ab": how many dialects it
// offers and the first 12 digits of the SHA-256 of Text.
func (n *Negotiate1) Fingerprint() string {
	return fmt.Sprintf("smb1_%02d_%s", len(n.Dialects), digest.Short(n.Text()))
}

// Text is what the fingerprint is a hash of: flags and dialects.
func (n *Negotiate1) Text() string {
	return fmt.Sprintf("%02x %04x\n%s", n.Flags, n.Flags2, strings.Join(n.Dialects, "\n"))
}
