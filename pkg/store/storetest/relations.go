package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// linksBy has attackers' profiles saved with their traits, and returns their links.
func linksBy(t *testing.T, s *store.Store, found ...store.AttackerTraits) []decnet.AttackerLink {
	t.Helper()
	var changes []store.ProfileChange
	for i, f := range found {
		changes = append(changes, store.ProfileChange{Profile: decnet.Profile{Attacker: f.Attacker, Through: 1}, Traits: f.Traits})
		ingest(t, s, event(1000+i, f.Attacker.Addr().String(), func(e *decnet.Event) { e.ID = "of-" + string(f.Attacker) }))
	}
	if _, err := s.Attackers.SaveProfiles(t.Context(), changes); err != nil {
		t.Fatalf("SaveProfiles: %v", err)
	}
	links, err := s.Attackers.LinksBy(t.Context(), found)
	if err != nil {
		t.Fatalf("LinksBy: %v", err)
	}
	return links
}

func payload(value, event string) decnet.Trait {
	return decnet.Trait{Kind: decnet.TraitPayload, Value: value, Time: at, Event: event}
}

func testTraits(t *testing.T, s *store.Store) {
	one := store.AttackerTraits{Attacker: idOf(alice), Traits: []decnet.Trait{payload("a", "e1"), payload("b", "e2")}}
	two := store.AttackerTraits{Attacker: idOf(bob), Traits: []decnet.Trait{payload("a", "e3"), {Kind: decnet.TraitURL, Value: "b", Time: at, Event: "e4"}}}
	if links := linksBy(t, s, one); len(links) != 0 {
		t.Errorf("the first has links %+v", links)
	}
	want := []decnet.AttackerLink{{
		Attacker: idOf(bob), Other: idOf(alice), Kind: decnet.TraitPayload, Value: "a", Event: "e3", OtherEvent: "e1", Time: at, Holders: 2, Weight: 1,
	}}
	wantEqual(t, "links", linksBy(t, s, two), want)
	wantEqual(t, "links, told again", linksBy(t, s, two), want)
	have, err := s.Attackers.Links(t.Context(), idOf(bob), 0)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "listed links", have, want)

	perAttacker := func(links []decnet.AttackerLink) map[decnet.AttackerID]int {
		n := map[decnet.AttackerID]int{}
		for _, l := range links {
			n[l.Attacker]++
		}
		return n
	}
	many := func(from, to int) (all []store.AttackerTraits) {
		for i := from; i < to; i++ {
			id := decnet.AttackerID(fmt.Sprintf("c000%04x", i))
			all = append(all, store.AttackerTraits{Attacker: id, Traits: []decnet.Trait{payload("a", fmt.Sprint("m", i))}})
		}
		return all
	}
	links := linksBy(t, s, many(0, 40)...)
	if n := perAttacker(links); n["c0000000"] != 2 || n["c0000001"] != 3 || n["c0000027"] != 16 {
		t.Errorf("they have links to those before them: %v", n)
	}
	if last := links[len(links)-1]; last.Holders != 42 || last.Weight >= 1 || last.Weight <= 0 {
		t.Errorf("the last of many is %+v", last)
	}
	if page, err := s.Attackers.Links(t.Context(), idOf(alice), 7); err != nil || len(page) != 7 {
		t.Errorf("a page has %d links, error %v", len(page), err)
	}
	links = linksBy(t, s, many(40, 300)...)
	if n := perAttacker(links); n["c000012b"] != 1 || links[0].Other != idOf(alice) {
		t.Errorf("a trait of very many links each to the first: %v", n)
	}
	if page, err := s.Attackers.Links(t.Context(), idOf(alice), 7); err != nil || len(page) != 0 {
		t.Errorf("a trait of very many is of no interest, have %+v, error %v", page, err)
	}
	if _, err := s.Attackers.Links(t.Context(), idOf(alice), store.MaxLimit+1); decnet.ErrorCode(err) != decnet.CodeInvalid {
		t.Errorf("too large a page: %v", err)
	}
}

// A profile that is not saved adds no traits, and an attacker's values are kept whatever is in them.
func testTraitsWithProfiles(t *testing.T, s *store.Store) {
	hostile := payload("a\x00'\xff\"\\", "e1")
	for _, who := range []string{alice, bob} {
		ingest(t, s, event(1, who, func(e *decnet.Event) { e.ID = who }))
		change := store.ProfileChange{Profile: decnet.Profile{Attacker: idOf(who), Through: 7}, PreviousThrough: 6, Traits: []decnet.Trait{hostile}}
		if saved, err := s.Attackers.SaveProfiles(t.Context(), []store.ProfileChange{change}); err != nil || saved[0] {
			t.Fatalf("SaveProfiles of one who was too late: %v, %v", saved, err)
		}
	}
	of := func(who string) store.AttackerTraits {
		return store.AttackerTraits{Attacker: idOf(who), Traits: []decnet.Trait{hostile}}
	}
	if links := linksBy(t, s, of(alice)); len(links) != 0 {
		t.Errorf("a trait that was not saved makes links %+v", links)
	}
	if links := linksBy(t, s, of(bob)); len(links) != 1 || links[0].Other != idOf(alice) || links[0].Value != "a\uFFFD'\uFFFD\"\\" {
		t.Errorf("have links %+v", links)
	}
}

func testReuse(t *testing.T, s *store.Store) {
	ingest(t, s,
		event(1, alice, login("root", "toor", false)),
		event(2, alice, login("root", "once", false)),
		event(3, alice, login("root", "toor", false), func(e *decnet.Event) { e.Decky = "web-2" }),
		event(4, bob, login("root", "toor", true), func(e *decnet.Event) { e.Service = "ftp"; e.Time = at.Add(time.Hour) }),
		event(5, bob, login("admin", "toor", false)),
	)
	key := func(principal, secret string) decnet.CredentialKey {
		return decnet.CredentialKey{Hash: hashOf(secret), Principal: principal, Kind: decnet.SecretPlaintext}
	}
	have, err := s.Credentials.Reuse(t.Context(), []decnet.CredentialKey{key("root", "toor"), key("root", "once"), key("admin", "toor"), key("nobody", "never")})
	if err != nil {
		t.Fatal(err)
	}
	if len(have) != 1 {
		t.Fatalf("have %+v", have)
	}
	u := have[0]
	if u.Principal != "root" || u.Deckies != 2 || u.Services != 2 || u.Targets != 3 || u.Attackers != 2 || u.Attempts != 3 || !u.Accepted || !u.LastSeen.Equal(at.Add(time.Hour)) {
		t.Errorf("have %+v", u)
	}
}
