package ssh

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"
	"io"
	"math/big"
	"sync"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// hostKeys are a server's, in the order in which OpenSSH lists them.
type hostKeys []xssh.Signer

// deriveHostKeys makes the keys that Debian's openssh-server makes at its
// installation, RSA with 3072 bits, ECDSA P-256 and Ed25519, out of the
// persona's secret: the same for one decky for ever, never those of another.
func deriveHostKeys(p *persona.Persona) (hostKeys, error) {
	ecdsaKey, err := deriveECDSA(p.Key("ssh host key ecdsa", 48))
	if err != nil {
		return nil, err
	}
	ecdsaSigner, err := xssh.NewSignerFromKey(ecdsaKey)
	if err != nil {
		return nil, fmt.Errorf("ecdsa: %w", err)
	}
	edSigner, err := xssh.NewSignerFromKey(ed25519.NewKeyFromSeed(p.Key("ssh host key ed25519", ed25519.SeedSize)))
	if err != nil {
		return nil, fmt.Errorf("ed25519: %w", err)
	}
	rsaSigner, err := newLazyRSA(p.Key("ssh host key rsa", 32))
	if err != nil {
		return nil, fmt.Errorf("rsa: %w", err)
	}
	return hostKeys{rsaSigner, ecdsaSigner, edSigner}, nil
}

// deriveECDSA reduces 48 bytes to a private key of P-256; so many that no key is
// noticeably more likely than another (FIPS 186-5 appendix A.2.1).
func deriveECDSA(seed []byte) (*ecdsa.PrivateKey, error) {
	n := new(big.Int).Sub(elliptic.P256().Params().N, big.NewInt(1))
	d := new(big.Int).SetBytes(seed)
	d.Mod(d, n).Add(d, big.NewInt(1))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.FillBytes(make([]byte, 32)))
	if err != nil {
		return nil, fmt.Errorf("ecdsa: %w", err)
	}
	return key, nil
}

// newLazyRSA returns an RSA host key that is derived when a client first asks
// for it, which few do: OpenSSH's own prefers Ed25519, and deriving takes a
// good part of a second. RSA with SHA-1 is not offered, as OpenSSH 8.8 and
// later do not and Debian's configuration of older ones need not.
func newLazyRSA(seed []byte) (xssh.Signer, error) {
	l := &lazyRSA{derive: sync.OnceValues(func() (xssh.AlgorithmSigner, error) {
		key, err := deriveRSA(seed, rsaBits)
		if err != nil {
			return nil, err
		}
		s, err := xssh.NewSignerFromKey(key)
		if err != nil {
			return nil, err
		}
		return s.(xssh.AlgorithmSigner), nil //nolint:forcetypeassert // RSA signers are
	})}
	return xssh.NewSignerWithAlgorithms(l, []string{xssh.KeyAlgoRSASHA512, xssh.KeyAlgoRSASHA256})
}

type lazyRSA struct {
	derive func() (xssh.AlgorithmSigner, error)
}

func (l *lazyRSA) PublicKey() xssh.PublicKey { return lazyRSAPublic{l} }

func (l *lazyRSA) Sign(rand io.Reader, data []byte) (*xssh.Signature, error) {
	return l.SignWithAlgorithm(rand, data, xssh.KeyAlgoRSASHA512)
}

func (l *lazyRSA) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*xssh.Signature, error) {
	s, err := l.derive()
	if err != nil {
		return nil, err
	}
	return s.SignWithAlgorithm(rand, data, algorithm)
}

type lazyRSAPublic struct{ key *lazyRSA }

func (lazyRSAPublic) Type() string { return xssh.KeyAlgoRSA }

func (k lazyRSAPublic) Marshal() []byte {
	s, err := k.key.derive()
	if err != nil {
		return nil // the key exchange fails, as it must
	}
	return s.PublicKey().Marshal()
}

func (k lazyRSAPublic) Verify(data []byte, sig *xssh.Signature) error {
	s, err := k.key.derive()
	if err != nil {
		return err
	}
	return s.PublicKey().Verify(data, sig)
}
