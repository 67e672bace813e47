package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every query finds its rows, in their order, through an index: none reads a
// whole table or sorts, whatever the filters.
func TestPlans(t *testing.T) {
	s := openInternal(t, filepath.Join(t.TempDir(), "decnet.db"))
	plan := func(query string, args ...any) []string {
		steps, err := queryAll(t.Context(), s.reader, func(row scanner) (string, error) {
			var id, parent, unused int
			var detail string
			err := row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return steps
	}
	check := func(name, query string, args []any, using ...string) {
		t.Helper()
		steps := plan(query, args...)
		for _, step := range steps {
			if strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: sorts: %v", name, steps)
			}
		}
		for _, want := range using {
			if !slices.ContainsFunc(steps, func(step string) bool { return strings.Contains(step, want) }) {
				t.Errorf("%s: %v, want it to use %s", name, steps, want)
			}
		}
	}

	// The most selective filter decides, the others only thin out what it finds.
	filters := []struct {
		set   func(*EventQuery)
		index string
	}{
		{func(q *EventQuery) { q.Session = "x" }, "events_by_session"},
		{func(q *EventQuery) { q.Attacker = "cb007107" }, "events_by_attacker"},
		{func(q *EventQuery) { q.Decky = "x" }, "events_by_decky"},
		{func(q *EventQuery) { q.Kind = "x" }, "events_by_kind"},
		{func(q *EventQuery) { q.Service = "x" }, "events_by_service"},
	}
	for set := range 1 << len(filters) {
		for _, order := range []Order{Asc, Desc} {
			for _, continued := range []bool{false, true} {
				q := EventQuery{Order: order}
				index := ""
				for i, f := range filters {
					if set&(1<<i) != 0 {
						f.set(&q)
						if index == "" {
							index = f.index
						}
					}
				}
				sel, err := s.Events.choose(t.Context(), &q)
				if err != nil {
					t.Fatal(err)
				}
				if continued {
					sel.w.add(sel.key+" > ", 1)
				}
				name := fmt.Sprintf("%+v continued %v", q, continued)
				check(name, sel.list(order, 100), sel.w.args, index)
			}
		}
	}
	check("timeline", timelineSQL, []any{"a", 1, 1}, "events_by_attacker (attacker=? AND seq>?)")
	check("timelines", s.dialect.timelinesSQL(), []any{"[]", 1}, "events_by_attacker (attacker=? AND seq>? AND seq<?)")
	check("profiles", s.dialect.profilesSQL(), []any{"[]"}, "sqlite_autoindex_profiles_1 (attacker=?)")
	check("behind", behindSQL, []any{"a", 1}, "attackers USING PRIMARY KEY (id>?)", "sqlite_autoindex_profiles_1 (attacker=?)")
	check("secrets used again", s.dialect.usedAgainSQL(), []any{"[]"}, "credentials_by_secret (secret_hash=?)")
	check("holders of traits", s.dialect.holdersSQL(), []any{"[]"}, "traits_by_value (kind=? AND value=?)")
	check("known ids", storedSQL, []any{"[]"}, "sqlite_autoindex_events_1 (id=?)")
	check("heads", headsSQL, []any{"[]"}, "attackers USING PRIMARY KEY (id=?)")
	for sort, index := range map[AttackerSort]string{SortLastSeen: "attackers_by_last_seen", SortEvents: "attackers_by_events"} {
		q := AttackerQuery{Sort: sort}
		var w where
		check(string(sort), q.statement(&w, 100), nil, index)
		w.add(fmt.Sprintf("(a.%s, a.id) < ", sort), 1, "x")
		check(string(sort)+" continued", q.statement(&w, 100), w.args, "SEARCH a USING INDEX "+index)
	}
	check("known bounties", bountiesSQL, []any{"[]"}, "sqlite_autoindex_bounties_1 (id=?)")
	for _, test := range []struct {
		q     BountyQuery
		index string
	}{
		{BountyQuery{}, ""},
		{BountyQuery{Type: "x"}, "bounties_by_type"},
		{BountyQuery{Type: "x", Name: "x", Search: "x"}, "bounties_by_name"},
		{BountyQuery{Type: "x", Name: "x", Attacker: "x", Decky: "x", Service: "x"}, "bounties_by_attacker"},
	} {
		var w where
		if err := test.q.filter(&w); err != nil {
			t.Fatal(err)
		}
		w.add("num < ", 1)
		check(fmt.Sprintf("%+v", test.q), test.q.statement(&w, 100), w.args, test.index)
	}
	for _, test := range []struct {
		q     CredentialQuery
		index string
	}{
		{CredentialQuery{}, ""},
		{CredentialQuery{Hash: "x"}, "credentials_by_secret"},
		{CredentialQuery{Attacker: "x"}, "credentials_by_attacker"},
		{CredentialQuery{Attacker: "x", Hash: "x"}, ""},
	} {
		var w where
		test.q.filter(&w)
		w.add("num < ", 1)
		check(fmt.Sprintf("%+v", test.q), test.q.statement(&w, 100), w.args, test.index)
	}
}
