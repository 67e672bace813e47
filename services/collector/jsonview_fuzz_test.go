package collector

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00\x1b[2J\x7f\u0085\u2028\"\\", "\xff\xfeé\U0001f600", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := appendString(nil, s)
		var back string
		if err := json.Unmarshal(text, &back); err != nil || back != string([]rune(s)) {
			t.Fatalf("%q is %s, which is %q, %v", s, text, back, err)
		}
		if i := strings.IndexFunc(string(text), unicode.IsControl); i >= 0 {
			t.Fatalf("%q is %q, with a control character", s, text)
		}
	})
}
