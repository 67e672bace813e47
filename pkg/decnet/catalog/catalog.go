// Package catalog is what machines there are: archetypes (what a machine is for),
// operating systems, TCP/IP stacks, makers of network cards, and services, as
// tables. In goes the name of one, out comes its entry, or an error that suggests
// the name that was meant; Check says whether they make up a machine that exists.
package catalog

import (
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// find returns the entry of a table with that slug; what names the table.
func find[T any](what string, table []T, slug func(*T) string, want string) (T, error) {
	for i := range table {
		if slug(&table[i]) == want {
			return table[i], nil
		}
	}
	names := make([]string, len(table))
	for i := range table {
		names[i] = slug(&table[i])
	}
	var none T
	return none, Unknown(what, want, names)
}

// Unknown is the error for a name that is none of names: it suggests the nearest,
// or lists them all.
func Unknown(what, name string, names []string) error {
	if near := decnet.Nearest(strings.ToLower(name), names); near != "" {
		return fmt.Errorf("unknown %s %q; did you mean %q?", what, name, near)
	}
	return fmt.Errorf("unknown %s %q: want one of %s", what, name, strings.Join(names, ", "))
}
