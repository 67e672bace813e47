package transport

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // CentOS 7 offers it
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/blowfish" //nolint:staticcheck // CentOS 7 offers it
	"golang.org/x/crypto/cast5"    //nolint:staticcheck // CentOS 7 offers it
	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305" //nolint:staticcheck // OpenSSH's construction is none of package chacha20poly1305
)

// A suite is what a cipher needs and how it is made.
type suite struct {
	keyLen, ivLen, blockLen int
	// One of these is set.
	stream func(key, iv []byte) (cipher.Stream, error)
	cbc    func(key []byte) (cipher.Block, error)
	gcm    bool
	chacha bool
}

// aead reports whether the cipher authenticates, so that no MAC is agreed on.
func (s *suite) aead() bool { return s.gcm || s.chacha }

var ciphers = map[string]suite{
	"chacha20-poly1305@openssh.com": {keyLen: 64, blockLen: 8, chacha: true},
	"aes128-gcm@openssh.com":        {keyLen: 16, ivLen: 12, blockLen: 16, gcm: true},
	"aes256-gcm@openssh.com":        {keyLen: 32, ivLen: 12, blockLen: 16, gcm: true},
	"aes128-ctr":                    {keyLen: 16, ivLen: 16, blockLen: 16, stream: aesCTR},
	"aes192-ctr":                    {keyLen: 24, ivLen: 16, blockLen: 16, stream: aesCTR},
	"aes256-ctr":                    {keyLen: 32, ivLen: 16, blockLen: 16, stream: aesCTR},
	"aes128-cbc":                    {keyLen: 16, ivLen: 16, blockLen: 16, cbc: aes.NewCipher},
	"aes192-cbc":                    {keyLen: 24, ivLen: 16, blockLen: 16, cbc: aes.NewCipher},
	"aes256-cbc":                    {keyLen: 32, ivLen: 16, blockLen: 16, cbc: aes.NewCipher},
	"3des-cbc":                      {keyLen: 24, ivLen: 8, blockLen: 8, cbc: des.NewTripleDESCipher},
	"blowfish-cbc": {keyLen: 16, ivLen: 8, blockLen: 8, cbc: func(key []byte) (cipher.Block, error) {
		return blowfish.NewCipher(key)
	}},
	"cast128-cbc": {keyLen: 16, ivLen: 8, blockLen: 8, cbc: func(key []byte) (cipher.Block, error) {
		return cast5.NewCipher(key)
	}},
}

func aesCTR(key, iv []byte) (cipher.Stream, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("aes: %w", err)
	}
	return cipher.NewCTR(b, iv), nil
}

// A protection encrypts or decrypts the packets of one direction. There are
// three shapes: nothing or a cipher and then a MAC (RFC 4253 section 6), a MAC
// over the encrypted packet whose length is readable (OpenSSH's PROTOCOL
// section 1.6), and ciphers that authenticate (RFC 5647; OpenSSH's
// PROTOCOL.chacha20poly1305).
type protection struct {
	block int
	crypt func(b []byte) // of whole blocks, in place; nil does nothing
	isCBC bool
	mac   *mac
	gcm   cipher.AEAD
	nonce [12]byte // of gcm
	// chacha are the keys of payload and length.
	chacha *[2][32]byte
}

// plain is the protection before the first keys.
func plain() *protection { return &protection{block: 8} }

// newProtection makes the protection of a direction from its keys.
func newProtection(name, macName string, key, iv, macKey []byte, decrypt bool) (*protection, error) {
	s, ok := ciphers[name]
	if !ok {
		return nil, fmt.Errorf("cipher %q is not known", name)
	}
	p := &protection{block: s.blockLen}
	switch {
	case s.chacha:
		p.chacha = &[2][32]byte{[32]byte(key[:32]), [32]byte(key[32:64])}
	case s.gcm:
		b, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("aes: %w", err)
		}
		if p.gcm, err = cipher.NewGCM(b); err != nil {
			return nil, fmt.Errorf("gcm: %w", err)
		}
		copy(p.nonce[:], iv)
	case s.stream != nil:
		stream, err := s.stream(key, iv)
		if err != nil {
			return nil, err
		}
		p.crypt = func(b []byte) { stream.XORKeyStream(b, b) }
	default:
		b, err := s.cbc(key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		mode := cipher.NewCBCEncrypter(b, iv)
		if decrypt {
			mode = cipher.NewCBCDecrypter(b, iv)
		}
		p.crypt, p.isCBC = func(b []byte) { mode.CryptBlocks(b, b) }, true
	}
	if s.aead() {
		return p, nil
	}
	var err error
	p.mac, err = newMAC(macName, macKey)
	return p, err
}

// readableLength reports whether the length of a packet is not part of what is
// encrypted in blocks.
func (p *protection) readableLength() bool {
	return p.gcm != nil || p.chacha != nil || p.mac != nil && p.mac.etm
}

// tagLen is how many bytes follow a packet.
func (p *protection) tagLen() int {
	switch {
	case p.gcm != nil || p.chacha != nil:
		return 16
	case p.mac != nil:
		return p.mac.size
	}
	return 0
}

// nextNonce is GCM's invocation counter (RFC 5647 section 7.1).
func (p *protection) nextNonce() {
	n := binary.BigEndian.Uint64(p.nonce[4:]) + 1
	binary.BigEndian.PutUint64(p.nonce[4:], n)
}

// chachaStream is the key stream of one packet from its block on.
func chachaStream(key *[32]byte, seq uint32, block uint32) *chacha20.Cipher {
	var nonce [12]byte
	binary.BigEndian.PutUint64(nonce[4:], uint64(seq))
	c, err := chacha20.NewUnauthenticatedCipher(key[:], nonce[:])
	if err != nil {
		panic(err) // the lengths are right
	}
	c.SetCounter(block)
	return c
}

// chachaTag is the Poly1305 tag of a packet as it is on the wire.
func chachaTag(key *[32]byte, seq uint32, sealed []byte) (tag [16]byte) {
	var once [32]byte
	chachaStream(key, seq, 0).XORKeyStream(once[:], once[:])
	poly1305.Sum(&tag, sealed, &once)
	return tag
}
