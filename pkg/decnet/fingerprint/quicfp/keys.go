package quicfp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
)

// version is what a version of QUIC does in its own way.
type version struct {
	salt    []byte
	label   string // what labels of keys begin with
	initial byte   // type of an Initial packet
}

var (
	version1 = &version{salt: []byte{
		0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a,
	}, label: "quic ", initial: 0}
	version2 = &version{salt: []byte{
		0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9,
	}, label: "quicv2 ", initial: 1}
	draft29 = &version{salt: []byte{
		0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99,
	}, label: "quic ", initial: 0}
)

// versionOf returns the version with a number, or nil.
func versionOf(number uint32) *version {
	switch {
	case number == 0x00000001, number == 0xff000021, number == 0xff000022:
		return version1
	case number == 0x6b3343cf:
		return version2
	case number >= 0xff00001d && number <= 0xff000020:
		return draft29
	}
	return nil
}

// keys are what a client's Initial packets are protected with (RFC 9001, 5.2).
type keys struct {
	aead   cipher.AEAD
	header cipher.Block // protects the header
	iv     [12]byte
}

// newKeys makes the keys of the client whose first packet was to the connection id.
func newKeys(v *version, id []byte) (*keys, error) {
	initial, err := hkdf.Extract(sha256.New, id, v.salt)
	if err != nil {
		return nil, err
	}
	secret, err := expand(initial, "client in", sha256.Size)
	if err != nil {
		return nil, err
	}
	var parts [3][]byte
	for i, part := range []struct {
		name string
		size int
	}{{"key", 16}, {"iv", 12}, {"hp", 16}} {
		if parts[i], err = expand(secret, v.label+part.name, part.size); err != nil {
			return nil, err
		}
	}
	block, err := aes.NewCipher(parts[0])
	if err != nil {
		return nil, err
	}
	k := &keys{iv: [12]byte(parts[1])}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return nil, err
	}
	k.header, err = aes.NewCipher(parts[2])
	return k, err
}

// expand is HKDF-Expand-Label without a context (RFC 8446, 7.1).
func expand(secret []byte, label string, size int) ([]byte, error) {
	label = "tls13 " + label
	info := binary.BigEndian.AppendUint16(nil, uint16(size)) //nolint:gosec // 32 at most
	info = append(info, byte(len(label)))                    //nolint:gosec // they are short
	info = append(append(info, label...), 0)
	return hkdf.Expand(sha256.New, secret, string(info), size)
}

// open takes the protection off a packet whose number is at byte at, and returns its
// payload. The packet is left as it was. It reports false if the keys are not its own.
func (k *keys) open(packet []byte, at int) (payload []byte, ok bool) {
	// The sample is where it would be if the number had four bytes (RFC 9001, 5.4.2).
	const maxNumber, sampleSize = 4, 16
	if len(packet) < at+maxNumber+sampleSize {
		return nil, false
	}
	var mask [sampleSize]byte
	k.header.Encrypt(mask[:], packet[at+maxNumber:at+maxNumber+sampleSize])
	header := append([]byte(nil), packet[:at+maxNumber]...)
	header[0] ^= mask[0] & 0x0f
	size := int(header[0]&3) + 1
	header = header[:at+size]
	nonce := k.iv
	subtle.XORBytes(header[at:], header[at:], mask[1:])
	subtle.XORBytes(nonce[len(nonce)-size:], nonce[len(nonce)-size:], header[at:])
	payload, err := k.aead.Open(nil, nonce[:], packet[at+size:], header)
	return payload, err == nil
}
