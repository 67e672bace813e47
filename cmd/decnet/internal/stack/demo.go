package stack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// demoFleet is three machines that a small company might have.
func demoFleet(host, installation string, now time.Time) []decnet.Decky {
	plan := []struct {
		name, distro string
		address      [4]byte
		services     []string
	}{
		{"web-01", "ubuntu22", [4]byte{127, 0, 77, 11}, []string{"http", "ssh"}},
		{"files-01", "debian12", [4]byte{127, 0, 77, 12}, []string{"ssh"}},
		{"intranet-01", "ubuntu20", [4]byte{127, 0, 77, 13}, []string{"http"}},
	}
	fleet := make([]decnet.Decky, len(plan))
	for i, p := range plan {
		fleet[i] = decnet.Decky{
			Name: p.name, Host: host, Driver: "loopback", Address: netip.AddrFrom4(p.address),
			Distro: p.distro, Seed: deckySeed(installation, p.name), Created: now,
		}
		for _, slug := range p.services {
			fleet[i].Services = append(fleet[i].Services, decnet.ServiceRequest{Slug: slug})
		}
	}
	return fleet
}

// deckySeed gives every decky of every installation a seed of its own.
func deckySeed(installation, name string) string {
	mac := hmac.New(sha256.New, []byte(installation))
	_, _ = mac.Write([]byte("decky " + name)) // never fails, see hash.Hash
	return hex.EncodeToString(mac.Sum(nil))
}

// deployDemo puts the demo fleet into an empty fleet bucket and reports whether
// it did.
func deployDemo(ctx context.Context, b *bus.Bus, host, dir string) (bool, error) {
	have, err := bus.Fleet.List(ctx, b)
	if err != nil || len(have) > 0 {
		return false, err
	}
	seed, err := installationSeed(dir)
	if err != nil {
		return false, err
	}
	for _, d := range demoFleet(host, seed, time.Now().UTC()) {
		if _, err := bus.Fleet.Put(ctx, b, d, 0, d.Host, d.Name); err != nil && decnet.ErrorCode(err) != decnet.CodeConflict {
			return false, err
		}
	}
	return true, nil
}
