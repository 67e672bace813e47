package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func testTimelines(t *testing.T, s *store.Store) {
	ofAlice := ingest(t, s, events(0, 20, alice)...).Events
	ofBob := ingest(t, s, events(100, 105, bob)...).Events
	ingest(t, s, events(200, 203, "2001:db8::1")...)
	var mixed []decnet.Event // an attacker whose events others' are between
	for i := range 6 {
		mixed = append(mixed, event(300+2*i, "192.0.2.1"), event(301+2*i, bob))
	}
	stored := ingest(t, s, mixed...).Events
	var ofCarol []decnet.Event
	for i := 0; i < len(stored); i += 2 {
		ofCarol, ofBob = append(ofCarol, stored[i]), append(ofBob, stored[i+1])
	}
	carol := idOf("192.0.2.1")
	type want = map[decnet.AttackerID][]decnet.Event
	for name, test := range map[string]struct {
		known []store.Known
		limit int
		want  want
	}{
		"none":                {nil, 5, nil},
		"all of one":          {[]store.Known{{Attacker: idOf(alice)}}, 0, want{idOf(alice): ofAlice}},
		"the first of each":   {[]store.Known{{Attacker: carol, Through: 0}, {Attacker: idOf(alice), Through: 0}, {Attacker: idOf(bob), Through: 0}}, 3, want{idOf(alice): ofAlice[:3], idOf(bob): ofBob[:3], carol: ofCarol[:3]}},
		"from where each is":  {[]store.Known{{Attacker: idOf(alice), Through: 18}, {Attacker: idOf(bob), Through: 3}}, 5, want{idOf(alice): ofAlice[18:], idOf(bob): ofBob[3:8]}},
		"nothing new":         {[]store.Known{{Attacker: idOf(alice), Through: 20}, {Attacker: carol, Through: 1 << 63}}, 5, want{}},
		"nobody, and another": {[]store.Known{{Attacker: idOf("192.0.2.99"), Through: 0}, {Attacker: carol, Through: 5}}, 5, want{carol: ofCarol[5:]}},
	} {
		got, err := s.Events.Timelines(t.Context(), test.known, test.limit)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wantEqual(t, name, got, test.want)
	}
	_, err := s.Events.Timelines(t.Context(), []store.Known{{Attacker: carol}}, store.MaxLimit+1)
	wantCode(t, "limit too large", err, decnet.CodeInvalid)
}

func testProfiles(t *testing.T, s *store.Store) {
	ingest(t, s, append(events(0, 9, alice), append(events(20, 29, bob), events(40, 41, "192.0.2.1")...)...)...)
	for _, p := range []decnet.Profile{profile(alice, 7), profile(bob, 9)} {
		if err := s.Attackers.SaveProfile(t.Context(), p, 0); err != nil {
			t.Fatal(err)
		}
	}
	type want = map[decnet.AttackerID]decnet.Profile
	for name, test := range map[string]struct {
		known []store.Known
		want  want
	}{
		"none":              {nil, nil},
		"nothing is known":  {[]store.Known{{Attacker: idOf(bob), Through: 0}, {Attacker: idOf(alice), Through: 0}, {Attacker: idOf("192.0.2.1"), Through: 0}, {Attacker: "zz'\"", Through: 0}}, want{idOf(alice): profile(alice, 7), idOf(bob): profile(bob, 9)}},
		"one is known":      {[]store.Known{{Attacker: idOf(bob), Through: 9}, {Attacker: idOf(alice), Through: 6}}, want{idOf(alice): profile(alice, 7)}},
		"a later one is":    {[]store.Known{{Attacker: idOf(alice), Through: 8}}, want{idOf(alice): profile(alice, 7)}},
		"all are known":     {[]store.Known{{Attacker: idOf(bob), Through: 9}, {Attacker: idOf(alice), Through: 7}}, want{}},
		"beyond any number": {[]store.Known{{Attacker: idOf("192.0.2.1"), Through: 1 << 63}}, want{}},
	} {
		got, err := s.Attackers.Profiles(t.Context(), test.known)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wantEqual(t, name, got, test.want)
	}
}

func testBehind(t *testing.T, s *store.Store) {
	sweep := func(limit int) (behind []decnet.Sighting, pages int) {
		for after := decnet.AttackerID(""); ; pages++ {
			some, next, err := s.Attackers.Behind(t.Context(), after, limit)
			if err != nil {
				t.Fatal(err)
			}
			behind = append(behind, some...)
			if next == "" {
				return behind, pages + 1
			}
			if next <= after {
				t.Fatalf("it goes on after %s, from %s", next, after)
			}
			after = next
		}
	}
	if behind, pages := sweep(10); len(behind) != 0 || pages != 1 {
		t.Errorf("of nobody are behind %v, on %d pages", behind, pages)
	}
	var want []decnet.Sighting
	for i := range 25 {
		address := fmt.Sprintf("198.51.100.%d", i)
		ingest(t, s, events(1000*i, 1000*i+3, address)...)
		through := uint64(i % 4) // none, part, part, all
		if through > 0 {
			if err := s.Attackers.SaveProfile(t.Context(), profile(address, through), 0); err != nil {
				t.Fatal(err)
			}
		}
		if through < 3 {
			want = append(want, decnet.Sighting{Attacker: idOf(address), Address: idOf(address).Addr(), Through: 3, Time: at.Add(time.Duration(1000*i + 2))})
		}
	}
	for limit, pages := range map[int]int{1: 26, 5: 6, 7: 4, 25: 2, 100: 1} {
		behind, n := sweep(limit)
		wantEqual(t, fmt.Sprint("behind, by ", limit), behind, want)
		wantEqual(t, "pages", n, pages)
	}
	_, _, err := s.Attackers.Behind(t.Context(), "", store.MaxLimit+1)
	wantCode(t, "limit too large", err, decnet.CodeInvalid)
}
