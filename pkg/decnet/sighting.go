package decnet

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// MaxSightings is the most sightings of one message.
const MaxSightings = 100

// Sightings are those of one lane of attackers that became known together, at most
// MaxSightings and each attacker once.
type Sightings struct {
	Sightings []Sighting `json:"sightings"`
}

// ID names these sightings: the same attackers, seen through the same events in the same
// order, have the same id.
func (s Sightings) ID() string {
	h := sha256.New()
	var line []byte
	for _, one := range s.Sightings {
		line = append(line[:0], one.Attacker...)
		line = append(line, ' ')
		line = append(strconv.AppendUint(line, one.Through, 10), '\n')
		_, _ = h.Write(line) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Lane is the lane that all of them are in, as lane says of one attacker; empty if there
// are none.
func (s Sightings) Lane(lane func(attacker string) string) string {
	if len(s.Sightings) == 0 {
		return ""
	}
	return lane(string(s.Sightings[0].Attacker))
}

// DivideSightings puts sightings together by lane, those of a lane in the order given,
// in pieces of at most MaxSightings. The lanes are in the order of their names.
func DivideSightings(all []Sighting, lane func(attacker string) string) []Sightings {
	byLane := make(map[string][]Sighting)
	var names []string
	for _, s := range all {
		name := lane(string(s.Attacker))
		if byLane[name] == nil {
			names = append(names, name)
		}
		byLane[name] = append(byLane[name], s)
	}
	slices.Sort(names)
	var out []Sightings
	for _, name := range names {
		for piece := range slices.Chunk(byLane[name], MaxSightings) {
			out = append(out, Sightings{piece})
		}
	}
	return out
}
