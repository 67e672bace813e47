package corpus

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // OpenSSH offers it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"hash"
	"strings"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305" //nolint:staticcheck // OpenSSH's construction needs the parts
)

// A seal protects the packets of one direction.
type seal interface {
	// block is what packets are padded to a multiple of, and whether the length
	// field counts for that.
	block() (size int, withLength bool)
	// close encrypts a packet: length, padding length, payload, padding.
	close(seq uint32, packet []byte) []byte
	// length decrypts the length field when enough of a packet is there.
	length(seq uint32, data []byte) (uint32, bool)
	// open decrypts what begins with a packet of that length.
	open(seq uint32, n uint32, data []byte) (packet, rest []byte, err error)
}

var (
	errShort = errors.New("more is needed")
	errMAC   = errors.New("the MAC is wrong")
)

// plain is before the first key exchange.
type plain struct{}

func (plain) block() (int, bool)                   { return 8, true }
func (plain) close(_ uint32, packet []byte) []byte { return packet }
func (plain) length(_ uint32, data []byte) (uint32, bool) {
	if len(data) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(data), true
}

func (plain) open(_, n uint32, data []byte) (packet, rest []byte, err error) {
	if uint64(len(data)) < 4+uint64(n) {
		return nil, nil, errShort
	}
	return data[:4+n], data[4+n:], nil
}

// stream is AES in counter mode (RFC 4344) with an HMAC (RFC 6668), over the
// ciphertext if etm.
type stream struct {
	cipher.Stream
	mac hash.Hash
	etm bool
	// ahead is a first block that was decrypted already.
	ahead []byte
}

func (s *stream) block() (int, bool) { return aes.BlockSize, !s.etm }

func (s *stream) sum(seq uint32, data []byte) []byte {
	s.mac.Reset()
	s.mac.Write(binary.BigEndian.AppendUint32(nil, seq))
	s.mac.Write(data)
	return s.mac.Sum(nil)
}

func (s *stream) close(seq uint32, packet []byte) []byte {
	out := bytes.Clone(packet)
	if s.etm {
		s.XORKeyStream(out[4:], packet[4:])
		return append(out, s.sum(seq, out)...)
	}
	s.XORKeyStream(out, packet)
	return append(out, s.sum(seq, packet)...)
}

func (s *stream) length(_ uint32, data []byte) (uint32, bool) {
	if s.etm {
		return plain{}.length(0, data)
	}
	if s.ahead == nil {
		if len(data) < aes.BlockSize {
			return 0, false
		}
		s.ahead = make([]byte, aes.BlockSize)
		s.XORKeyStream(s.ahead, data[:aes.BlockSize])
	}
	return binary.BigEndian.Uint32(s.ahead), true
}

func (s *stream) open(seq, n uint32, data []byte) (packet, rest []byte, err error) {
	end := 4 + int(n)
	if len(data) < end+s.mac.Size() {
		return nil, nil, errShort
	}
	packet, tag := bytes.Clone(data[:end]), data[end:end+s.mac.Size()]
	if s.etm {
		if !hmac.Equal(tag, s.sum(seq, packet)) {
			return nil, nil, errMAC
		}
		s.XORKeyStream(packet[4:], packet[4:])
	} else {
		s.XORKeyStream(packet[aes.BlockSize:], packet[aes.BlockSize:])
		copy(packet, s.ahead)
		s.ahead = nil
		if !hmac.Equal(tag, s.sum(seq, packet)) {
			return nil, nil, errMAC
		}
	}
	return packet, data[end+len(tag):], nil
}

// gcm is AES-GCM (RFC 5647).
type gcm struct {
	cipher.AEAD
	nonce []byte
}

func (*gcm) block() (int, bool) { return aes.BlockSize, false }

func (g *gcm) next() {
	n := binary.BigEndian.Uint64(g.nonce[4:])
	binary.BigEndian.PutUint64(g.nonce[4:], n+1)
}

func (g *gcm) close(_ uint32, packet []byte) []byte {
	defer g.next()
	return g.Seal(bytes.Clone(packet[:4]), g.nonce, packet[4:], packet[:4])
}

func (*gcm) length(_ uint32, data []byte) (uint32, bool) { return plain{}.length(0, data) }

func (g *gcm) open(_, n uint32, data []byte) (packet, rest []byte, err error) {
	end := 4 + int(n) + g.Overhead()
	if len(data) < end {
		return nil, nil, errShort
	}
	defer g.next()
	packet, err = g.Open(bytes.Clone(data[:4]), g.nonce, data[4:end], data[:4])
	if err != nil {
		return nil, nil, errMAC
	}
	return packet, data[end:], nil
}

// chacha is chacha20-poly1305@openssh.com: the second half of the key is for the
// length.
type chacha struct{ key []byte }

func (*chacha) block() (int, bool) { return 8, false }

func (c *chacha) stream(seq uint32, half int) *chacha20.Cipher {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint32(nonce[8:], seq)
	s, err := chacha20.NewUnauthenticatedCipher(c.key[32*half:32*half+32], nonce)
	if err != nil {
		panic(err) // the sizes are right
	}
	return s
}

func (c *chacha) tag(seq uint32, data []byte) (s *chacha20.Cipher, tag [16]byte) {
	var key [32]byte
	s = c.stream(seq, 0)
	s.XORKeyStream(key[:], key[:])
	s.SetCounter(1)
	poly1305.Sum(&tag, data, &key)
	return s, tag
}

func (c *chacha) close(seq uint32, packet []byte) []byte {
	out := bytes.Clone(packet)
	c.stream(seq, 1).XORKeyStream(out[:4], packet[:4])
	s, _ := c.tag(seq, nil)
	s.XORKeyStream(out[4:], packet[4:])
	_, tag := c.tag(seq, out)
	return append(out, tag[:]...)
}

func (c *chacha) length(seq uint32, data []byte) (uint32, bool) {
	if len(data) < 4 {
		return 0, false
	}
	var b [4]byte
	c.stream(seq, 1).XORKeyStream(b[:], data[:4])
	return binary.BigEndian.Uint32(b[:]), true
}

func (c *chacha) open(seq, n uint32, data []byte) (packet, rest []byte, err error) {
	end := 4 + int(n)
	if len(data) < end+16 {
		return nil, nil, errShort
	}
	s, tag := c.tag(seq, data[:end])
	if !bytes.Equal(tag[:], data[end:end+16]) {
		return nil, nil, errMAC
	}
	packet = binary.BigEndian.AppendUint32(nil, n)
	packet = append(packet, make([]byte, n)...)
	s.XORKeyStream(packet[4:], data[4:end])
	return packet, data[end+16:], nil
}

// newSeal makes what cipher and mac name; derive gives so many bytes of the key
// that RFC 4253 section 7.2 calls by a letter.
func newSeal(name, mac string, derive func(letter int, n int) []byte) (seal, error) {
	const iv, key, integrity = 0, 2, 4
	if name == "chacha20-poly1305@openssh.com" {
		return &chacha{derive(key, 64)}, nil
	}
	sizes := map[string]int{"aes128": 16, "aes192": 24, "aes256": 32}
	kind, _, _ := strings.Cut(strings.ReplaceAll(name, "@openssh.com", ""), "-")
	if sizes[kind] == 0 {
		return nil, errors.New("cipher " + name + " is not known")
	}
	block, err := aes.NewCipher(derive(key, sizes[kind]))
	if err != nil {
		return nil, err
	}
	if strings.Contains(name, "gcm") {
		aead, err := cipher.NewGCM(block)
		return &gcm{aead, derive(iv, 12)}, err
	}
	bare, etm := strings.CutSuffix(mac, "-etm@openssh.com")
	hashes := map[string]func() hash.Hash{"hmac-sha2-256": sha256.New, "hmac-sha2-512": sha512.New, "hmac-sha1": sha1.New}
	h := hashes[bare]
	if h == nil {
		return nil, errors.New("mac " + mac + " is not known")
	}
	return &stream{Stream: cipher.NewCTR(block, derive(iv, aes.BlockSize)), mac: hmac.New(h, derive(integrity, h().Size())), etm: etm}, nil
}
