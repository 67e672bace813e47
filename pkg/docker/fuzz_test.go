package docker

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever comes instead of a log is an error or entries, in bounded memory.
func FuzzEntries(f *testing.F) {
	f.Add(append(frame(record{Stdout, 1, "a\n"}), frame(record{Stderr, 2, "b"})...))
	f.Add([]byte("no frames at all"))
	f.Add([]byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{2, 0, 0, 0, 0, 0, 0, 5, 'E', 'r', 'r', 'o', 'r'})
	f.Fuzz(func(t *testing.T, data []byte) {
		in := entries{r: bytes.NewReader(data)}
		j := joiner{tell: func(l Line) error {
			if len(l.Text) > maxLine+maxEntry {
				t.Errorf("a line has %d bytes", len(l.Text))
			}
			return nil
		}}
		for {
			e, err := in.next()
			if err != nil {
				break
			}
			if e.stream != Stdout && e.stream != Stderr || len(e.text) > maxEntry {
				t.Fatalf("entry %+v", e)
			}
			if err := j.feed(&e); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.finish(); err != nil || j.unfinished() {
			t.Errorf("not finished: %v", err)
		}
	})
}

// What a terminal would obey is not in what is shown.
func FuzzPrintable(f *testing.F) {
	f.Add("ok\n", 10)
	f.Add("\x1b[31mred\u202e", 4)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		got := printable(s, limit&0xff)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x1b\n\r\x00\u202e\u009b") || len(got) > 3*(limit&0xff)+4 {
			t.Errorf("%q is shown as %q", s, got)
		}
	})
}
