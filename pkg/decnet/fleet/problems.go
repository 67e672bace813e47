package fleet

import (
	"slices"
	"strings"
)

// Problems are everything that is wrong with a request or a file, one line each,
// in the order in which they were found. As an error it is all of them.
type Problems []string

// MaxProblems bounds how many are told; more help nobody.
const MaxProblems = 50

// Add tells one more problem, with where it is if that is known.
func (p *Problems) Add(where, what string) {
	if p.Full() {
		return
	}
	if where != "" {
		what = where + ": " + what
	}
	if !slices.Contains(*p, what) { // fifty deckies can have one fault
		*p = append(*p, what)
	}
}

// Full reports whether no more are told.
func (p *Problems) Full() bool { return len(*p) >= MaxProblems }

// Error implements error.
func (p Problems) Error() string { return strings.Join(p, "\n") }

// Lines are the problems, for whoever shows each on a line of its own.
func (p Problems) Lines() []string { return p }

// Err is nil if there are no problems.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
