package smbfp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// An NTLM is a NEGOTIATE or AUTHENTICATE message of NTLMSSP, without what is secret.
type NTLM struct {
	Type  uint32 // 1 NEGOTIATE, 3 AUTHENTICATE
	Flags uint32
	// Major, Minor and Build are the version that it claims, such as 10.0.19041; zero if none.
	Major, Minor      uint8
	Build             uint16
	Revision          uint8
	Domain, User      string
	Workstation       string
	LMResponse, NTLen int // bytes of the responses
}

// The flags that change how a message is read ([MS-NLMP] section 2.2.2.5).
const (
	flagUnicode = 0x00000001
	flagVersion = 0x02000000
)

// maxName bounds a name of NTLM in bytes.
const maxName = 1024

// FindNTLM looks for a message of NTLM in one of SESSION_SETUP, of SMB1 or SMB 2, from the header on.
// It is inside of SPNEGO, which adds nothing to whose it is. The error is ErrNotSMB.
func FindNTLM(m []byte) (*NTLM, error) {
	m = m[:min(len(m), MaxMessage)]
	smb1 := len(m) >= header1 && string(m[:4]) == "\xffSMB" && m[4] == session1
	if !smb1 && !isSMB2(m, 1) {
		return nil, ErrNotSMB
	}
	at := bytes.Index(m, []byte("NTLMSSP\x00"))
	if at < 0 {
		return nil, ErrNotSMB
	}
	return ParseNTLM(m[at:])
}

// ParseNTLM reads a message from its signature on. The error is ErrNotSMB.
func ParseNTLM(b []byte) (*NTLM, error) {
	if len(b) < 16 || string(b[:8]) != "NTLMSSP\x00" {
		return nil, ErrNotSMB
	}
	n := &NTLM{Type: binary.LittleEndian.Uint32(b[8:])}
	switch n.Type {
	case 1:
		n.Flags = binary.LittleEndian.Uint32(b[12:])
		n.Domain, n.Workstation = oem(field(b, 16)), oem(field(b, 24)) // never Unicode here
		n.version(b, 32)
	case 3:
		if len(b) < 64 {
			return nil, ErrNotSMB
		}
		n.Flags = binary.LittleEndian.Uint32(b[60:])
		decode := oem
		if n.Flags&flagUnicode != 0 {
			decode = utf16Text
		}
		n.Domain, n.User, n.Workstation = decode(field(b, 28)), decode(field(b, 36)), decode(field(b, 44))
		n.LMResponse, n.NTLen = int(binary.LittleEndian.Uint16(b[12:])), int(binary.LittleEndian.Uint16(b[20:]))
		n.version(b, 64)
	default:
		return nil, ErrNotSMB
	}
	return n, nil
}

func (n *NTLM) version(b []byte, at int) {
	if n.Flags&flagVersion == 0 || len(b) < at+8 {
		return
	}
	n.Major, n.Minor, n.Build, n.Revision = b[at], b[at+1], binary.LittleEndian.Uint16(b[at+2:]), b[at+7]
}

// Version is the version of Windows that is claimed, such as "10.0.19041"; "" if none is.
func (n *NTLM) Version() string {
	if n.Major == 0 && n.Build == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", n.Major, n.Minor, n.Build)
}

// Fingerprint is a name for the program, such as "ntlm1_e2088297_10.0.19041": the type of the
// message, its flags and the version.
func (n *NTLM) Fingerprint() string {
	version := n.Version()
	if version == "" {
		version = "0"
	}
	return fmt.Sprintf("ntlm%d_%08x_%s", n.Type, n.Flags, version)
}

// field is what a length and an offset at some place of the message refer to.
func field(b []byte, at int) []byte {
	if len(b) < at+8 {
		return nil
	}
	length, offset := uint64(binary.LittleEndian.Uint16(b[at:])), uint64(binary.LittleEndian.Uint32(b[at+4:]))
	if length > maxName || offset+length > uint64(len(b)) {
		return nil
	}
	return b[offset : offset+length]
}

// oem is text in a code page nobody names: ASCII, and what is not becomes a question mark.
func oem(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffd {
			return '?'
		}
		return r
	}, string(b))
}

func utf16Text(b []byte) string {
	units := make([]uint16, 0, min(len(b), maxName)/2)
	for ; len(b) >= 2 && len(units) < maxName/2; b = b[2:] {
		units = append(units, binary.LittleEndian.Uint16(b))
	}
	return string(utf16.Decode(units))
}
