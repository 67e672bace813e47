// Package decnet is the vocabulary every other module speaks: deckies and the
// services they run, the events attackers cause on them, the attackers
// themselves, and the errors shown to people.
//
// It imports the standard library only and does nothing by itself: no I/O, no
// goroutines, no global state. Values travel as JSON over the bus (see pkg/bus)
// and through the API, so a field's meaning is documented here once. Within a
// major version fields are only ever added.
package decnet
