package storetest

import (
	"maps"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func testValues(t *testing.T, s *store.Store) {
	zone := time.FixedZone("far", 13*3600)
	given := []decnet.Event{
		event(1, alice),
		event(2, bob, func(e *decnet.Event) { e.Message = "a message" }),
		event(3, "", func(e *decnet.Event) { e.Kind = decnet.KindError }),
		event(4, alice, func(e *decnet.Event) { e.Time = time.Date(2031, 1, 1, 5, 0, 0, 1, zone) }),
		event(5, alice, func(e *decnet.Event) { e.Time = time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC) }),
		event(6, alice, func(e *decnet.Event) { e.Time = time.Date(2261, 12, 31, 23, 59, 59, 999999999, time.UTC) }),
		event(7, alice, func(e *decnet.Event) { e.Fields = map[string]string{} }),
		event(8, alice, func(e *decnet.Event) { e.Fields = map[string]string{"": "", "a": strings.Repeat("x", 1<<16)} }),
		event(9, alice, func(e *decnet.Event) { e.Source, e.SourcePort = netip.MustParseAddr("fe80::1%eth0"), 65535 }),
		event(10, alice, func(e *decnet.Event) { e.Seq = 77 }), // only the store numbers
	}
	want := make([]decnet.Event, len(given))
	for i, seq := range []uint64{1, 1, 0, 2, 3, 4, 5, 6, 7, 8} {
		want[i] = given[i]
		want[i].Seq = seq
		want[i].Time = given[i].Time.UTC()
	}
	want[6].Fields = nil // no fields are no map

	wantEqual(t, "returned", ingest(t, s, given...).Events, want)
	stored, _, err := s.Events.List(t.Context(), store.EventQuery{Order: store.Asc})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "stored", stored, want)
}

// hostile are strings that break naive storage or quoting, with what the store
// keeps of them as the value of a field and in any other place.
var hostile = []struct{ given, field, text string }{
	{"nul\x00byte", "nul\x00byte", "nul\uFFFDbyte"},
	{"\xff\xfe", "\uFFFD\uFFFD", "\uFFFD\uFFFD"},
	{"cut \xe2\x82", "cut \uFFFD\uFFFD", "cut \uFFFD\uFFFD"},
	{"surrogate \xed\xa0\x80", "surrogate \uFFFD\uFFFD\uFFFD", "surrogate \uFFFD\uFFFD\uFFFD"},
	{"'; DROP TABLE events; --", "'; DROP TABLE events; --", "'; DROP TABLE events; --"},
	{`"\u0000" \x00 %00 $1 ?`, `"\u0000" \x00 %00 $1 ?`, `"\u0000" \x00 %00 $1 ?`},
	{"<script>&amp;\u2028\u202e\x1b[2J\x7f\r\n\t", "<script>&amp;\u2028\u202e\x1b[2J\x7f\r\n\t", "<script>&amp;\u2028\u202e\x1b[2J\x7f\r\n\t"},
	{"\U0001F480 e\u0301 \uFEFF\uFFFF", "\U0001F480 e\u0301 \uFEFF\uFFFF", "\U0001F480 e\u0301 \uFEFF\uFFFF"},
}

func testHostile(t *testing.T, s *store.Store) {
	for i, h := range hostile {
		given := event(i, alice, login(h.given, h.given, false))
		given.Decky, given.Service, given.Session, given.Message = h.given, h.given, h.given, h.given
		given.Host, given.Kind = h.given, h.given
		given.Fields[h.given] = h.given
		before := maps.Clone(given.Fields)

		want := given
		want.Seq = uint64(i) + 1
		want.Decky, want.Service, want.Session, want.Message = h.text, h.text, h.text, h.text
		want.Host, want.Kind = h.text, h.text
		want.Fields = login2fields(h.given, h.field)

		done := ingest(t, s, given)
		wantEqual(t, "returned", done.Events, []decnet.Event{want})
		wantEqual(t, "the caller's own fields", given.Fields, before)

		// What was given finds what is kept.
		page, _, err := s.Events.List(t.Context(), store.EventQuery{Session: h.given, Decky: h.given})
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "stored", page, []decnet.Event{want})

		creds, _, err := s.Credentials.List(t.Context(), store.CredentialQuery{Hash: done.Credentials[0].Hash()})
		if err != nil || len(creds) != 1 {
			t.Fatalf("%q: credentials %v, error %v, want one", h.given, creds, err)
		}
		wantEqual(t, "principal", creds[0].Principal, h.text)
		wantEqual(t, "exact secret", creds[0].SecretB64, given.Fields[decnet.FieldSecretB64])
	}
}

// login2fields are the fields of a login with the hostile string as user, as
// password and as the name of one more field, as they are kept.
func login2fields(given, kept string) map[string]string {
	fields := Login(kept, given, false)
	fields[decnet.FieldSecret] = kept
	fields[kept] = kept
	return fields
}
