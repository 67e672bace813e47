package transport

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what CentOS 7 offers
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"math/big"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// A method is one way to agree on keys (RFC 4253 section 8).
type method struct {
	hash func() hash.Hash
	// respond makes the server's public value of a client's, and the secret that
	// both have, encoded as the exchange hash takes it. It is nil for group
	// exchange, in which the group is agreed on first.
	respond func(client []byte) (public, secret []byte, err error)
}

var methods = map[string]method{
	"curve25519-sha256":                    {sha256.New, onCurve(ecdh.X25519())},
	"curve25519-sha256@libssh.org":         {sha256.New, onCurve(ecdh.X25519())},
	"ecdh-sha2-nistp256":                   {sha256.New, onCurve(ecdh.P256())},
	"ecdh-sha2-nistp384":                   {sha512.New384, onCurve(ecdh.P384())},
	"ecdh-sha2-nistp521":                   {sha512.New, onCurve(ecdh.P521())},
	sntrup:                                 {sha512.New, hybrid},
	sntrupAlias:                            {sha512.New, hybrid},
	"diffie-hellman-group-exchange-sha256": {sha256.New, nil},
	"diffie-hellman-group-exchange-sha1":   {sha1.New, nil},
	"diffie-hellman-group18-sha512":        {sha512.New, inGroup(8192)},
	"diffie-hellman-group16-sha512":        {sha512.New, inGroup(4096)},
	"diffie-hellman-group14-sha256":        {sha256.New, inGroup(2048)},
	"diffie-hellman-group14-sha1":          {sha1.New, inGroup(2048)},
	"diffie-hellman-group1-sha1":           {sha1.New, inGroup(1024)},
}

// onCurve is elliptic-curve Diffie-Hellman (RFC 5656 section 4, RFC 8731).
func onCurve(curve ecdh.Curve) func([]byte) ([]byte, []byte, error) {
	return func(client []byte) (public, secret []byte, err error) {
		theirs, err := curve.NewPublicKey(client)
		if err != nil {
			return nil, nil, fmt.Errorf("the client's point: %w", err)
		}
		ours, err := curve.GenerateKey(rand.Reader)
		if err != nil {
			return nil, nil, fmt.Errorf("make a key: %w", err)
		}
		shared, err := ours.ECDH(theirs)
		if err != nil {
			return nil, nil, fmt.Errorf("the client's point: %w", err)
		}
		return ours.PublicKey().Bytes(), sshwire.AppendMpint(nil, shared), nil
	}
}

// hybrid is Streamlined NTRU Prime together with X25519, as in
// draft-josefsson-ntruprime-ssh.
func hybrid(client []byte) (public, secret []byte, err error) {
	if len(client) != sntrupPublicKey+32 {
		return nil, nil, errSilent
	}
	sealed, key := sntrupEncapsulate(client[:sntrupPublicKey])
	theirs, err := ecdh.X25519().NewPublicKey(client[sntrupPublicKey:])
	if err != nil {
		return nil, nil, fmt.Errorf("the client's point: %w", err)
	}
	ours, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	shared, err := ours.ECDH(theirs)
	if err != nil {
		return nil, nil, fmt.Errorf("the client's point: %w", err)
	}
	sum := sha512.Sum512(append(key, shared...))
	return append(sealed, ours.PublicKey().Bytes()...), sshwire.AppendString(nil, sum[:]), nil
}

// inGroup is Diffie-Hellman in one of the groups of RFC 2409 and RFC 3526.
func inGroup(bits int) func([]byte) ([]byte, []byte, error) {
	return func(client []byte) (public, secret []byte, err error) {
		e := sshwire.NewReader(sshwire.AppendString(nil, client)).Mpint()
		f, k, err := modular(modulus(bits), e)
		if err != nil {
			return nil, nil, err
		}
		return sshwire.AppendMpint(nil, f)[4:], sshwire.AppendMpint(nil, k), nil
	}
}

// exponentBits is the length of our exponents: twice the strength of the longest
// key that is derived.
const exponentBits = 512

// modular makes the server's public value and the shared secret from the client's
// public value e, with 2 as the generator.
func modular(p, e *big.Int) (public, secret []byte, err error) {
	one := big.NewInt(1)
	if e.Cmp(one) <= 0 || e.Cmp(new(big.Int).Sub(p, one)) >= 0 {
		return nil, nil, errSilent
	}
	y, err := rand.Int(rand.Reader, new(big.Int).Lsh(one, exponentBits))
	if err != nil {
		return nil, nil, fmt.Errorf("make an exponent: %w", err)
	}
	y.SetBit(y, exponentBits-1, 1)
	return new(big.Int).Exp(big.NewInt(2), y, p).Bytes(), new(big.Int).Exp(e, y, p).Bytes(), nil
}
