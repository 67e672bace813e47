package fleet

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// identities sees to it that no two deckies are alike: each gets a seed whose
// hostname and MAC address no other decky has.
type identities struct {
	installation string
	hostnames    map[string]string // owner by hostname
	macs         map[string]string
}

func newIdentities(w *World) *identities {
	ids := &identities{installation: w.Installation, hostnames: make(map[string]string), macs: make(map[string]string)}
	for i := range w.Deckies {
		d := &w.Deckies[i]
		if p, err := persona.Derive(d); err == nil { // one that is damaged has no identity to protect
			ids.hostnames[p.Hostname], ids.macs[p.MAC.String()] = owner(d), owner(d)
		}
	}
	return ids
}

func owner(d *decnet.Decky) string { return d.Host + "." + d.Name }

// attempts bounds the search for an identity that nobody has. Every operating
// system has names for thousands of machines.
const attempts = 1000

// settle gives d a seed, keeping the one it has if it can.
func (ids *identities) settle(d *decnet.Decky, fleet string) error {
	for try := range attempts {
		if d.Seed == "" || try > 0 {
			d.Seed = Seed(ids.installation, fleet, d.Name, try)
		}
		p, err := persona.Derive(d)
		if err != nil {
			return err
		}
		if ids.free(ids.hostnames, p.Hostname, d) && ids.free(ids.macs, p.MAC.String(), d) {
			ids.hostnames[p.Hostname], ids.macs[p.MAC.String()] = owner(d), owner(d)
			return nil
		}
	}
	return fmt.Errorf("decky %s: all names that machines with %s get are taken in this installation", d.Name, d.OS)
}

func (*identities) free(owners map[string]string, key string, d *decnet.Decky) bool {
	by, taken := owners[key]
	return !taken || by == owner(d)
}

// random is a number that belongs to d alone.
func (ids *identities) random(d *decnet.Decky) uint64 {
	s := secret(d.Seed, "interface identifier")
	return binary.BigEndian.Uint64(s[:8])
}

// Seed is the seed of a new decky: an HMAC-SHA-256 under the installation's
// secret, in hex. try is 0 unless an earlier one made a machine that exists.
func Seed(installation, fleet, name string, try int) string {
	purpose := "decky " + fleet + "/" + name
	if try > 0 {
		purpose += fmt.Sprintf("/%d", try)
	}
	s := secret(installation, purpose)
	return hex.EncodeToString(s[:])
}

func secret(key, purpose string) [32]byte {
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte(purpose)) // never fails, see hash.Hash
	return [32]byte(mac.Sum(nil))
}
