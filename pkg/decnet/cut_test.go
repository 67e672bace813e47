package decnet_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestCutLeavesCharactersWhole(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abc", 2, "ab"},
		{"abc", 0, ""},
		{"", 5, ""},
		{"aé", 2, "a"},
		{"aé", 3, "aé"},
		{"a\U0001f600b", 4, "a"},
		{"a\U0001f600b", 5, "a\U0001f600"},
		{strings.Repeat("\x80", 9), 6, strings.Repeat("\x80", 6)},
	} {
		if have := decnet.Cut(test.text, test.limit); have != test.want {
			t.Errorf("%q at %d: have %q, want %q", test.text, test.limit, have, test.want)
		}
		if have := decnet.Cut([]byte(test.text), test.limit); string(have) != test.want {
			t.Errorf("bytes of %q at %d: have %q", test.text, test.limit, have)
		}
	}
}
