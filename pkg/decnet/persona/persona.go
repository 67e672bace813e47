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
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Persona is one coherent machine.
type Persona struct {
	// Hostname is the machine's own name, without a domain.
	Hostname string
	Distro   Distro
	// Kernel is the release that uname -r prints.
	Kernel string
	// SSHVersion is the software version of the SSH banner, as in
	// "OpenSSH_9.2p1 Debian-2+deb12u3".
	SSHVersion string
	// WebServer is the HTTP server it runs.
	WebServer WebServer
	// Boot is when it was last started.
	Boot time.Time
	// User is the login of the person who looks after it, beside root.
	User string
	seed [32]byte
}

// WebServer is an HTTP server at a version.
type WebServer struct {
	// Name is "nginx" or "apache".
	Name string
	// Header is the value of its Server header.
	Header string
}

// Derive returns the persona of d. It fails if the distro is unknown or the
// seed is not 64 hex digits.
func Derive(d *decnet.Decky) (*Persona, error) {
	distro, err := FindDistro(d.Distro)
	if err != nil {
		return nil, fmt.Errorf("decky %s: %w", d.Name, err)
	}
	raw, err := hex.DecodeString(d.Seed)
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("decky %s: seed: want 64 hex digits", d.Name)
	}
	p := &Persona{Distro: distro, seed: [32]byte(raw)}
	// Each trait draws from its own stream, so that adding a trait later
	// changes none of the others.
	p.Hostname = distro.hostname(p.Rand("hostname"))
	p.Kernel = pick(p.Rand("kernel"), distro.Kernels)
	p.SSHVersion = pick(p.Rand("ssh"), distro.SSHVersions)
	p.WebServer = pick(p.Rand("web"), distro.WebServers)
	p.User = pick(p.Rand("user"), distro.Users)
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

func pick[T any](r *rand.Rand, choices []T) T { return choices[r.IntN(len(choices))] }

// FindDistro returns the distro called slug.
func FindDistro(slug string) (Distro, error) {
	i := slices.IndexFunc(distros, func(d Distro) bool { return d.Slug == slug })
	if i < 0 {
		return Distro{}, fmt.Errorf("unknown distro %q: want one of %v", slug, DistroSlugs())
	}
	return distros[i], nil
}

// DistroSlugs lists the distros there are.
func DistroSlugs() []string {
	slugs := make([]string, len(distros))
	for i, d := range distros {
		slugs[i] = d.Slug
	}
	return slugs
}
