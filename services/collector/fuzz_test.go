package collector

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whatever is in a sealed segment comes out as lines and pieces, byte for byte
// and in order, and each knows where it stands.
func FuzzSegment(f *testing.F) {
	f.Add([]byte("<134>1 2026-11-23T06:37:55Z web-01 ssh - connect [decnet@32473 session=\"s1\"] x\n"), uint8(3))
	f.Add([]byte("\n\n\nno newline at the end"), uint8(1))
	f.Add([]byte("\xff\xfe \x00\n session=\""), uint8(2))
	f.Fuzz(func(t *testing.T, content []byte, limit uint8) {
		path := filepath.Join(t.TempDir(), "segment")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		s := segment{name: "fuzz", file: file, sealed: true}
		var texts [][]byte
		for {
			lines, err := s.next(1 + int(limit))
			if err != nil {
				t.Fatal(err)
			}
			if len(lines) == 0 {
				break
			}
			for _, l := range lines {
				if !bytes.Equal(content[l.position:l.position+int64(len(l.text))], l.text) || l.next <= l.position {
					t.Fatalf("a line at %d to %d is %q", l.position, l.next, l.text)
				}
				l.names()
				l.session()
				texts = append(texts, l.text)
			}
			s.offset = lines[len(lines)-1].next
		}
		strip := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), nil) }
		if have := bytes.Join(texts, nil); !bytes.Equal(have, strip(content)) {
			t.Fatalf("have %q of %q", have, content)
		}
	})
}
