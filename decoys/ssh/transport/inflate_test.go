package transport

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestInflateGivesBackEachPacketAtOnce(t *testing.T) {
	for _, level := range []int{0, 1, 6, 9, flate.HuffmanOnly} {
		var squeezed bytes.Buffer
		w, _ := zlib.NewWriterLevel(&squeezed, level)
		f := newInflater()
		for i := range 200 {
			payload := []byte(strings.Repeat("words and ", i) + string(rune('a'+i%26)) + strings.Repeat("\x00\x01", rand.IntN(300)))
			_, _ = w.Write(payload)
			_ = w.Flush()
			have, err := f.inflate(squeezed.Bytes())
			if err != nil || !bytes.Equal(have, payload) {
				t.Fatalf("level %d, packet %d: have %d bytes, want %d, %v", level, i, len(have), len(payload), err)
			}
			squeezed.Reset()
		}
	}
}

func TestInflateBoundsWhatAPacketBecomes(t *testing.T) {
	var squeezed bytes.Buffer
	w := zlib.NewWriter(&squeezed)
	_, _ = w.Write(make([]byte, 64<<20))
	_ = w.Flush()
	if _, err := newInflater().inflate(squeezed.Bytes()); err == nil {
		t.Error("64 MiB came out of a packet")
	}
}

// FuzzInflate compares with the standard library, and with itself when the data comes in
// pieces.
func FuzzInflate(f *testing.F) {
	for _, text := range []string{"", "abc", strings.Repeat("abcabcd", 500)} {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Flush()
		f.Add(b.Bytes(), 3)
	}
	f.Add([]byte("\x78\x9c\x63\x00\x00"), 1)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		whole, err := newInflater().inflate(data)
		whole = bytes.Clone(whole)
		if err == nil && len(data) > 2 {
			want, _ := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data[2:])), maxInflated))
			if !bytes.HasPrefix(whole, want) {
				t.Errorf("have %d bytes, the library %d", len(whole), len(want))
			}
		}
		if cut < 0 || cut > len(data) || err != nil {
			return
		}
		pieces := newInflater()
		first, err := pieces.inflate(data[:cut])
		if err != nil {
			return
		}
		first = bytes.Clone(first)
		second, err := pieces.inflate(data[cut:])
		if err != nil || !bytes.Equal(append(first, second...), whole) {
			t.Errorf("cut at %d: have %d and %d bytes, %v; whole %d", cut, len(first), len(second), err, len(whole))
		}
	})
}
