package stack

import (
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Progress hears how far a start is. Its methods are called one at a time.
type Progress interface {
	// Step says that a part is up, with a few words on it.
	Step(name string, took time.Duration, note string)
	// Ready says that everything is up.
	Ready(Summary)
	// Stopping says that the end has begun.
	Stopping()
}

// Summary is what a person needs to know of a stack that is up.
type Summary struct {
	URL     string
	User    string
	Took    time.Duration
	Deckies []decnet.DeckyState
	// PasswordFile is where the first password lies, if it is there still, and
	// NewPassword the password if it was made just now.
	PasswordFile, NewPassword string
	Warnings                  []string
}
