package storetest

import (
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func credentials(t *testing.T, s *store.Store, q store.CredentialQuery) []store.CredentialRecord {
	t.Helper()
	all, _, err := s.Credentials.List(t.Context(), q)
	if err != nil {
		t.Fatalf("Credentials.List: %v", err)
	}
	return all
}

func hashOf(password string) string {
	e := decnet.Event{Fields: Login("", password, false)}
	c, _ := decnet.CredentialOf(&e)
	return c.Hash()
}

func testCredentialsOnce(t *testing.T, s *store.Store) {
	later := func(d time.Duration) func(*decnet.Event) { return func(e *decnet.Event) { e.Time = at.Add(d) } }
	batch := []decnet.Event{
		event(1, alice, login("root", "toor", false), later(10)),
		event(2, alice, login("root", "toor", true), later(30)),
		event(2, alice, login("root", "toor", true), later(30)), // twice in the batch
		event(3, alice, login("root", "toor", false), later(20)),
		event(4, alice, login("root", "toor", false), later(5)),
	}
	ingest(t, s, batch...)
	ingest(t, s, batch...)     // delivered again
	ingest(t, s, batch[1:]...) // and again, in other pieces
	ingest(t, s, append(batch, event(5, alice, login("root", "toor", false), later(15)))...)

	wantEqual(t, "credentials", credentials(t, s, store.CredentialQuery{}), []store.CredentialRecord{{
		Attacker: idOf(alice), Decky: "web-1", Service: "ssh", Kind: decnet.SecretPlaintext,
		Principal: "root", Secret: "toor", SecretB64: batch[0].Fields[decnet.FieldSecretB64], Hash: hashOf("toor"),
		Attempts: 5, Accepted: true, FirstSeen: at.Add(5), LastSeen: at.Add(30), Event: batch[0].ID,
	}})
}

func testCredentialsDistinct(t *testing.T, s *store.Store) {
	ingest(t, s,
		event(0, alice, login("root", "toor", false)),
		event(1, alice, login("root", "other", false)),
		event(2, alice, login("admin", "toor", false)),
		event(3, bob, login("root", "toor", false)),
		event(4, "", login("root", "toor", false)), // of no attacker, but not lost
		event(5, alice, login("root", "toor", false), func(e *decnet.Event) { e.Decky = "web-2" }),
		event(6, alice, login("root", "toor", false), func(e *decnet.Event) { e.Service = "ftp" }),
		event(7, alice, login("root", "toor", false), func(e *decnet.Event) { e.Fields[decnet.FieldSecretKind] = "http_bearer" }),
		event(8, alice, func(e *decnet.Event) { e.Fields = map[string]string{decnet.FieldPrincipal: "nobody"} }), // no secret
	)
	for _, test := range []struct {
		name string
		q    store.CredentialQuery
		want int
	}{
		{"all", store.CredentialQuery{}, 8},
		{"of an attacker", store.CredentialQuery{Attacker: idOf(alice)}, 6},
		{"reused", store.CredentialQuery{Hash: hashOf("toor")}, 7},
		{"of a decky", store.CredentialQuery{Decky: "web-2"}, 1},
		{"of a service", store.CredentialQuery{Service: "ftp"}, 1},
		{"all filters", store.CredentialQuery{Attacker: idOf(alice), Decky: "web-1", Service: "ssh", Hash: hashOf("toor")}, 3},
	} {
		got := credentials(t, s, test.q)
		if len(got) != test.want {
			t.Errorf("%s: %d credentials, want %d: %+v", test.name, len(got), test.want, got)
		}
		for _, c := range got {
			wantEqual(t, test.name+": attempts", c.Attempts, 1)
		}
		if n, err := s.Credentials.Count(t.Context(), test.q); err != nil || n != uint64(test.want) { //nolint:gosec // not negative
			t.Errorf("%s: Count = %d, %v, want %d", test.name, n, err, test.want)
		}
	}
}

func testCredentialPages(t *testing.T, s *store.Store) {
	n := 0
	add := func() {
		n++
		ingest(t, s, event(n, alice, login("root", at.Add(time.Duration(n)).String(), false)))
	}
	for range 30 {
		add()
	}
	got := drain(t, func(cursor string) ([]store.CredentialRecord, string, error) {
		return s.Credentials.List(t.Context(), store.CredentialQuery{Attacker: idOf(alice), Limit: 4, Cursor: cursor})
	}, add)
	if len(got) != 30 {
		t.Fatalf("%d credentials in the pages, want 30", len(got))
	}
	for i, c := range got {
		wantEqual(t, "event", c.Event, event(30-i, alice).ID)
	}
}
