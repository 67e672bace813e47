package corpus

import (
	"encoding/binary"
	"strings"
)

// A reader reads the values of RFC 4251 section 5.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n > len(r.data) {
		r.bad, r.data = true, nil
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) number() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) text() string { return string(r.bytes(int(r.number()))) }

// message is a payload: a byte, then values. A string and a []byte get their
// length before them, raw ones do not.
func message(kind byte, values ...any) []byte {
	b := []byte{kind}
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...) //nolint:gosec // short
		case []byte:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...) //nolint:gosec // short
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v)) //nolint:gosec // small
		case byte:
			b = append(b, v)
		case bool:
			b = append(b, map[bool]byte{true: 1}[v])
		case raw:
			b = append(b, v...)
		default:
			panic("no value of SSH")
		}
	}
	return b
}

// raw is bytes without a length.
type raw []byte

// packet is a payload as it is sent before keys are exchanged: zero padding to a
// multiple of eight bytes, four at least.
func packet(payload []byte) []byte {
	pad := 8 - (5+len(payload))%8
	if pad < 4 {
		pad += 8
	}
	return oddPacket(uint32(1+len(payload)+pad), byte(pad), payload, make([]byte, pad)) //nolint:gosec // short
}

// oddPacket has the length fields that it is told.
func oddPacket(length uint32, pad byte, payload, padding []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, length)
	b = append(b, pad)
	return append(append(b, payload...), padding...)
}

// offer are the name lists of a KEXINIT.
type offer struct {
	lists   [10]string
	follows byte
	cookie  []byte
	more    []byte
}

// Lists by their place in a KEXINIT.
const (
	listKex = iota
	listHostKey
	listCipherIn
	listCipherOut
	listMACIn
	listMACOut
	listCompressIn
	listCompressOut
	listLanguageIn
	listLanguageOut
)

// usual is what a client offers that wants Curve25519, Ed25519 and AES.
func usual() *offer {
	return (&offer{cookie: []byte("0123456789abcdef")}).
		with(listKex, "curve25519-sha256").with(listHostKey, "ssh-ed25519").
		with(listCipherIn, "aes128-ctr").with(listCipherOut, "aes128-ctr").
		with(listMACIn, "hmac-sha2-256").with(listMACOut, "hmac-sha2-256").
		with(listCompressIn, "none").with(listCompressOut, "none")
}

func (o *offer) with(list int, names string) *offer {
	o.lists[list] = names
	return o
}

func (o *offer) payload() []byte {
	b := message(msgKexInit, raw(o.cookie))
	for _, l := range o.lists {
		b = append(b, message(0, l)[1:]...)
	}
	b = append(b, message(o.follows, 0)...)
	return append(b, o.more...)
}

const ident = "SSH-2.0-OpenSSH_9.2p1\r\n"

func repeat(s string, n int) []byte { return []byte(strings.Repeat(s, n)) }
