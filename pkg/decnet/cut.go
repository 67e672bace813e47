package decnet

import "unicode/utf8"

// Cut returns at most the first limit bytes of s, without splitting a character. Of
// bytes that are no UTF-8 it is the first limit.
func Cut[T ~string | ~[]byte](s T, limit int) T {
	if len(s) <= limit {
		return s
	}
	for i := limit; i > max(0, limit-utf8.UTFMax); i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:limit]
}
