package shell

import (
	"cmp"
	"strings"
)

func humanNumber(s string) float64 {
	f := numeric(s)
	if t := strings.TrimLeft(strings.TrimSpace(s), "0123456789.-"); t != "" {
		if i := strings.IndexByte("KMGTP", t[0]&^0x20); i >= 0 {
			for range i + 1 {
				f *= 1024
			}
		}
	}
	return f
}

// compareVersions compares runs of digits as numbers.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			if c := cmp.Compare(numeric(a[:x]), numeric(b[:y])); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
