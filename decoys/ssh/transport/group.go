package transport

import (
	"math/big"
	"sync"
)

// moduli are the primes of RFC 2409 section 6.2 and RFC 3526, each of the form
// 2^n - 2^(n-64) - 1 + 2^64·(⌊2^(n-130)·π⌋ + k).
var moduli = map[int]func() *big.Int{
	1024: oakley(1024, 129093),
	2048: oakley(2048, 124476),
	3072: oakley(3072, 1690314),
	4096: oakley(4096, 240904),
	6144: oakley(6144, 929484),
	8192: oakley(8192, 4743158),
}

func modulus(bits int) *big.Int { return moduli[bits]() }

// groupFor is the size of the group that OpenSSH takes in a group exchange: the smallest that is
// wanted, or else the largest there is. /etc/ssh/moduli has many groups of each size and another of 7680
// bits; ours are the ones that everybody knows.
func groupFor(low, wanted, high uint32) int {
	best := 0
	for _, bits := range []int{2048, 3072, 4096, 6144, 8192} {
		if bits < int(low) || bits > int(high) {
			continue
		}
		if best = bits; bits >= int(wanted) {
			break
		}
	}
	if best == 0 {
		return maxGroup
	}
	return best
}

func oakley(n uint, k int64) func() *big.Int {
	return sync.OnceValue(func() *big.Int {
		one := big.NewInt(1)
		p := new(big.Int).Rsh(pi(n), 130) // pi is 2^n·π
		p.Add(p, big.NewInt(k)).Lsh(p, 64)
		p.Add(p, new(big.Int).Lsh(one, n)).Sub(p, new(big.Int).Lsh(one, n-64))
		return p.Sub(p, one)
	})
}

// pi is ⌊2^n·π⌋, by Machin's formula with some bits to spare.
func pi(n uint) *big.Int {
	const spare = 64
	arccot := func(x int64) *big.Int {
		sum := new(big.Int)
		term := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), n+spare), big.NewInt(x))
		for i := int64(1); term.Sign() > 0; i += 2 {
			t := new(big.Int).Div(term, big.NewInt(i))
			if i%4 == 3 {
				t.Neg(t)
			}
			sum.Add(sum, t)
			term.Div(term, big.NewInt(x*x))
		}
		return sum
	}
	v := new(big.Int).Mul(big.NewInt(4), arccot(5))
	v.Sub(v, arccot(239)).Mul(v, big.NewInt(4))
	return v.Rsh(v, spare)
}
