package store

import (
	"fmt"
	"strings"
)

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
	// given is a parameter that is a JSON array of rows, as a table of its columns: a row is an array
	// as well, of text, and of numbers in columns whose names end in ::bigint.
	given func(parameter string, columns ...string) string
	// list is an aggregate that makes a JSON array of rows, each an array of columns.
	list func(columns string) string
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
	given: func(parameter string, columns ...string) string {
		return "(SELECT " + elements(columns, "%[1]s AS %[2]s") + " FROM json_each(" + parameter + ")) AS given"
	},
	list:  func(columns string) string { return "json_group_array(json_array(" + columns + "))" },
	query: func(words []string) string { return `"` + strings.Join(words, `" AND "`) + `"` },
}

var postgresDialect = dialect{
	system: "postgresql",
	place:  "database",
	from:   "events",
	num:    "num",
	search: "words @@ ",
	given: func(parameter string, columns ...string) string {
		return "(SELECT " + elements(columns, "(%[1]s)::%[3]s AS %[2]s") + " FROM json_array_elements(" + parameter + "::json) AS value) AS given"
	},
	list:   func(columns string) string { return "json_agg(json_build_array(" + columns + "))" },
	query:  func(words []string) string { return `'` + strings.Join(words, `' & '`) + `'` },
	covers: true,
}

// elements are the columns of given, written with the element of the row, the name and the type.
func elements(columns []string, format string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		name, kind, ok := strings.Cut(c, "::")
		if !ok {
			kind = "text"
		}
		all[i] = fmt.Sprintf(format, fmt.Sprintf("value ->> %d", i), name, kind)
	}
	return strings.Join(all, ", ")
}
