package shell

import (
	"context"
	"io"
	"testing"
	"time"
)

// typist hands over pieces one after the other, with a pause before each.
type typist struct {
	pieces []string
	pause  time.Duration
}

func (t *typist) Read(p []byte) (int, error) {
	if len(t.pieces) == 0 {
		return 0, io.EOF
	}
	time.Sleep(t.pause)
	n := copy(p, t.pieces[0])
	t.pieces = t.pieces[1:]
	return n, nil
}

func TestHowALineWasTyped(t *testing.T) {
	for _, test := range []struct {
		name        string
		pieces      []string
		keys, edits []int
	}{
		{"key by key", []string{"i", "d", "\r"}, []int{3}, []int{0}},
		{"in one piece", []string{"uname -a\r"}, []int{1}, []int{0}},
		{"two lines in one piece", []string{"id\nw\n"}, []int{1, 1}, []int{0, 0}},
		{"corrected and moved about", []string{"i", "f", "\x7f", "d", "\x1b[D", "\x1b[C", "\r"}, []int{7}, []int{3}},
		{"pasted where the terminal says so", []string{"\x1b[200~id\x1b[201~", "\r"}, []int{2}, []int{0}},
	} {
		k := newKeys()
		go k.pump(&typist{test.pieces, time.Millisecond})
		e := &editor{keys: k, out: io.Discard}
		for i := range test.keys {
			e.edits = 0
			k.entered()
			if _, err := e.read(context.Background(), ""); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			how := k.entered()
			if how.Keys != test.keys[i] || e.edits != test.edits[i] || (how.Keys > 1) != (how.Took > 0) {
				t.Errorf("%s: line %d has %+v and %d edits, want %d keys and %d edits", test.name, i+1, how, e.edits, test.keys[i], test.edits[i])
			}
		}
	}
}
