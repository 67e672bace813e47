package transport

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what OpenSSH offers
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
)

// A mac authenticates packets of one direction.
type mac struct {
	size int
	// etm is encrypt-then-MAC.
	etm bool
	// sum adds the tag of a packet to dst.
	sum func(dst []byte, seq uint32, packet []byte) []byte
}

type macSpec struct {
	keyLen, size int
	etm          bool
	hash         func() hash.Hash // nil is UMAC
}

var macs = map[string]macSpec{
	"umac-64-etm@openssh.com":       {16, 8, true, nil},
	"umac-128-etm@openssh.com":      {16, 16, true, nil},
	"hmac-sha2-256-etm@openssh.com": {32, 32, true, sha256.New},
	"hmac-sha2-512-etm@openssh.com": {64, 64, true, sha512.New},
	"hmac-sha1-etm@openssh.com":     {20, 20, true, sha1.New},
	"umac-64@openssh.com":           {16, 8, false, nil},
	"umac-128@openssh.com":          {16, 16, false, nil},
	"hmac-sha2-256":                 {32, 32, false, sha256.New},
	"hmac-sha2-512":                 {64, 64, false, sha512.New},
	"hmac-sha1":                     {20, 20, false, sha1.New},
}

func newMAC(name string, key []byte) (*mac, error) {
	s, ok := macs[name]
	if !ok {
		return nil, fmt.Errorf("mac %q is not known", name)
	}
	m := &mac{size: s.size, etm: s.etm}
	if s.hash == nil {
		u := newUMAC(key, s.size)
		m.sum = func(dst []byte, seq uint32, packet []byte) []byte {
			var nonce [8]byte
			binary.BigEndian.PutUint64(nonce[:], uint64(seq))
			return u.sum(dst, nonce, packet)
		}
		return m, nil
	}
	h := hmac.New(s.hash, key)
	m.sum = func(dst []byte, seq uint32, packet []byte) []byte {
		var number [4]byte
		binary.BigEndian.PutUint32(number[:], seq)
		h.Reset()
		h.Write(number[:])
		h.Write(packet)
		return h.Sum(dst)
	}
	return m, nil
}

// verify reports whether tag is that of the packet.
func (m *mac) verify(seq uint32, packet, tag []byte) bool {
	var room [64]byte
	return subtle.ConstantTimeCompare(m.sum(room[:0], seq, packet), tag) == 1
}
