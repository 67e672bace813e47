package collector

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/spool"
)

// Whatever is in a sealed segment comes out as lines and pieces, byte for byte
// and in order, and each knows where it stands.
func FuzzSegment(f *testing.F) {
	f.Add([]byte("<134>1 2026-11-23T06:37:55Z web-01 ssh - connect [decnet@32473 session=\"s1\"] x\n"), uint8(3))
	f.Add(append(spool.AppendFrame(nil, []byte("<134>1 a")), spool.AppendFrame(nil, []byte("<134>1 b"))[:7]...), uint8(2))
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
				stands := l.text
				if l.reason == "" || strings.HasPrefix(l.reason, "a line of") {
					stands = bytes.TrimSuffix(spool.AppendFrame(nil, l.text), []byte("\n"))
				}
				if !bytes.HasPrefix(content[l.position:], stands) || l.next <= l.position {
					t.Fatalf("a line at %d to %d is %q", l.position, l.next, l.text)
				}
				l.names()
				l.session()
				numbersOf(l.text)
				texts = append(texts, stands)
			}
			s.offset = lines[len(lines)-1].next
		}
		strip := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), nil) }
		// A newline that is damaged costs a byte, and that only between two lines.
		if have, want := len(bytes.Join(texts, nil)), len(strip(content)); have > want || want-have > len(texts)/2 {
			t.Fatalf("have %q of %q", texts, content)
		}
	})
}
