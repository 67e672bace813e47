package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func bounties(t *testing.T, s *store.Store, q store.BountyQuery) []decnet.Bounty {
	t.Helper()
	all, _, err := s.Bounties.List(t.Context(), q)
	if err != nil {
		t.Fatalf("Bounties.List: %v", err)
	}
	return all
}

// asks makes an event a web request of a user agent.
func asks(agent string) func(*decnet.Event) {
	return func(e *decnet.Event) {
		e.Service, e.Kind, e.Fields = "http", decnet.KindRequest, map[string]string{"user_agent": agent}
	}
}

// agent is the bounty that events first and further, of times from first to last,
// amount to.
func agent(value string, count uint64, first, last time.Duration, event decnet.Event) decnet.Bounty {
	return decnet.Bounty{
		Attacker: event.Attacker, Type: decnet.BountyFingerprint, Name: "http_useragent", Value: value, Decky: "web-1", Service: "http",
		Count: count, FirstSeen: at.Add(first), LastSeen: at.Add(last), Event: event.ID,
	}
}

func testBountiesOnce(t *testing.T, s *store.Store) {
	later := func(d time.Duration) func(*decnet.Event) { return func(e *decnet.Event) { e.Time = at.Add(d) } }
	batch := []decnet.Event{
		event(1, alice, asks("curl"), later(10)),
		event(2, alice, asks("curl"), later(30)),
		event(2, alice, asks("curl"), later(30)), // twice in the batch
		event(3, alice, asks("curl"), later(20)),
		event(4, alice, asks("curl"), later(5)),
		event(5, alice), // has none
	}
	first := []decnet.Bounty{agent("curl", 1, 10, 10, batch[0])}
	wantEqual(t, "found", ingest(t, s, batch...).Bounties, first)
	// Who did not hear of it the first time hears the same again.
	wantEqual(t, "found again", ingest(t, s, batch...).Bounties, first)
	wantEqual(t, "found in a part without the first", len(ingest(t, s, batch[1:]...).Bounties), 0)
	more := ingest(t, s, append(batch, event(6, alice, asks("curl"), later(15)), event(7, alice, asks("wget"), later(16)))...)
	wantEqual(t, "found with more", more.Bounties, append(first, agent("wget", 1, 16, 16, event(7, alice))))
	wantEqual(t, "found later", len(ingest(t, s, event(8, alice, asks("wget"), later(17))).Bounties), 0)

	wantEqual(t, "bounties", bounties(t, s, store.BountyQuery{}), []decnet.Bounty{
		agent("wget", 2, 16, 17, event(7, alice)), agent("curl", 5, 5, 30, batch[0]),
	})
}

func testBountiesDistinct(t *testing.T, s *store.Store) {
	long := strings.Repeat("\U0001F480", 4000)
	ingest(t, s,
		event(0, alice, asks("Curl/8 100%_!")),
		event(1, alice, asks("other")),
		event(2, bob, asks("curl/8 100%_!")),
		event(3, "", asks("curl/8 100%_!")), // of nobody
		event(4, alice, asks("curl/8"), func(e *decnet.Event) { e.Decky = "web-2" }),
		event(5, alice, asks("x"), func(e *decnet.Event) {
			e.Fields = map[string]string{"headers": `[["X-Forwarded-For","198.51.100.1"]]`} // a leak, a claim and a quirk
		}),
		event(6, alice, func(e *decnet.Event) {
			e.Service, e.Kind, e.Fields = "ssh", "download", map[string]string{"url": "a\x00\xff'\U0001F480"}
		}),
		event(7, bob, asks(long+"1")), event(8, bob, asks(long+"2")),
	)
	for _, test := range []struct {
		name string
		q    store.BountyQuery
		want int
	}{
		{"all", store.BountyQuery{}, 10},
		{"of an attacker", store.BountyQuery{Attacker: idOf(alice)}, 7},
		{"of a type", store.BountyQuery{Type: decnet.BountyIPLeak}, 1},
		{"of a name", store.BountyQuery{Name: "http_useragent"}, 6},
		{"of a decky", store.BountyQuery{Decky: "web-2"}, 1},
		{"of a service", store.BountyQuery{Service: "ssh"}, 1},
		{"found", store.BountyQuery{Search: "cURL"}, 3},
		{"found as it is", store.BountyQuery{Search: "0%_!"}, 2},
		{"not found", store.BountyQuery{Search: "c%l"}, 0},
		{"all filters", store.BountyQuery{
			Attacker: idOf(alice), Type: decnet.BountyFingerprint, Name: "http_useragent", Decky: "web-1", Service: "http", Search: "8",
		}, 1},
	} {
		got := bounties(t, s, test.q)
		if len(got) != test.want {
			t.Errorf("%s: %d bounties, want %d: %+v", test.name, len(got), test.want, got)
		}
		for _, b := range got {
			if b.Count != 1 || len(b.Value) > decnet.MaxBountyValue {
				t.Errorf("%s: have %+v", test.name, b)
			}
		}
		if n, err := s.Bounties.Count(t.Context(), test.q); err != nil || n != uint64(test.want) { //nolint:gosec // not negative
			t.Errorf("%s: Count = %d, %v, want %d", test.name, n, err, test.want)
		}
	}
	wantEqual(t, "a hostile value", bounties(t, s, store.BountyQuery{Service: "ssh"})[0].Value, "a\uFFFD\uFFFD'\U0001F480")
	_, _, err := s.Bounties.List(t.Context(), store.BountyQuery{Search: strings.Repeat("x", 257)})
	wantCode(t, "a search that is too long", err, decnet.CodeInvalid)
	_, _, err = s.Bounties.List(t.Context(), store.BountyQuery{Cursor: "x"})
	wantCode(t, "a bad cursor", err, decnet.CodeInvalid)
}

func testBountyPages(t *testing.T, s *store.Store) {
	n := 0
	add := func() {
		n++
		ingest(t, s, event(n, alice, asks(fmt.Sprint("agent ", n))))
	}
	for range 100 { // more than one statement inserts
		add()
	}
	var batch []decnet.Event
	for i := range 100 {
		batch = append(batch, event(1000+i, bob, asks(fmt.Sprint("agent ", i))))
	}
	wantEqual(t, "found", len(ingest(t, s, batch...).Bounties), 100)
	got := drain(t, func(cursor string) ([]decnet.Bounty, string, error) {
		return s.Bounties.List(t.Context(), store.BountyQuery{Attacker: idOf(alice), Limit: 7, Cursor: cursor})
	}, add)
	if len(got) != 100 {
		t.Fatalf("%d bounties in the pages, want 100", len(got))
	}
	for i, b := range got {
		wantEqual(t, "event", b.Event, event(100-i, alice).ID)
	}
}
