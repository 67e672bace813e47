package quicfp_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// protocol is a version as a client has it; written down apart from the package's own.
type protocol struct {
	number         uint32
	first          byte // of an Initial packet
	salt           string
	key, iv, hider string
}

var protocols = map[string]protocol{
	"version 1": {0x00000001, 0xc0, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic key", "quic iv", "quic hp"},
	"version 2": {0x6b3343cf, 0xd0, "0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2 key", "quicv2 iv", "quicv2 hp"},
	"draft 29":  {0xff00001d, 0xc0, "afbfec289993d24c9e9786f19c6111e04390a899", "quic key", "quic iv", "quic hp"},
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// label is HKDF-Expand-Label of one block, by HMAC.
func label(secret []byte, name string, size int) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write(slices.Concat([]byte{0, byte(size), byte(6 + len(name))}, []byte("tls13 "+name), []byte{0, 1}))
	return mac.Sum(nil)[:size]
}

// initial is an Initial packet of a client, protected with keys made of keyID.
func (p protocol) initial(t testing.TB, keyID, id string, number uint32, frames []byte) []byte {
	t.Helper()
	mac := hmac.New(sha256.New, unhex(t, p.salt))
	mac.Write([]byte(keyID))
	secret := label(mac.Sum(nil), "client in", 32)
	block, err := aes.NewCipher(label(secret, p.key, 16))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	header := binary.BigEndian.AppendUint32([]byte{p.first | 3}, p.number)
	header = slices.Concat(header, []byte{byte(len(id))}, []byte(id), []byte{2, 1, 2}, []byte{3}, []byte("tok"))
	header = binary.BigEndian.AppendUint16(header, 0x4000|uint16(4+len(frames)+aead.Overhead()))
	at := len(header)
	header = binary.BigEndian.AppendUint32(header, number)
	nonce := label(secret, p.iv, 12)
	for i := range 4 {
		nonce[8+i] ^= header[at+i]
	}
	packet := aead.Seal(slices.Clone(header), nonce, frames, header)
	hider, err := aes.NewCipher(label(secret, p.hider, 16))
	if err != nil {
		t.Fatal(err)
	}
	mask := make([]byte, 16)
	hider.Encrypt(mask, packet[at+4:at+20])
	packet[0] ^= mask[0] & 0x0f
	for i := range 4 {
		packet[at+i] ^= mask[1+i]
	}
	return packet
}

// frame is a CRYPTO frame.
func frame(offset int, data []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte{6}, 0x80000000|uint32(offset))
	return append(binary.BigEndian.AppendUint16(b, 0x4000|uint16(len(data))), data...)
}
