package decoy

import "time"

// Typed is how a line was entered on a terminal; the zero value is not on one.
type Typed struct {
	// Keys is in how many pieces it came, the end of the line included: one for a line that was pasted whole.
	Keys int
	// Edits is how many of these were keys that correct, move, recall or complete.
	Edits int
	// Took is from the first piece to the last.
	Took time.Duration
}
