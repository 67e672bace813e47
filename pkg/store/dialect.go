package store

import "strings"

// dialect is what queries have to know about the database they run on. It is
// all there is: everything else is SQL that both understand, or is in a file of
// one of them.
type dialect struct {
	// system is the name OpenTelemetry has for it.
	system string
	// place is what a configuration names.
	place string
	// from is what a list with a search reads, and num the number of an event
	// there.
	from, num string
	// search is the condition that the words of a search match, given as the
	// one parameter that query makes of them.
	search string
	query  func(words []string) string
	// given is the one parameter that pairs makes of attackers, each with a number, as a
	// table of columns who and past.
	given string
	// covers says that the indexes of deckies, services and kinds have the two
	// other names too, so that a list by several need not read what it leaves out.
	covers bool
}

var sqliteDialect = dialect{
	system: "sqlite",
	place:  "path",
	// FTS5 has no column of the event, but goes through what it finds by number
	// in either direction, which is the order of a list. CROSS JOIN keeps SQLite
	// from looking at every event first.
	from:   "events_search CROSS JOIN events ON events.num = events_search.rowid",
	num:    "events_search.rowid",
	search: "events_search MATCH ",
	given:  `(SELECT value ->> 0 AS who, value ->> 1 AS past FROM json_each($1)) AS given`,
	query:  func(words []string) string { return `"` + strings.Join(words, `" AND "`) + `"` },
}

var postgresDialect = dialect{
	system: "postgresql",
	place:  "database",
	from:   "events",
	num:    "num",
	search: "words @@ ",
	given:  `(SELECT value ->> 0 AS who, (value ->> 1)::bigint AS past FROM json_array_elements($1::json) AS value) AS given`,
	query:  func(words []string) string { return `'` + strings.Join(words, `' & '`) + `'` },
	covers: true,
}
