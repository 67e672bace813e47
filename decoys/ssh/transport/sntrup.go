package transport

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"slices"
)

// Streamlined NTRU Prime with the parameters sntrup761, as specified in
// draft-josefsson-ntruprime-streamlined; only what a server does, which is to
// encapsulate a key. Nothing here is secret to the one who sees a decoy's memory, so it is not
// made to take constant time.
const (
	ntruP = 761  // coefficients of a polynomial
	ntruQ = 4591 // coefficients are modulo this
	ntruW = 286  // of a short polynomial, those that are not 0

	ntruHalf = (ntruQ - 1) / 2
	// ntruRounded is how many values a rounded coefficient can have.
	ntruRounded = (ntruQ + 2) / 3

	sntrupPublicKey = 1158
)

// sntrupEncapsulate makes a key and seals it for the holder of a public key.
func sntrupEncapsulate(publicKey []byte) (sealed, key []byte) {
	h := make([]int32, ntruP)
	for i, v := range ntruDecode(publicKey, slices.Repeat([]uint32{ntruQ}, ntruP)) {
		h[i] = int32(v) - ntruHalf //nolint:gosec // below ntruQ
	}
	r := ntruShort()
	rounded := make([]uint32, ntruP)
	for i, c := range ntruMultiply(h, r) {
		// To the nearest multiple of 3, of which the third is kept.
		rounded[i] = uint32(c+ntruHalf+1) / 3 //nolint:gosec // not negative
	}
	sealed = ntruEncode(nil, rounded, slices.Repeat([]uint32{ntruRounded}, ntruP))

	input := ntruHash(3, ntruSmall(r))
	sealed = append(sealed, ntruHash(2, input, ntruHash(4, publicKey))...)
	return sealed, ntruHash(1, input, sealed)
}

// ntruHash is the first half of a SHA-512 with a prefix of one byte.
func ntruHash(prefix byte, parts ...[]byte) []byte {
	d := sha512.New()
	d.Write([]byte{prefix})
	for _, p := range parts {
		d.Write(p)
	}
	return d.Sum(nil)[:32]
}

// ntruShort makes a polynomial of ntruW coefficients that are 1 or -1 in random places.
func ntruShort() []int32 {
	var random [4 * ntruP]byte
	_, _ = rand.Read(random[:]) // never fails
	order := make([]uint32, ntruP)
	for i := range order {
		v := binary.LittleEndian.Uint32(random[4*i:])
		if i < ntruW {
			order[i] = v &^ 1 // 0 or 2 in the lowest bits
		} else {
			order[i] = v&^3 | 1
		}
	}
	slices.Sort(order)
	r := make([]int32, ntruP)
	for i, v := range order {
		r[i] = int32(v&3) - 1
	}
	return r
}

// ntruSmall encodes a short polynomial, four coefficients to the byte.
func ntruSmall(r []int32) []byte {
	out := make([]byte, (ntruP+3)/4)
	for i, v := range r {
		out[i/4] |= byte(v+1) << (2 * (i % 4)) //nolint:gosec // 0, 1 or 2
	}
	return out
}

// ntruMultiply multiplies modulo ntruQ and x^p - x - 1. Sums of 761 products of h with
// -1, 0 or 1 fit an int32 easily.
func ntruMultiply(h, r []int32) []int32 {
	product := make([]int32, 2*ntruP-1)
	for i, v := range r {
		if v == 0 {
			continue
		}
		part := product[i : i+ntruP]
		for j, w := range h {
			part[j] += v * w
		}
	}
	for i := 2*ntruP - 2; i >= ntruP; i-- {
		product[i-ntruP] += product[i]
		product[i-ntruP+1] += product[i]
	}
	for i, v := range product[:ntruP] {
		v %= ntruQ
		switch {
		case v > ntruHalf:
			v -= ntruQ
		case v < -ntruHalf:
			v += ntruQ
		}
		product[i] = v
	}
	return product[:ntruP]
}

// ntruEncode packs values, each below its modulus, two by two into larger ones.
func ntruEncode(dst []byte, values, moduli []uint32) []byte {
	if len(values) == 1 {
		for v, m := values[0], moduli[0]; m > 1; m = (m + 255) >> 8 {
			dst = append(dst, byte(v))
			v >>= 8
		}
		return dst
	}
	var vs, ms []uint32
	for i := 0; i < len(values)-1; i += 2 {
		v, m := values[i]+values[i+1]*moduli[i], moduli[i]*moduli[i+1]
		for m >= 1<<14 {
			dst = append(dst, byte(v))
			v >>= 8
			m = (m + 255) >> 8
		}
		vs, ms = append(vs, v), append(ms, m)
	}
	if len(values)%2 == 1 {
		vs, ms = append(vs, values[len(values)-1]), append(ms, moduli[len(values)-1])
	}
	return ntruEncode(dst, vs, ms)
}

// ntruDecode is the inverse of ntruEncode. Whatever data is, each value is below its
// modulus; what is missing is taken as zeros.
func ntruDecode(data []byte, moduli []uint32) []uint32 {
	next := func() (b uint32) {
		if len(data) > 0 {
			b, data = uint32(data[0]), data[1:]
		}
		return b
	}
	if len(moduli) == 1 {
		var v uint32
		shift := 0
		for m := moduli[0]; m > 1; m = (m + 255) >> 8 {
			v |= next() << shift
			shift += 8
		}
		return []uint32{v % moduli[0]}
	}
	var low, radix, ms []uint32
	for i := 0; i < len(moduli)-1; i += 2 {
		m, v, t := moduli[i]*moduli[i+1], uint32(0), uint32(1)
		for m >= 1<<14 {
			v += next() * t
			t <<= 8
			m = (m + 255) >> 8
		}
		low, radix, ms = append(low, v), append(radix, t), append(ms, m)
	}
	if len(moduli)%2 == 1 {
		ms = append(ms, moduli[len(moduli)-1])
	}
	high := ntruDecode(data, ms)
	out := make([]uint32, 0, len(moduli))
	for i := range low {
		v := uint64(low[i]) + uint64(radix[i])*uint64(high[i])
		first := uint64(moduli[2*i])
		out = append(out, uint32(v%first), uint32(v/first%uint64(moduli[2*i+1]))) //nolint:gosec // below the moduli
	}
	if len(moduli)%2 == 1 {
		out = append(out, high[len(high)-1])
	}
	return out
}
