// Package persona derives the one coherent machine that a decky claims to be.
//
// A persona is a pure function of the decky: the same seed gives the same
// machine for ever, another seed gives another. Everything a service says about
// its machine (banners, keys, hostname, uptime) is asked of the persona, so that
// what one service says fits what the others say.
package persona

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// Persona is one coherent machine.
type Persona struct {
	// Hostname is the machine's own name, as the hostname command prints it.
	Hostname string
	OS       catalog.OS
	// Maker made its network card, or the hypervisor that it runs on; MAC is
	// that card's address. See catalog.MAC.
	Maker string
	MAC   net.HardwareAddr
	// Kernel is the release that uname -r prints; empty where there is no uname.
	Kernel string
	// SSHVersion is the software version of the SSH banner, as in
	// "OpenSSH_9.2p1 Debian-2+deb12u3"; empty where such a machine has none.
	SSHVersion string
	// WebServer is the HTTP server it runs, the zero value if none.
	WebServer catalog.WebServer
	// Boot is when it was last started.
	Boot time.Time
	// User is the login of the person who looks after it, beside root.
	User string
	seed [32]byte
}

// Derive returns the persona of d. It fails if the operating system is unknown
// or the seed is not 64 hex digits.
func Derive(d *decnet.Decky) (*Persona, error) {
	os, err := catalog.FindOS(d.OS)
	if err != nil {
		return nil, fmt.Errorf("decky %s: %w", d.Name, err)
	}
	raw, err := hex.DecodeString(d.Seed)
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("decky %s: seed: want 64 hex digits", d.Name)
	}
	p := &Persona{OS: os, seed: [32]byte(raw)}
	// Each trait draws from its own stream, so that adding a trait later
	// changes none of the others.
	card := p.Rand("card")
	p.Maker = pick(card, os.Makers)
	if p.MAC, err = catalog.MAC(card, p.Maker); err != nil {
		return nil, fmt.Errorf("decky %s: %w", d.Name, err)
	}
	p.Hostname = catalog.Hostname(p.Rand("hostname"), os.Style, p.MAC)
	p.Kernel = pick(p.Rand("kernel"), os.Kernels)
	p.SSHVersion = pick(p.Rand("ssh"), os.SSHVersions)
	p.WebServer = pick(p.Rand("web"), os.WebServers)
	p.User = pick(p.Rand("user"), os.Users)
	p.Boot = d.Created.Add(-uptime(p.Rand("boot"))).UTC().Truncate(time.Second)
	return p, nil
}

// Key returns n secret bytes for purpose: HKDF-SHA-256 (RFC 5869) of the seed.
// Equal purposes give equal bytes, n may be at most 8160.
func (p *Persona) Key(purpose string, n int) []byte {
	key, err := hkdf.Key(sha256.New, p.seed[:], nil, "decnet persona "+purpose, n)
	if err != nil {
		panic(err) // n is a constant of the caller and out of bounds
	}
	return key
}

// Rand returns a reproducible source for purpose. It is for traits, not secrets.
func (p *Persona) Rand(purpose string) *rand.Rand {
	return rand.New(rand.NewChaCha8([32]byte(p.Key("trait "+purpose, 32))))
}

// uptime is between one and sixty days, to the second: servers are patched
// now and then, and hardly ever exactly on the day.
func uptime(r *rand.Rand) time.Duration {
	day := 24 * time.Hour
	return day + time.Duration(r.Int64N(int64(59*day)))
}

// pick chooses one, or the zero value of nothing.
func pick[T any](r *rand.Rand, choices []T) (chosen T) {
	if len(choices) > 0 {
		chosen = choices[r.IntN(len(choices))]
	}
	return chosen
}
