package signature

import (
	"regexp/syntax"
	"strings"
	"unicode"
)

// exactly lists all texts that an expression matches, folded; ok is false if it is not such a list.
func exactly(re *syntax.Regexp) (all []string, ok bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}, true
	case syntax.OpLiteral:
		return literal(string(re.Rune))
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture:
		return exactly(re.Sub[0])
	case syntax.OpQuest:
		set, ok := exactly(re.Sub[0])
		return append([]string{""}, set...), ok && len(set) < maxLiterals
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			set, ok := exactly(sub)
			if !ok || len(all)+len(set) > maxLiterals {
				return nil, false
			}
			all = append(all, set...)
		}
		return all, true
	case syntax.OpConcat:
		all = []string{""}
		for _, sub := range re.Sub {
			set, ok := exactly(sub)
			if all, ok = joinIf(ok, all, set); !ok {
				return nil, false
			}
		}
		return all, true
	default: // the rest has too many
	}
	return nil, false
}

// literal is a text of ASCII; of others, case is a matter of more than one letter.
func literal(s string) ([]string, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return nil, false
	}
	return []string{fold(s)}, true
}

// class spells out pairs of first and last characters.
func class(pairs []rune) (all []string, ok bool) {
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if r > unicode.MaxASCII || len(all) == maxClass {
				return nil, false
			}
			all = append(all, fold(string(r)))
		}
	}
	return all, len(all) > 0
}

func joinIf(ok bool, a, b []string) ([]string, bool) {
	if !ok {
		return nil, false
	}
	return join(a, b)
}

// join is every text of a with every one of b behind it.
func join(a, b []string) ([]string, bool) {
	if len(a)*len(b) > maxLiterals {
		return nil, false
	}
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out, len(out) > 0
}
