package decnet

import (
	"math"
	"net/netip"
	"time"
)

// Traversal says that an attacker was seen on a further decky, not its first.
type Traversal struct {
	Attacker AttackerID `json:"attacker"`
	Address  netip.Addr `json:"address"`
	// Deckies is how many different ones there are now, Hops how often the attacker went from one to another.
	Deckies int    `json:"deckies"`
	Hops    uint64 `json:"hops"`
	// Path is the latest hops, at most MaxProfileHops.
	Path []Hop `json:"path"`
	// Through is the number of the last event that it covers.
	Through uint64 `json:"through"`
}

// CredentialReuse says that one credential was offered in more places, or by more attackers, than one.
type CredentialReuse struct {
	CredentialKey
	// Deckies, Services and Targets count different ones, a target being a service of a decky. Where there
	// are very many, these are some thousand of them.
	Deckies   uint64 `json:"deckies"`
	Services  uint64 `json:"services"`
	Targets   uint64 `json:"targets"`
	Attackers uint64 `json:"attackers"`
	Attempts  uint64 `json:"attempts"`
	// Accepted says that some decky let somebody in with it.
	Accepted  bool      `json:"accepted"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	// Attacker is the one whose event showed it.
	Attacker AttackerID `json:"attacker,omitempty"`
}

// AttackerLink is an edge between two attackers: a trait that both have. It is a hint for whoever
// puts campaigns together, not a verdict.
type AttackerLink struct {
	// Attacker has the trait since Event, Other had it before, since OtherEvent.
	Attacker   AttackerID `json:"attacker"`
	Other      AttackerID `json:"other"`
	Kind       TraitKind  `json:"kind"`
	Value      string     `json:"value"`
	Event      string     `json:"event"`
	OtherEvent string     `json:"other_event"`
	Time       time.Time  `json:"time"`
	// Holders is how many attackers have the trait, these two among them.
	Holders uint64 `json:"holders"`
	// Weight is 0 to 1: how much the trait says, and less of one that many have; see TraitWeight.
	Weight float64 `json:"weight"`
}

// traitWeights are what each kind says of two who alone have it.
var traitWeights = map[TraitKind]float64{
	TraitPayload: 1, TraitScript: 0.7, TraitURL: 0.6, TraitCredentials: 0.5, TraitFingerprint: 0.3,
}

// TraitWeight is how much a trait says that so many attackers have: that of its kind between two, and
// divided by the logarithm to base 2 of their number beyond that.
func TraitWeight(kind TraitKind, holders uint64) float64 {
	if holders < 2 {
		return 0
	}
	return math.Round(1000*traitWeights[kind]/math.Log2(float64(holders))) / 1000
}
