package storetest

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func testFilters(t *testing.T, s *store.Store) {
	on := func(decky, service, kind, session string) func(*decnet.Event) {
		return func(e *decnet.Event) { e.Decky, e.Service, e.Kind, e.Session = decky, service, kind, session }
	}
	ingest(t, s,
		event(0, alice, on("web-1", "ssh", "connect", "a")),
		event(1, alice, on("web-1", "ssh", "auth_attempt", "a")),
		event(2, bob, on("web-1", "http", "request", "b")),
		event(3, bob, on("db-1", "ssh", "connect", "c")),
		event(4, "", on("db-1", "ssh", "error", "")),
	)
	for _, test := range []struct {
		name  string
		query store.EventQuery
		want  []int
	}{
		{"everything", store.EventQuery{}, []int{4, 3, 2, 1, 0}},
		{"oldest first", store.EventQuery{Order: store.Asc}, []int{0, 1, 2, 3, 4}},
		{"attacker", store.EventQuery{Attacker: idOf(alice)}, []int{1, 0}},
		{"attacker, oldest first", store.EventQuery{Attacker: idOf(bob), Order: store.Asc}, []int{2, 3}},
		{"decky", store.EventQuery{Decky: "db-1"}, []int{4, 3}},
		{"service", store.EventQuery{Service: "ssh"}, []int{4, 3, 1, 0}},
		{"kind", store.EventQuery{Kind: "connect"}, []int{3, 0}},
		{"session", store.EventQuery{Session: "a"}, []int{1, 0}},
		{"all together", store.EventQuery{Attacker: idOf(alice), Decky: "web-1", Service: "ssh", Kind: "connect", Session: "a"}, []int{0}},
		{"exactly", store.EventQuery{Service: "SSH"}, nil},
		{"no wildcard", store.EventQuery{Decky: "%"}, nil},
		{"nobody", store.EventQuery{Attacker: "00000000"}, nil},
	} {
		page, next, err := s.Events.List(t.Context(), test.query)
		if err != nil || next != "" {
			t.Errorf("%s: next %q, error %v", test.name, next, err)
		}
		var want, got []string
		for _, n := range test.want {
			want = append(want, event(n, "").ID)
		}
		for _, e := range page {
			got = append(got, e.ID)
		}
		wantEqual(t, test.name, got, want)
		n, err := s.Events.Count(t.Context(), test.query)
		if err != nil || n != uint64(len(want)) {
			t.Errorf("%s: Count = %d, %v, want %d", test.name, n, err, len(want))
		}
	}
}

func testEventPages(t *testing.T, s *store.Store) {
	all := ingest(t, s, append(events(0, 25, alice), events(25, 40, bob)...)...).Events
	for _, order := range []store.Order{store.Asc, store.Desc} {
		for _, limit := range []int{1, 7, 20, 40, 41, store.MaxLimit} {
			for who, want := range map[decnet.AttackerID][]decnet.Event{"": all, idOf(alice): all[:25]} {
				got := drain(t, func(cursor string) ([]decnet.Event, string, error) {
					return s.Events.List(t.Context(), store.EventQuery{Attacker: who, Order: order, Limit: limit, Cursor: cursor})
				}, func() {})
				if order == store.Desc {
					got = reversed(got)
				}
				wantEqual(t, "pages of "+string(order)+" "+string(who), got, want)
			}
		}
	}
}

// Every row is visited once while more are stored between the pages.
func testEventPagesGrowing(t *testing.T, s *store.Store) {
	for who, query := range map[string]store.EventQuery{
		"192.0.2.1": {Order: store.Asc, Limit: 7},
		"192.0.2.2": {Order: store.Desc, Limit: 7, Attacker: idOf("192.0.2.2")},
		"192.0.2.3": {Order: store.Asc, Limit: 7, Attacker: idOf("192.0.2.3")},
		"192.0.2.4": {Order: store.Desc, Limit: 7},
	} {
		t.Run(string(query.Order)+" "+string(query.Attacker), func(t *testing.T) {
			base := int(idOf(who).Addr().As4()[3]) * 1000
			ingest(t, s, events(base, base+50, who)...)
			next := base + 50
			got := drain(t, func(cursor string) ([]decnet.Event, string, error) {
				query.Cursor = cursor
				return s.Events.List(t.Context(), query)
			}, func() {
				if next < base+100 {
					ingest(t, s, events(next, next+5, who)...)
					next += 5
				}
			})
			seen := map[string]int{}
			for _, e := range got {
				seen[e.ID]++
			}
			old := next
			if query.Order == store.Desc {
				old = base + 50 // newer ones are in front of where the reader began
			}
			for n := base; n < next; n++ {
				want := 1
				if n >= old {
					want = 0
				}
				if id := event(n, who).ID; seen[id] != want {
					t.Errorf("event %d seen %d times, want %d", n-base, seen[id], want)
				}
			}
		})
	}
}

func testBadQueries(t *testing.T, s *store.Store) {
	ingest(t, s, events(0, 10, alice)...)
	_, cursor, err := s.Events.List(t.Context(), store.EventQuery{Limit: 3})
	if err != nil || cursor == "" {
		t.Fatalf("List: cursor %q, error %v", cursor, err)
	}
	flip := map[byte]string{'A': "B"}[cursor[4]]
	if flip == "" {
		flip = "A"
	}
	for name, q := range map[string]store.EventQuery{
		"limit too large":    {Limit: store.MaxLimit + 1},
		"limit negative":     {Limit: -1},
		"unknown order":      {Order: "id; DROP TABLE events"},
		"cursor is text":     {Cursor: "page 2"},
		"cursor is short":    {Cursor: "AAAA"},
		"cursor is cut":      {Cursor: cursor[:len(cursor)-2]},
		"cursor is longer":   {Cursor: cursor + "AAAA"},
		"cursor is tampered": {Cursor: cursor[:4] + flip + cursor[5:]},
		"cursor is huge":     {Cursor: strings.Repeat("A", 1<<20)},
		"other order":        {Cursor: cursor, Order: store.Asc},
		"other filter":       {Cursor: cursor, Attacker: idOf(alice)},
	} {
		_, _, err := s.Events.List(t.Context(), q)
		wantCode(t, name, err, decnet.CodeInvalid)
	}
	_, _, err = s.Attackers.List(t.Context(), store.AttackerQuery{Cursor: cursor})
	wantCode(t, "cursor of another list", err, decnet.CodeInvalid)
	_, _, err = s.Attackers.List(t.Context(), store.AttackerQuery{Sort: "id"})
	wantCode(t, "unknown sort", err, decnet.CodeInvalid)
	_, _, err = s.Credentials.List(t.Context(), store.CredentialQuery{Cursor: cursor})
	wantCode(t, "cursor of another list", err, decnet.CodeInvalid)
}

func testTimeline(t *testing.T, s *store.Store) {
	all := ingest(t, s, events(0, 20, alice)...).Events
	ingest(t, s, events(100, 105, bob)...)
	for _, test := range []struct {
		after uint64
		limit int
		want  []decnet.Event
	}{
		{0, 0, all},
		{0, 5, all[:5]},
		{5, 5, all[5:10]},
		{18, 5, all[18:]},
		{20, 5, []decnet.Event{}},
		{1 << 63, 5, []decnet.Event{}},
	} {
		got, err := s.Events.Timeline(t.Context(), idOf(alice), test.after, test.limit)
		if err != nil {
			t.Errorf("Timeline after %d: %v", test.after, err)
		}
		wantEqual(t, "timeline", got, test.want)
	}
	_, err := s.Events.Timeline(t.Context(), idOf(alice), 0, store.MaxLimit+1)
	wantCode(t, "limit too large", err, decnet.CodeInvalid)
}
