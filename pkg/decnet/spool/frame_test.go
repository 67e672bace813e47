package spool_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/spool"
)

const (
	one = `<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - connect [decnet@32473 ns="1795415875123456789"]`
	two = `<134>1 2026-11-23T06:37:56.123456Z web-02 http - request [decnet@32473 ns="1795415876123456789"] asked`
)

func frame(line string) string { return string(spool.AppendFrame(nil, []byte(line))) }

func TestAFrameHasTheChecksumOfItsLine(t *testing.T) {
	// The check value of CRC-32C that RFC 3720 and every catalogue of them has.
	if have := frame("123456789"); have != "e3069283 123456789\n" {
		t.Errorf("have %q", have)
	}
}

func TestDamageCostsOnlyTheLineItIsIn(t *testing.T) {
	first, second := strings.TrimSuffix(frame(one), "\n"), strings.TrimSuffix(frame(two), "\n")
	for _, test := range []struct {
		name, text string
		lines      []string
		damaged    int
	}{
		{"whole", first, []string{one}, 0},
		{"nothing", "", nil, 0},
		{"one changed byte", strings.Replace(first, "web-01", "web-07", 1), nil, 1},
		{"a changed checksum", "0" + first[1:], nil, 1},
		{"no checksum", one, nil, 1},
		{"a torn line before another", first[:40] + second, []string{two}, 1},
		{"a torn checksum before another", first[:5] + second, []string{two}, 1},
		{"a damaged newline", first + "\x0b" + second, []string{one, two}, 0},
		{"a newline and a byte damaged", strings.Replace(first, "web-01", "web-07", 1) + "\x0b" + second, []string{two}, 1},
		{"full of beginnings", strings.Repeat("00000000 <", 1000), nil, 1},
	} {
		var lines []string
		broken, size := 0, 0
		for _, p := range spool.Pieces([]byte(test.text)) {
			size += len(p.Text)
			if p.Damaged {
				broken++
				continue
			}
			lines = append(lines, string(p.Text))
			if !strings.HasPrefix(test.text[p.Offset:], frame(string(p.Text))[:9]) {
				t.Errorf("%s: no frame begins at %d", test.name, p.Offset)
			}
		}
		if strings.Join(lines, "|") != strings.Join(test.lines, "|") || broken != test.damaged {
			t.Errorf("%s: have %d damaged and the lines %q", test.name, broken, lines)
		}
		if size > len(test.text) {
			t.Errorf("%s: %d bytes came out of %d", test.name, size, len(test.text))
		}
	}
}

func FuzzPieces(f *testing.F) {
	f.Add([]byte(frame(one)[:30] + frame(two)))
	f.Add([]byte(strings.TrimSuffix(frame(one), "\n") + "x" + strings.TrimSuffix(frame(two), "\n")))
	f.Add([]byte("00000000 <"))
	f.Fuzz(func(t *testing.T, text []byte) {
		end := 0
		for _, p := range spool.Pieces(text) {
			if p.Offset < end || p.Offset+len(p.Text) > len(text) || len(p.Text) == 0 && p.Damaged {
				t.Fatalf("%q: piece %+v after %d", text, p, end)
			}
			end = p.Offset + len(p.Text)
			if !p.Damaged && !bytes.HasPrefix(text[p.Offset:], bytes.TrimSuffix(spool.AppendFrame(nil, p.Text), []byte("\n"))) {
				t.Fatalf("%q: %q has no frame", text, p.Text)
			}
		}
		// A line after anything is found.
		if bytes.IndexByte(text, '\n') < 0 && len(text) < 1000 {
			whole := append(bytes.Clone(text), strings.TrimSuffix(frame(two), "\n")...)
			pieces := spool.Pieces(whole)
			if last := pieces[len(pieces)-1]; last.Damaged && bytes.Count(text, []byte(" <")) < 60 || !last.Damaged && !strings.HasSuffix(string(last.Text), two) {
				t.Fatalf("%q: have %+v", whole, pieces)
			}
		}
	})
}
