package store

import (
	"fmt"
	"strings"
)

// where collects the conditions of a query. Conditions are ours; values, which
// are anybody's, only ever become parameters.
type where struct {
	conditions []string
	args       []any
}

// add appends a condition that ends where its last parameter goes; of several
// parameters it has the form "(a, b) <" and they are compared as a row.
func (w *where) add(condition string, args ...any) {
	params := make([]string, len(args))
	for i, arg := range args {
		w.args = append(w.args, arg)
		params[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.conditions = append(w.conditions, condition+"("+strings.Join(params, ", ")+")")
}

// match adds column = value, as the store keeps value, unless it is empty.
func (w *where) match(column, value string) {
	if value != "" {
		w.add(column+" = ", clean(value))
	}
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
