package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func addTraits(t *testing.T, s *store.Store, found ...store.AttackerTraits) []decnet.AttackerLink {
	t.Helper()
	links, err := s.Attackers.AddTraits(t.Context(), found)
	if err != nil {
		t.Fatalf("AddTraits: %v", err)
	}
	return links
}

func payload(value, event string) decnet.Trait {
	return decnet.Trait{Kind: decnet.TraitPayload, Value: value, Time: at, Event: event}
}

func testTraits(t *testing.T, s *store.Store) {
	one := store.AttackerTraits{Attacker: idOf(alice), Traits: []decnet.Trait{payload("a", "e1"), payload("b", "e2")}}
	two := store.AttackerTraits{Attacker: idOf(bob), Traits: []decnet.Trait{payload("a", "e3"), {Kind: decnet.TraitURL, Value: "b", Time: at, Event: "e4"}}}
	if links := addTraits(t, s, one); len(links) != 0 {
		t.Errorf("the first has links %+v", links)
	}
	want := []decnet.AttackerLink{{
		Attacker: idOf(bob), Other: idOf(alice), Kind: decnet.TraitPayload, Value: "a", Event: "e3", OtherEvent: "e1", Time: at, Holders: 2, Weight: 1,
	}}
	wantEqual(t, "links", addTraits(t, s, two), want)
	wantEqual(t, "links, told again", addTraits(t, s, two), want)
	have, err := s.Attackers.Links(t.Context(), idOf(bob), 0)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "listed links", have, want)

	var many []store.AttackerTraits
	for i := range 40 {
		many = append(many, store.AttackerTraits{Attacker: decnet.AttackerID(fmt.Sprintf("c00002%02x", i)), Traits: []decnet.Trait{payload("a", fmt.Sprint("m", i))}})
	}
	links := addTraits(t, s, many...)
	last := links[len(links)-1]
	if last.Holders != 42 || last.Other == last.Attacker || last.Weight >= 1 || last.Weight <= 0 {
		t.Errorf("the last of many is %+v", last)
	}
	perAttacker := map[decnet.AttackerID]int{}
	for _, l := range links {
		perAttacker[l.Attacker]++
	}
	if n := perAttacker["c0000227"]; n != 16 {
		t.Errorf("one has %d links, want 16", n)
	}
	if page, err := s.Attackers.Links(t.Context(), idOf(alice), 7); err != nil || len(page) != 7 {
		t.Errorf("a page has %d links, error %v", len(page), err)
	}
	if _, err := s.Attackers.Links(t.Context(), idOf(alice), store.MaxLimit+1); decnet.ErrorCode(err) != decnet.CodeInvalid {
		t.Errorf("too large a page: %v", err)
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
