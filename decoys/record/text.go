package record

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// text makes whole characters of bytes that come in pieces.
type text struct{ pending []byte }

// take returns the characters that p completes. Bytes that are no UTF-8 become
// U+FFFD.
func (t *text) take(p []byte) string {
	b := slices.Concat(t.pending, p)
	cut := len(b)
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				cut = len(b) - back
			}
			break
		}
	}
	s := string(b[:cut])
	t.pending = append(t.pending[:0:0], b[cut:]...)
	return strings.ToValidUTF8(s, "\ufffd")
}

// rest returns what never became a whole character.
func (t *text) rest() string {
	s := strings.ToValidUTF8(string(t.pending), "\ufffd")
	t.pending = nil
	return s
}
