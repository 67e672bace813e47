package tlsfp

import "bytes"

// ServerHello is what fingerprints need of a server's answer (RFC 8446, 4.1.3).
type ServerHello struct {
	Version         uint16 // legacy_version
	SessionIDLength int    // 0 to 255
	Cipher          uint16
	Extensions      []uint16 // in the order of the message
	SelectedVersion uint16   // of the extension supported_versions, or Version
	ALPN            string   // the protocol chosen, as it came; "" if it is not in clear
	PSK             bool     // a key offered in TLS 1.3 was taken: the session is resumed
	Retry           bool     // a HelloRetryRequest: another ClientHello is asked for
}

// ParseServerHello reads a ServerHello with its header of four bytes, as
// ParseClientHello does. The error is a *SyntaxError.
func ParseServerHello(msg []byte) (*ServerHello, error) {
	const name = "ServerHello"
	r, err := body(msg, TypeServerHello, name)
	if err != nil {
		return nil, err
	}
	h := &ServerHello{Version: r.u16()}
	h.Retry = bytes.Equal(r.take(32), retryRandom)
	h.SessionIDLength = len(r.vector8())
	h.Cipher = r.u16()
	r.u8() // compression
	if r.short {
		return nil, &SyntaxError{name, "it is cut off before its extensions"}
	}
	h.SelectedVersion = h.Version
	whole := extensions(r, func(kind uint16, content *reader) {
		h.Extensions = append(h.Extensions, kind)
		switch kind {
		case extALPN:
			if chosen := protocols(content); len(chosen) > 0 {
				h.ALPN = chosen[0]
			}
		case extSupportedVersions:
			if v := content.u16(); !content.short {
				h.SelectedVersion = v
			}
		case extPreSharedKey:
			h.PSK = true
		}
	})
	if !whole {
		return nil, &SyntaxError{name, "its extensions are cut off"}
	}
	return h, nil
}

// retryRandom is the random of a ServerHello that is a HelloRetryRequest: the SHA-256
// of that name.
var retryRandom = []byte{
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
}

// isRetry reports whether msg is a HelloRetryRequest.
func isRetry(msg []byte) bool {
	const random = headerSize + 2
	return len(msg) >= random+32 && msg[0] == TypeServerHello && bytes.Equal(msg[random:random+32], retryRandom)
}
