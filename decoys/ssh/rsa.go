package ssh

import (
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/rand/v2"
)

// deriveRSA makes an RSA key that is a function of a 32-byte seed. Go's own
// generator is random on purpose, so the two primes are searched here (FIPS
// 186-5 appendix A.1.3, with a ChaCha8 stream as source): each with its two
// highest bits set, so that the modulus has all its bits.
func deriveRSA(seed []byte, bits int) (*rsa.PrivateKey, error) {
	source := rand.NewChaCha8([32]byte(seed))
	e := big.NewInt(65537)
	one := big.NewInt(1)
	for {
		p := derivePrime(source, bits/2)
		q := derivePrime(source, bits/2)
		if p.Cmp(q) == 0 {
			continue
		}
		p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
		d := new(big.Int).ModInverse(e, new(big.Int).Mul(p1, q1))
		if d == nil {
			continue
		}
		key := &rsa.PrivateKey{
			PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())}, D: d, Primes: []*big.Int{p, q},
		}
		key.Precompute()
		if err := key.Validate(); err != nil {
			return nil, fmt.Errorf("derived key: %w", err)
		}
		return key, nil
	}
}

// derivePrime takes a random odd number and goes up until it meets a prime. A
// sieve of small primes sorts out most candidates before they are tested.
func derivePrime(source *rand.ChaCha8, bits int) *big.Int {
	buf := make([]byte, bits/8)
	_, _ = source.Read(buf) // never fails
	buf[0] |= 0xc0
	buf[len(buf)-1] |= 1
	n := new(big.Int).SetBytes(buf)
	remainders := make([]uint64, len(smallPrimes))
	m := new(big.Int)
	for i, p := range smallPrimes {
		remainders[i] = m.Mod(n, big.NewInt(int64(p))).Uint64()
	}
	candidate := new(big.Int)
	for delta := uint64(0); ; delta += 2 {
		if divisible(remainders, delta) {
			continue
		}
		candidate.Add(n, new(big.Int).SetUint64(delta))
		if candidate.BitLen() == bits && candidate.ProbablyPrime(8) {
			return candidate
		}
	}
}

func divisible(remainders []uint64, delta uint64) bool {
	for i, p := range smallPrimes {
		if (remainders[i]+delta)%uint64(p) == 0 {
			return true
		}
	}
	return false
}

// smallPrimes are the odd primes below 4096.
var smallPrimes = func() []uint16 {
	var primes []uint16
next:
	for n := uint16(3); n < 4096; n += 2 {
		for _, p := range primes {
			if n%p == 0 {
				continue next
			}
		}
		primes = append(primes, n)
	}
	return primes
}()
