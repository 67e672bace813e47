package smbfp

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/digest"
)

// Negotiate2 is a NEGOTIATE of SMB 2 or 3.
type Negotiate2 struct {
	Dialects     []uint16 // such as 0x0311, in order
	Security     uint16   // 1 signing enabled, 2 signing required
	Capabilities uint32
	ClientGUID   [16]byte
	Credits      uint16 // that are asked for
	Contexts     []Context
}

// A Context is one of the lists of SMB 3.1.1 ([MS-SMB2] section 2.2.3.1).
type Context struct {
	Type uint16 // 1 preauthentication, 2 ciphers, 3 compression, 5 name, 6 transport, 7 RDMA, 8 signing
	// Algorithms are what is offered, in order.
	Algorithms []uint16
	Salt       int    // bytes of salt, of preauthentication
	Flags      uint32 // of compression and transport
	Name       string // of the server, as the client knows it
}

const (
	header2     = 64 // bytes
	maxDialects = 64
	maxContexts = 16
)

// The contexts that are read.
const (
	contextPreauth     = 1
	contextCiphers     = 2
	contextCompression = 3
	contextName        = 5
	contextTransport   = 6
	contextRDMA        = 7
	contextSigning     = 8
)

// isSMB2 reports whether m is a request with that command.
func isSMB2(m []byte, command uint16) bool {
	return len(m) >= header2 && string(m[:4]) == "\xfeSMB" && binary.LittleEndian.Uint16(m[12:]) == command && m[16]&1 == 0
}

// ParseNegotiate2 reads a message from its header on. The error is ErrNotSMB.
func ParseNegotiate2(m []byte) (*Negotiate2, error) {
	if !isSMB2(m, 0) || len(m) < header2+36 {
		return nil, ErrNotSMB
	}
	b := m[header2:]
	count := int(binary.LittleEndian.Uint16(b[2:]))
	if count > maxDialects || len(b) < 36+2*count {
		return nil, ErrNotSMB
	}
	n := &Negotiate2{
		Security: binary.LittleEndian.Uint16(b[4:]), Capabilities: binary.LittleEndian.Uint32(b[8:]),
		ClientGUID: [16]byte(b[12:28]), Credits: binary.LittleEndian.Uint16(m[14:]),
		Dialects: uint16s(b[36:], count),
	}
	for _, d := range n.Dialects {
		if d == 0x0311 {
			n.contexts(m, int(binary.LittleEndian.Uint32(b[28:])), int(binary.LittleEndian.Uint16(b[32:])))
			break
		}
	}
	return n, nil
}

// contexts reads those from an offset in the message on.
func (n *Negotiate2) contexts(m []byte, at, count int) {
	for range min(count, maxContexts) {
		if at < header2 || at > len(m)-8 {
			return
		}
		kind, length := binary.LittleEndian.Uint16(m[at:]), int(binary.LittleEndian.Uint16(m[at+2:]))
		data := m[at+8:]
		if length > len(data) {
			return
		}
		n.Contexts = append(n.Contexts, parseContext(kind, data[:length]))
		at += (8 + length + 7) &^ 7
	}
}

func parseContext(kind uint16, data []byte) Context {
	c := Context{Type: kind}
	list := func(at int) {
		if len(data) >= at {
			c.Algorithms = uint16s(data[at:], int(binary.LittleEndian.Uint16(data)))
		}
	}
	switch {
	case kind == contextPreauth && len(data) >= 4:
		c.Salt = int(binary.LittleEndian.Uint16(data[2:]))
		list(4)
	case (kind == contextCiphers || kind == contextSigning) && len(data) >= 2:
		list(2)
	case kind == contextCompression && len(data) >= 8:
		c.Flags = binary.LittleEndian.Uint32(data[4:])
		list(8)
	case kind == contextRDMA && len(data) >= 8:
		list(8)
	case kind == contextTransport && len(data) >= 4:
		c.Flags = binary.LittleEndian.Uint32(data)
	case kind == contextName:
		c.Name = utf16Text(data)
	}
	return c
}

// uint16s are the first count numbers, as far as they are there.
func uint16s(b []byte, count int) []uint16 {
	count = min(count, len(b)/2, maxDialects)
	out := make([]uint16, count)
	for i := range out {
		out[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return out
}

// Fingerprint is a name for the program, such as "smb2_5_311_12358_0123456789ab": how many
// dialects it offers, the last of them, the types of its contexts, and the first 12 digits of the
// SHA-256 of Text.
func (n *Negotiate2) Fingerprint() string {
	last, contexts := uint16(0), ""
	if len(n.Dialects) > 0 {
		last = n.Dialects[len(n.Dialects)-1]
	}
	for _, c := range n.Contexts {
		contexts += fmt.Sprintf("%x", c.Type)
	}
	if contexts == "" {
		contexts = "0"
	}
	return fmt.Sprintf("smb2_%d_%x_%s_%s", len(n.Dialects), last, contexts, digest.Short(n.Text()))
}

// Text is what the fingerprint is a hash of: dialects, security mode, capabilities, and the
// contexts with their algorithms. Names and random bytes are not in it.
func (n *Negotiate2) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%x %x %x %d", n.Dialects, n.Security, n.Capabilities, n.Credits)
	for _, c := range n.Contexts {
		fmt.Fprintf(&b, "\n%x %x %d %x", c.Type, c.Algorithms, c.Salt, c.Flags)
	}
	return b.String()
}

// GUID is the client's in hexadecimal. Windows keeps it while it runs; many tools draw it anew,
// or have a constant one.
func (n *Negotiate2) GUID() string { return hex.EncodeToString(n.ClientGUID[:]) }

// ServerName is the name by which the client knows the server, "" if it does not say.
func (n *Negotiate2) ServerName() string {
	for _, c := range n.Contexts {
		if c.Type == contextName {
			return c.Name
		}
	}
	return ""
}
