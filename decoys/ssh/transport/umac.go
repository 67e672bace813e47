package transport

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
)

// umac is the message authentication code UMAC of RFC 4418 with tags of 8 or 16
// bytes, for messages of up to 16 MiB, which SSH packets are far below: the
// second of the hash's layers then needs its 64-bit form only.
type umac struct {
	pad cipher.Block
	// rounds are the independent hashes, each of which makes 4 bytes.
	rounds []umacRound
}

type umacRound struct {
	nh   [256]uint32
	poly uint64
	// ip and ipXOR are the keys of the third layer.
	ip    [8]uint64
	ipXOR uint32
}

const (
	umacChunk = 1024      // bytes that the first layer makes 8 of
	primeLow  = 59        // 2^64 - 59 is the prime of the second layer
	prime36   = 1<<36 - 5 // that of the third
	polyMask  = 0x01ffffff01ffffff
)

func newUMAC(key []byte, size int) *umac {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the caller's keys have the length of AES's
	}
	derive := func(index byte, n int) []byte { // the KDF of section 3.2.1
		out := make([]byte, 0, n+16)
		var in, b [16]byte
		in[7] = index
		for i := uint64(1); len(out) < n; i++ {
			binary.BigEndian.PutUint64(in[8:], i)
			block.Encrypt(b[:], in[:])
			out = append(out, b[:]...)
		}
		return out[:n]
	}
	u := &umac{rounds: make([]umacRound, size/4)}
	if u.pad, err = aes.NewCipher(derive(0, 16)); err != nil {
		panic(err)
	}
	n := len(u.rounds)
	l1, l2, l3, l3XOR := derive(1, umacChunk+16*(n-1)), derive(2, 24*n), derive(3, 64*n), derive(4, 4*n)
	for i := range u.rounds {
		r := &u.rounds[i]
		for w := range r.nh {
			r.nh[w] = binary.BigEndian.Uint32(l1[16*i+4*w:])
		}
		r.poly = binary.BigEndian.Uint64(l2[24*i:]) & polyMask
		for w := range r.ip {
			r.ip[w] = binary.BigEndian.Uint64(l3[64*i+8*w:]) % prime36
		}
		r.ipXOR = binary.BigEndian.Uint32(l3XOR[4*i:])
	}
	return u
}

// sum adds the tag of message to dst.
func (u *umac) sum(dst []byte, nonce [8]byte, message []byte) []byte {
	size := 4 * len(u.rounds)
	var pad [16]byte
	copy(pad[:], nonce[:])
	part := 0
	if size == 8 { // two tags are made of one block (section 3.3.1)
		part = int(nonce[7]&1) * 8
		pad[7] &^= 1
	}
	u.pad.Encrypt(pad[:], pad[:])
	for i := range u.rounds {
		h := u.rounds[i].hash(message) ^ binary.BigEndian.Uint32(pad[part+4*i:])
		dst = binary.BigEndian.AppendUint32(dst, h)
	}
	return dst
}

// hash is UHASH's of one round (section 5).
func (r *umacRound) hash(message []byte) uint32 {
	if len(message) <= umacChunk {
		return r.third(0, r.first(message))
	}
	y := uint64(1)
	for len(message) > 0 {
		n := min(len(message), umacChunk)
		y = r.second(y, r.first(message[:n]))
		message = message[n:]
	}
	return r.third(0, y)
}

// first is the first layer, NH, of one chunk (section 5.2).
func (r *umacRound) first(chunk []byte) uint64 {
	y := uint64(len(chunk)) * 8
	var last [32]byte
	for i := 0; ; i += 8 {
		b := chunk
		if len(b) < 32 {
			if len(b) == 0 && i > 0 {
				return y
			}
			copy(last[:], b)
			b = last[:]
		}
		for j := range 4 {
			lo := binary.LittleEndian.Uint32(b[4*j:]) + r.nh[i+j]
			hi := binary.LittleEndian.Uint32(b[4*j+16:]) + r.nh[i+j+4]
			y += uint64(lo) * uint64(hi)
		}
		if len(chunk) <= 32 {
			return y
		}
		chunk = chunk[32:]
	}
}

// second adds a word to the polynomial of the second layer (section 5.3).
func (r *umacRound) second(y, m uint64) uint64 {
	const marker = 1<<64 - primeLow - 1
	if m >= 1<<64-1<<32 {
		y = addMod(mulMod(r.poly, y), marker)
		m -= primeLow
	}
	return addMod(mulMod(r.poly, y), m)
}

// mulMod is a·b modulo 2^64 - 59.
func mulMod(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	_, rem := bits.Div64(hi%(1<<64-primeLow), lo, 1<<64-primeLow)
	return rem
}

// addMod is a+b modulo 2^64 - 59.
func addMod(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry == 1 {
		sum += primeLow // cannot overflow: a and b are at most 2^64 - 1
	}
	if sum >= 1<<64-primeLow {
		sum -= 1<<64 - primeLow
	}
	return sum
}

// third is the third layer of a message of 16 bytes (section 5.4).
func (r *umacRound) third(hi, lo uint64) uint32 {
	var y uint64
	for i := range 4 {
		y += (hi >> (48 - 16*i) & 0xffff) * r.ip[i]
		y += (lo >> (48 - 16*i) & 0xffff) * r.ip[i+4]
	}
	return uint32(y%prime36) ^ r.ipXOR //nolint:gosec // the low 32 bits
}
