package corpus

import (
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"math/big"
	"sync"
)

// An exchange is our half of a key exchange.
type exchange struct {
	hash crypto.Hash
	// value is our public value as it is sent and hashed.
	value []byte
	// mpint says that values are hashed as numbers, which is how they are sent.
	mpint bool
	// secret computes the shared one, as it is hashed.
	secret func(theirs []byte) ([]byte, error)
}

// newExchange begins the key exchange of that name; group exchange is
// newGroupExchange's.
func newExchange(name string) (*exchange, error) {
	curves := map[string]struct {
		curve ecdh.Curve
		hash  crypto.Hash
	}{
		"curve25519-sha256": {ecdh.X25519(), crypto.SHA256}, "curve25519-sha256@libssh.org": {ecdh.X25519(), crypto.SHA256}, "ecdh-sha2-nistp256": {ecdh.P256(), crypto.SHA256},
		"ecdh-sha2-nistp384": {ecdh.P384(), crypto.SHA384}, "ecdh-sha2-nistp521": {ecdh.P521(), crypto.SHA512},
	}
	if c, ok := curves[name]; ok {
		key, err := c.curve.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return &exchange{hash: c.hash, value: key.PublicKey().Bytes(), secret: func(theirs []byte) ([]byte, error) {
			shared, err := agree(key, theirs)
			return mpint(new(big.Int).SetBytes(shared)), err
		}}, nil
	}
	switch name {
	case "diffie-hellman-group14-sha256":
		return newFinite(crypto.SHA256, modp(2048), big.NewInt(2))
	case "diffie-hellman-group16-sha512":
		return newFinite(crypto.SHA512, modp(4096), big.NewInt(2))
	case "diffie-hellman-group18-sha512":
		return newFinite(crypto.SHA512, modp(8192), big.NewInt(2))
	}
	return nil, fmt.Errorf("key exchange %s is not known", name)
}

func agree(key *ecdh.PrivateKey, theirs []byte) ([]byte, error) {
	public, err := key.Curve().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	return key.ECDH(public)
}

// newFinite is Diffie-Hellman modulo p (RFC 4253 section 8).
func newFinite(hash crypto.Hash, p, g *big.Int) (*exchange, error) {
	x, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 512))
	if err != nil {
		return nil, err
	}
	e := new(big.Int).Exp(g, x, p)
	return &exchange{hash: hash, value: mpint(e)[4:], mpint: true, secret: func(theirs []byte) ([]byte, error) {
		f := new(big.Int).SetBytes(theirs)
		if f.Sign() <= 0 || f.Cmp(p) >= 0 {
			return nil, fmt.Errorf("a public value of %d bits", f.BitLen())
		}
		return mpint(new(big.Int).Exp(f, x, p)), nil
	}}, nil
}

// mpint is a number that is not negative as RFC 4251 section 5 writes it.
func mpint(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) > 0 && b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return message(0, b)[1:]
}

// offsets are those of RFC 3526's primes by their size in bits, which are
// 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + offset).
var offsets = map[int]int64{2048: 124476, 4096: 240904, 8192: 4743158}

var (
	primes   = map[int]*big.Int{}
	primesMu sync.Mutex
)

// modp is RFC 3526's prime of so many bits.
func modp(bits int) *big.Int {
	primesMu.Lock()
	defer primesMu.Unlock()
	if primes[bits] == nil {
		n := uint(bits)
		p := new(big.Int).Lsh(big.NewInt(1), n)
		p.Sub(p, new(big.Int).Lsh(big.NewInt(1), n-64)).Sub(p, big.NewInt(1))
		middle := pi(n - 130)
		middle.Add(middle, big.NewInt(offsets[bits]))
		primes[bits] = p.Add(p, middle.Lsh(middle, 64))
	}
	return primes[bits]
}

// pi is floor(2^bits * pi) by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239).
func pi(bits uint) *big.Int {
	const guard = 64
	one := new(big.Int).Lsh(big.NewInt(1), bits+guard)
	arctan := func(x int64) *big.Int {
		sum, power, square := new(big.Int), new(big.Int).Div(one, big.NewInt(x)), big.NewInt(x*x)
		for k := int64(1); power.Sign() > 0; k += 2 {
			term := new(big.Int).Div(power, big.NewInt(k))
			if k%4 == 1 {
				sum.Add(sum, term)
			} else {
				sum.Sub(sum, term)
			}
			power.Div(power, square)
		}
		return sum
	}
	a, b := arctan(5), arctan(239)
	a.Lsh(a, 4).Sub(a, b.Lsh(b, 2))
	return a.Rsh(a, guard)
}
