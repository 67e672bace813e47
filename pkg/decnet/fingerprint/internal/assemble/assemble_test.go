package assemble_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/assemble"
)

func TestPut(t *testing.T) {
	type piece struct {
		offset uint64
		text   string
	}
	tests := []struct {
		name   string
		pieces []piece
		want   string
	}{
		{"nothing", nil, ""},
		{"in order", []piece{{0, "ab"}, {2, "cd"}}, "abcd"},
		{"backwards", []piece{{4, "ef"}, {2, "cd"}, {0, "ab"}}, "abcdef"},
		{"a gap", []piece{{0, "ab"}, {3, "d"}}, "ab"},
		{"a gap that is filled", []piece{{0, "ab"}, {3, "d"}, {2, "c"}}, "abcd"},
		{"no beginning", []piece{{1, "bcd"}}, ""},
		{"twice", []piece{{0, "abc"}, {0, "abc"}}, "abc"},
		{"overlapping", []piece{{0, "abc"}, {2, "cde"}, {1, "bcdef"}}, "abcdef"},
		{"inside", []piece{{0, "abcd"}, {1, "X"}}, "aXcd"},
		{"over several", []piece{{1, "X"}, {3, "X"}, {5, "X"}, {0, "abcdefg"}}, "abcdefg"},
		{"empty", []piece{{0, ""}, {5, ""}, {0, "a"}}, "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b assemble.Buffer
			for _, p := range test.pieces {
				if !b.Put(p.offset, []byte(p.text)) {
					t.Errorf("%+v is refused", p)
				}
			}
			if got := string(b.Start()); got != test.want {
				t.Errorf("have %q, want %q", got, test.want)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	var b assemble.Buffer
	if b.Put(1<<63, []byte("x")) || b.Put(assemble.MaxSize, []byte("x")) || b.Put(1, make([]byte, assemble.MaxSize)) {
		t.Error("what is beyond the end is kept")
	}
	if !b.Put(0, make([]byte, assemble.MaxSize)) {
		t.Error("as much as there may be is refused")
	}
	var gaps assemble.Buffer
	i := uint64(0)
	for gaps.Put(2*i+1, []byte("x")) {
		if i++; i > 1000 {
			t.Fatal("there may be any number of gaps")
		}
	}
	if !gaps.Put(0, []byte(strings.Repeat("y", int(2*i)))) || len(gaps.Start()) != int(2*i) {
		t.Error("gaps cannot be filled")
	}
}

// Any cut in any order gives the whole.
func FuzzPut(f *testing.F) {
	f.Add(uint64(1), []byte("what is cut into pieces and put together again"))
	f.Fuzz(func(t *testing.T, seed uint64, whole []byte) {
		if len(whole) > assemble.MaxSize || len(whole) == 0 {
			return
		}
		random := rand.New(rand.NewPCG(seed, 1))
		var b assemble.Buffer
		for range 40 {
			start := random.IntN(len(whole))
			b.Put(uint64(start), whole[start:start+random.IntN(len(whole)-start+1)])
		}
		if got := b.Start(); string(got) != string(whole[:len(got)]) {
			t.Errorf("have %q of %q", got, whole)
		}
		if !b.Put(0, whole) || string(b.Start()) != string(whole) {
			t.Errorf("have %q at the end, want %q", b.Start(), whole)
		}
	})
}
