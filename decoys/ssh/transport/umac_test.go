package transport

import (
	"encoding/hex"
	"strings"
	"testing"
)

// The values are those of RFC 4418's appendix.
func TestUMACOfTheRFC(t *testing.T) {
	tests := []struct {
		message string
		want    string
	}{
		{"", "6e155fad26900be1"},
		{"aaa", "44b5cb542f220104"},
		{strings.Repeat("a", 1<<10), "26bf2f5d60118bd9"},
		{strings.Repeat("a", 1<<15), "27f8ef643b0d118d"},
		{strings.Repeat("a", 1<<20), "a4477e87e9f55853"},
		{"abc", "d4d7b9f6bd4fbfcf"},
		{strings.Repeat("abc", 500), "d4cf26ddefd5c01a"},
	}
	u := newUMAC([]byte("abcdefghijklmnop"), 8)
	for _, test := range tests {
		if have := hex.EncodeToString(u.sum(nil, [8]byte([]byte("bcdefghi")), []byte(test.message))); have != test.want {
			t.Errorf("of %d bytes: have %s, want %s", len(test.message), have, test.want)
		}
	}
}
