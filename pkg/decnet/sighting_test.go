package decnet_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestSightingsAreDividedByLane(t *testing.T) {
	lane := func(attacker string) string { return attacker[7:] } // the last digit
	var all []decnet.Sighting
	for i := range 1000 {
		addr := netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)})
		all = append(all, decnet.Sighting{Attacker: decnet.AttackerIDOf(addr), Address: addr, Through: uint64(i + 1)})
	}
	ids, last, count := map[string]bool{}, "", map[decnet.AttackerID]uint64{}
	for _, s := range decnet.DivideSightings(all, lane) {
		if n := len(s.Sightings); n == 0 || n > decnet.MaxSightings || ids[s.ID()] || s.Lane(lane) < last {
			t.Fatalf("%d sightings, %s, in lane %s after lane %s", n, s.ID(), s.Lane(lane), last)
		}
		ids[s.ID()], last = true, s.Lane(lane)
		before := uint64(0)
		for _, one := range s.Sightings {
			if lane(string(one.Attacker)) != last || one.Through < before {
				t.Fatalf("%s is in lane %s, after %d", one.Attacker, last, before)
			}
			before, count[one.Attacker] = one.Through, one.Through
		}
	}
	for _, s := range all {
		if count[s.Attacker] != s.Through {
			t.Errorf("%s is seen through %d, want %d", s.Attacker, count[s.Attacker], s.Through)
		}
	}
	if empty := decnet.DivideSightings(nil, lane); len(empty) != 0 || (decnet.Sightings{}).Lane(lane) != "" {
		t.Errorf("of none are made %v", empty)
	}
}

// A repetition is recognised by the id, and nothing else has it.
func TestSightingsAreNamedByWhatTheySay(t *testing.T) {
	make := func(attackers string, through ...uint64) string {
		var s decnet.Sightings
		for i, n := range through {
			s.Sightings = append(s.Sightings, decnet.Sighting{Attacker: decnet.AttackerID(attackers[i : i+1]), Through: n, Time: time.Now()})
		}
		return s.ID()
	}
	if one, again := make("ab", 1, 2), make("ab", 1, 2); one != again {
		t.Error("the same sightings have two ids")
	}
	seen := map[string]bool{}
	for _, id := range []string{make("", nil...), make("a", 1), make("a", 2), make("b", 1), make("ab", 1, 1), make("ba", 1, 1), make("a", 11)} {
		if seen[id] {
			t.Errorf("two have id %s", id)
		}
		seen[id] = true
	}
}

// The stream of sightings takes messages of 64 KiB.
func TestTheLongestSightingsFit(t *testing.T) {
	addr := netip.MustParseAddr("2001:db88:1111:2222:3333:4444:5555:6666")
	var s decnet.Sightings
	for range decnet.MaxSightings {
		s.Sightings = append(s.Sightings, decnet.Sighting{Attacker: decnet.AttackerIDOf(addr), Address: addr, Through: 1<<64 - 1, Time: time.Unix(1<<31, 123456789).UTC()})
	}
	if body, err := json.Marshal(s); err != nil || len(body) > 32<<10 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
