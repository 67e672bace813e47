// Package rdpfp fingerprints RDP clients by the two things that they say in clear or to whoever
// plays the server.
//
// In come the X.224 connection request, a client's first packet, and the MCS connect initial with
// the client's settings, which follows (inside TLS, if that was agreed on). Out come what they say,
// a fingerprint of our own for each, and which program it looks like. The formats are those of
// [MS-RDPBCGR] sections 2.2.1.1 and 2.2.1.3.
package rdpfp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// MaxPacket bounds a packet in bytes. Its length field allows 65535; clients send some hundred.
const MaxPacket = 8192

// The errors of the parsers.
var (
	// ErrIncomplete says that more bytes are needed.
	ErrIncomplete = errors.New("the packet has not ended")
	ErrNotRDP     = errors.New("not a packet of RDP")
)

// Protocols are what a client can do instead of RDP's own encryption.
type Protocols uint32

// The protocols that may be asked for ([MS-RDPBCGR] section 2.2.1.1.1).
const (
	TLS      Protocols = 1 << iota // TLS
	CredSSP                        // CredSSP, which is called NLA
	RDSTLS                         // RDSTLS
	CredSSP2                       // CredSSP with early user authorization
	RDSAAD                         // Azure AD
)

// A Request is the X.224 connection request.
type Request struct {
	// Cookie is what "Cookie: mstshash=" is followed by: the first characters of a user name.
	Cookie string
	// Token is a routing token that is not such a cookie, without its end.
	Token string
	// Negotiates says that the client asks for protocols at all; old ones do not.
	Negotiates  bool
	Protocols   Protocols
	Flags       uint8 // 1 restricted administration, 2 redirected authentication, 8 correlated
	Correlation bool  // an id for logs is there
	// Source is the source reference of X.224, which is 0 unless a program is odd.
	Source uint16
}

const (
	tpktVersion = 3
	x224Request = 0xe0
	maxCookie   = 512 // bytes
)

// packet takes one out of a stream (RFC 1006 section 6).
func packet(b []byte) ([]byte, error) {
	if len(b) > 0 && b[0] != tpktVersion || len(b) > 1 && b[1] != 0 {
		return nil, ErrNotRDP
	}
	if len(b) < 4 {
		return nil, ErrIncomplete
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < 7 || n > MaxPacket {
		return nil, ErrNotRDP
	}
	if len(b) < n {
		return nil, ErrIncomplete
	}
	return b[4:n], nil
}

// ParseRequest reads a connection request from the first byte of a connection on. The errors are
// ErrIncomplete and ErrNotRDP.
func ParseRequest(b []byte) (*Request, error) {
	p, err := packet(b)
	if err != nil {
		return nil, err
	}
	if len(p) < 7 || p[1] != x224Request {
		return nil, ErrNotRDP
	}
	r := &Request{Source: binary.BigEndian.Uint16(p[4:])}
	p = p[7:]
	if end := bytes.Index(p, []byte("\r\n")); end >= 0 && end <= maxCookie && p[0] != 1 {
		line := string(p[:end])
		if name, ok := strings.CutPrefix(line, "Cookie: mstshash="); ok {
			r.Cookie = name
		} else {
			r.Token = line
		}
		p = p[end+2:]
	}
	if len(p) >= 8 && p[0] == 1 && binary.LittleEndian.Uint16(p[2:]) == 8 {
		r.Negotiates, r.Flags, r.Protocols = true, p[1], Protocols(binary.LittleEndian.Uint32(p[4:]))
		p = p[8:]
	}
	r.Correlation = len(p) >= 36 && p[0] == 6
	return r, nil
}

// Fingerprint is a name for what the request is like, without what is the user's: "rdp1_" and the
// protocols in hexadecimal ("-" if none are asked for), the flags, c for a cookie, t for another
// token or 0, and 1 with a correlation id. An example is "rdp1_b_0_c_0".
func (r *Request) Fingerprint() string {
	protocols, token, correlation := "-", "0", 0
	if r.Negotiates {
		protocols = fmt.Sprintf("%x", uint32(r.Protocols))
	}
	switch {
	case r.Cookie != "":
		token = "c"
	case r.Token != "":
		token = "t"
	}
	if r.Correlation {
		correlation = 1
	}
	return fmt.Sprintf("rdp1_%s_%x_%s_%d", protocols, r.Flags, token, correlation)
}

// cookies are names that programs use when nobody tells them one.
var cookies = map[string]string{
	"nmap":        "nmap",
	"NCRACK_USER": "ncrack",
}

// Program is what the request looks like; "" if it may be anybody's. Names are part of it: a
// program that is told another one is not recognised.
func (r *Request) Program() string {
	if name, ok := cookies[r.Cookie]; ok {
		return name
	}
	switch {
	case !r.Negotiates && r.Cookie == "" && r.Token == "":
		return "a scanner" // every client has a name to show
	case r.Correlation:
		return "mstsc"
	}
	return ""
}
