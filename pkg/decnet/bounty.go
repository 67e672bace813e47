package decnet

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// MaxBountyValue bounds the value of a bounty, in bytes.
const MaxBountyValue = 1 << 10

// Bounty is one thing learned of an attacker that is worth keeping when its events
// are gone: a fingerprint, a leaked address, something it brought. Package fields
// finds it in an event.
type Bounty struct {
	Attacker AttackerID `json:"attacker"`
	Type     BountyType `json:"type"`
	// Name is the finding's; of a leaked address, the header's that had it.
	Name string `json:"name"`
	// Value comes from the attacker: at most MaxBountyValue bytes of UTF-8
	// without NUL; see BountyValue.
	Value   string `json:"value"`
	Decky   string `json:"decky"`
	Service string `json:"service"`
	// Count is how many events had it, at least 1.
	Count     uint64    `json:"count"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	// Event is the id of the first stored event that had it.
	Event string `json:"event"`
}

// ID names the bounty, however often it is found: 32 hex digits of a SHA-256 of
// attacker, decky, service, type, name and value.
func (b *Bounty) ID() string {
	var text []byte
	for _, part := range []string{string(b.Attacker), b.Decky, b.Service, string(b.Type), b.Name, b.Value} {
		text = append(strconv.AppendInt(text, int64(len(part)), 10), ':') // lengths keep them apart
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// BountyValue makes s storable as the value of a bounty: what is no UTF-8, and
// NUL, becomes U+FFFD, and one that is too long its beginning and its SHA-256, so
// that different values stay different.
func BountyValue(s string) string {
	clean := strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(clean) <= MaxBountyValue {
		return clean
	}
	sum := sha256.Sum256([]byte(s))
	end := " ... sha256:" + hex.EncodeToString(sum[:])
	return Cut(clean, MaxBountyValue-len(end)) + end
}
