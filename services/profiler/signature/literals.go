package signature

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// Bounds of what is worked out of one regular expression.
const (
	maxLiterals = 96
	maxClass    = 4 // characters of a class that is spelt out
)

// required are sets of texts in lower case: a value that fits v has at least one of each set, whatever its
// case.
func (v *Value) required() [][]string {
	var sets [][]string
	for _, list := range []List{v.Is, v.Prefix, v.Suffix, v.Contains, v.Runs} {
		sets = append(sets, folded(list))
	}
	for _, part := range v.All {
		sets = append(sets, folded(List{part}))
	}
	if v.Matches != "" {
		if re, err := syntax.Parse(v.Matches, syntax.Perl); err == nil {
			sets = append(sets, requiredOf(re.Simplify())...)
		}
	}
	return slices.DeleteFunc(sets, func(set []string) bool { return shortest(set) == 0 })
}

// fold makes one of all spellings of a text, as far as case goes. It is what (?i) of a regular expression
// compares by: ſ is an s to it, and to strings.ToLower is not.
func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "ſ", "s")
}

func folded(l List) []string {
	out := make([]string, len(l))
	for i := range l {
		out[i] = fold(l[i])
	}
	return out
}

// better reports whether a set of texts says more than another: its shortest text is longer.
func better(set, than []string) bool {
	n, m := shortest(set), shortest(than)
	return n > m || n == m && n > 0 && len(set) < len(than)
}

// shortest is the length of the shortest text; 0 also if there is none.
func shortest(set []string) int {
	if len(set) == 0 {
		return 0
	}
	least := len(set[0])
	for _, s := range set {
		least = min(least, len(s))
	}
	return least
}

// requiredOf is required of a regular expression.
func requiredOf(re *syntax.Regexp) [][]string {
	if all, ok := exactly(re); ok && shortest(all) > 0 {
		return [][]string{all}
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return requiredOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return requiredOf(re.Sub[0])
		}
	case syntax.OpAlternate:
		var union []string
		for _, sub := range re.Sub {
			set := best(requiredOf(sub))
			if set == nil || len(union)+len(set) > maxLiterals {
				return nil
			}
			union = append(union, set...)
		}
		return [][]string{union}
	case syntax.OpConcat:
		return requiredOfRow(re.Sub)
	default: // the rest may be anything
	}
	return nil
}

// best is the set that says most.
func best(sets [][]string) (most []string) {
	for _, set := range sets {
		if better(set, most) {
			most = set
		}
	}
	return most
}

// requiredOfRow looks at parts that follow one another: what is spelt out in neighbours belongs together.
func requiredOfRow(parts []*syntax.Regexp) (sets [][]string) {
	row := []string{""}
	end := func() {
		if shortest(row) > 0 {
			sets = append(sets, row)
		}
		row = []string{""}
	}
	for _, part := range parts {
		set, ok := exactly(part)
		if joined, fits := join(row, set); ok && fits {
			row = joined
			continue
		}
		end()
		if ok {
			row = set
		} else {
			sets = append(sets, requiredOf(part)...)
		}
	}
	end()
	return sets
}
