package ssh

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // the algorithm ssh-rsa, which CentOS 7 offers
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"fmt"
	"math/big"
	"sync"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// A hostKey is one that is a file too.
type hostKey interface {
	transport.HostKey
	// Name is what its file is called after.
	Name() string
	// Private is the key itself.
	Private() (crypto.PrivateKey, error)
}

// deriveHostKeys makes the keys that the package of OpenSSH makes at its installation,
// RSA, ECDSA P-256 and Ed25519, out of the persona's secret: the same for one decky for
// ever, never those of another. They are in the order in which OpenSSH lists them.
func deriveHostKeys(p *persona.Persona, rsaBits int) ([]hostKey, error) {
	ecdsaKey, err := deriveECDSA(p.Key("ssh host key ecdsa", 48))
	if err != nil {
		return nil, err
	}
	seed := p.Key("ssh host key rsa", 32)
	return []hostKey{
		&rsaKey{derive: rsaOnce([32]byte(seed), rsaBits)},
		(*ecdsaHostKey)(ecdsaKey),
		ed25519Key(ed25519.NewKeyFromSeed(p.Key("ssh host key ed25519", ed25519.SeedSize))),
	}, nil
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

// signature is a signature with its format (RFC 4253 section 6.6).
func signature(algorithm string, blob []byte) []byte {
	return sshwire.AppendString(sshwire.AppendString(nil, algorithm), blob)
}

// An ed25519Key is a host key as RFC 8709 has it.
type ed25519Key ed25519.PrivateKey

const algorithmEd25519 = "ssh-ed25519"

// Name is that of its file.
func (ed25519Key) Name() string { return "ed25519" }

// Private is the key itself.
func (k ed25519Key) Private() (crypto.PrivateKey, error) { return ed25519.PrivateKey(k), nil }

// Algorithms is Ed25519's one.
func (ed25519Key) Algorithms() []string { return []string{algorithmEd25519} }

// Public is the key's type and its 32 bytes.
func (k ed25519Key) Public() ([]byte, error) {
	return sshwire.AppendString(sshwire.AppendString(nil, algorithmEd25519), ed25519.PrivateKey(k)[32:]), nil
}

// Sign signs data.
func (k ed25519Key) Sign(algorithm string, data []byte) ([]byte, error) {
	return signature(algorithm, ed25519.Sign(ed25519.PrivateKey(k), data)), nil
}

// An ecdsaHostKey is a host key as RFC 5656 section 3 has it.
type ecdsaHostKey ecdsa.PrivateKey

const algorithmECDSA = "ecdsa-sha2-nistp256"

// Name is that of its file.
func (*ecdsaHostKey) Name() string { return "ecdsa" }

// Private is the key itself.
func (k *ecdsaHostKey) Private() (crypto.PrivateKey, error) { return (*ecdsa.PrivateKey)(k), nil }

// Algorithms is that of the curve.
func (*ecdsaHostKey) Algorithms() []string { return []string{algorithmECDSA} }

// Public is the key's type, its curve and its point.
func (k *ecdsaHostKey) Public() ([]byte, error) {
	point, err := (*ecdsa.PrivateKey)(k).PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("ecdsa: %w", err)
	}
	return sshwire.AppendString(sshwire.AppendString(sshwire.AppendString(nil, algorithmECDSA), "nistp256"), point), nil
}

// Sign signs data.
func (k *ecdsaHostKey) Sign(algorithm string, data []byte) ([]byte, error) {
	sum := sha256.Sum256(data)
	der, err := ecdsa.SignASN1(rand.Reader, (*ecdsa.PrivateKey)(k), sum[:])
	if err != nil {
		return nil, fmt.Errorf("ecdsa: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("ecdsa: %w", err)
	}
	return signature(algorithm, sshwire.AppendMpint(sshwire.AppendMpint(nil, rs.R.Bytes()), rs.S.Bytes())), nil
}

// An rsaKey is derived when it is first needed, which with most clients is after the
// login: deriving takes a good part of a second.
type rsaKey struct {
	derive func() (*rsa.PrivateKey, error)
}

// rsaKeys are those of this process, by their seed: a service that is started again does not derive
// its key again.
var rsaKeys sync.Map

func rsaOnce(seed [32]byte, bits int) func() (*rsa.PrivateKey, error) {
	type id struct {
		seed [32]byte
		bits int
	}
	derive, _ := rsaKeys.LoadOrStore(id{seed, bits}, sync.OnceValues(func() (*rsa.PrivateKey, error) { return deriveRSA(seed[:], bits) }))
	return derive.(func() (*rsa.PrivateKey, error)) //nolint:forcetypeassert // nothing else is put in
}

// rsaHashes are the signature algorithms of RFC 4253 section 6.6 and RFC 8332.
var rsaHashes = map[string]crypto.Hash{"rsa-sha2-512": crypto.SHA512, "rsa-sha2-256": crypto.SHA256, "ssh-rsa": crypto.SHA1}

// Name is that of its file.
func (*rsaKey) Name() string { return "rsa" }

// Private is the key itself.
func (k *rsaKey) Private() (crypto.PrivateKey, error) { return k.derive() }

// Algorithms are RSA's three.
func (*rsaKey) Algorithms() []string { return []string{"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"} }

// Public is the key's type, its exponent and its modulus.
func (k *rsaKey) Public() ([]byte, error) {
	key, err := k.derive()
	if err != nil {
		return nil, err
	}
	b := sshwire.AppendMpint(sshwire.AppendString(nil, "ssh-rsa"), big.NewInt(int64(key.E)).Bytes())
	return sshwire.AppendMpint(b, key.N.Bytes()), nil
}

// Sign signs data.
func (k *rsaKey) Sign(algorithm string, data []byte) ([]byte, error) {
	key, err := k.derive()
	if err != nil {
		return nil, err
	}
	var sum []byte
	switch algorithm {
	case "rsa-sha2-512":
		s := sha512.Sum512(data)
		sum = s[:]
	case "rsa-sha2-256":
		s := sha256.Sum256(data)
		sum = s[:]
	default:
		s := sha1.Sum(data) //nolint:gosec // see the import
		sum = s[:]
	}
	blob, err := rsa.SignPKCS1v15(rand.Reader, key, rsaHashes[algorithm], sum)
	if err != nil {
		return nil, fmt.Errorf("rsa: %w", err)
	}
	return signature(algorithm, blob), nil
}

// served are the keys as the transport takes them.
func served(keys []hostKey) []transport.HostKey {
	out := make([]transport.HostKey, len(keys))
	for i, k := range keys {
		out[i] = k
	}
	return out
}
