package tlsfp

import "slices"

// Resumption is how a client asks to go on with an earlier session.
type Resumption string

// Kinds of resumption. The values are what events have.
const (
	ResumeNone      Resumption = ""
	ResumeSessionID Resumption = "session_id" // TLS 1.2 and earlier (RFC 5246, 7.4.1.2)
	ResumeTicket    Resumption = "ticket"     // TLS 1.2 and earlier (RFC 5077)
	ResumePSK       Resumption = "psk"        // TLS 1.3 (RFC 8446, 4.2.11)
)

// ClientHello is what fingerprints need of a client's first message (RFC 8446,
// 4.1.2). Lists are in the order of the message and have its GREASE in them.
type ClientHello struct {
	Version             uint16 // legacy_version, such as 0x0303; of DTLS 0xfeff or 0xfefd
	SessionIDLength     int    // 0 to 255
	Ciphers             []uint16
	Compressions        []byte
	Extensions          []uint16
	Groups              []uint16
	PointFormats        []byte
	SignatureAlgorithms []uint16
	SupportedVersions   []uint16
	ALPN                []string // protocols, as they came: any bytes
	SNI                 string   // server name, as it came: any bytes
	Resumption          Resumption
}

// ParseClientHello reads a ClientHello with its header of four bytes; that of DTLS
// without the fields for fragments. The extensions may be missing, and what follows
// them is ignored, as servers do. An extension whose content is malformed counts as
// an extension, with as much of its content as can be read. The error is a
// *SyntaxError.
func ParseClientHello(msg []byte) (*ClientHello, error) {
	const name = "ClientHello"
	r, err := body(msg, TypeClientHello, name)
	if err != nil {
		return nil, err
	}
	h := &ClientHello{Version: r.u16()}
	r.take(32) // random
	h.SessionIDLength = len(r.vector8())
	if isDTLS(h.Version) {
		r.vector8() // cookie
	}
	h.Ciphers = uint16s(r.vector16())
	h.Compressions = slices.Clone(r.vector8())
	if r.short {
		return nil, &SyntaxError{name, "it is cut off before its extensions"}
	}
	ticket, psk := false, false
	whole := extensions(r, func(kind uint16, content *reader) {
		h.Extensions = append(h.Extensions, kind)
		switch kind {
		case extServerName:
			h.SNI = serverName(content)
		case extGroups:
			h.Groups = uint16s(content.rest16())
		case extPointFormats:
			h.PointFormats = slices.Clone(content.rest8())
		case extSignatureAlgorithms:
			h.SignatureAlgorithms = uint16s(content.rest16())
		case extALPN:
			h.ALPN = protocols(content)
		case extSupportedVersions:
			h.SupportedVersions = uint16s(content.rest8())
		case extSessionTicket:
			ticket = len(content.b) > 0
		case extPreSharedKey:
			psk = true
		}
	})
	if !whole {
		return nil, &SyntaxError{name, "its extensions are cut off"}
	}
	h.Resumption = h.resumption(ticket, psk)
	return h, nil
}

// isDTLS reports whether version is one of DTLS, which count down from 0xfeff.
func isDTLS(version uint16) bool { return version>>8 == 0xfe }

// resumption tells how the client resumes. A session id says nothing of a client that
// knows TLS 1.3, which has a random one (RFC 8446, D.4), nor beside a ticket, since it
// only lets the client see whether the ticket was taken (RFC 5077, 3.4).
func (h *ClientHello) resumption(ticket, psk bool) Resumption {
	switch {
	case psk:
		return ResumePSK
	case ticket:
		return ResumeTicket
	case h.SessionIDLength > 0 && !slices.Contains(h.Extensions, extSupportedVersions):
		return ResumeSessionID
	}
	return ResumeNone
}
