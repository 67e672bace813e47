package bus

import "testing"

// DenyDeletesOfLetters makes the stream of dead letters one of an old folder.
func DenyDeletesOfLetters(t *testing.T, b *Bus) {
	t.Helper()
	for _, s := range Streams() {
		if s.Name != DeadLetters.Stream {
			continue
		}
		c := s.config()
		c.DenyDelete = true
		if err := b.js.DeleteStream(t.Context(), s.Name); err != nil {
			t.Fatal(err)
		}
		if _, err := b.js.CreateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}
