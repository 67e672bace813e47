package shell

import (
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// trim removes the shortest or longest match of a pattern at one end. Only the
// first thousand places are tried.
func trim(value, pattern string, op syntax.ParExpOperator) string {
	re, err := patternRegexp(pattern)
	if err != nil {
		return value
	}
	n := min(len(value), 1024)
	for i := range n + 1 {
		if op == syntax.RemLargePrefix || op == syntax.RemLargeSuffix {
			i = n - i
		}
		prefix := op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix
		if prefix && re.MatchString(value[:i]) {
			return value[i:]
		}
		if !prefix && re.MatchString(value[len(value)-i:]) {
			return value[:len(value)-i]
		}
	}
	return value
}

// replace replaces the first or all matches of a pattern, the longest at each
// place; # and % before it tie it to the beginning and the end.
func replace(value, pattern, with string, all bool) string {
	if pattern == "" {
		return value
	}
	begin, end := "", ""
	switch pattern[0] {
	case '#':
		begin, pattern = `\A`, pattern[1:]
	case '%':
		end, pattern = `\z`, pattern[1:]
	}
	re, err := patternRegexp(pattern)
	if err != nil {
		return value
	}
	source := strings.TrimSuffix(strings.Replace(re.String(), `\A`, begin, 1), `\z`) + end
	if re, err = regexp.Compile(source); err != nil {
		return value
	}
	var b strings.Builder
	at := 0
	for _, m := range re.FindAllStringIndex(value, maxSteps) {
		if m[0] == m[1] {
			continue
		}
		b.WriteString(value[at:m[0]] + with)
		if at = m[1]; !all || b.Len() > maxOutput {
			break
		}
	}
	return b.String() + value[at:]
}

// quoteWord is a value as ${x@Q} and declare -p show it.
func quoteWord(v string) string { return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'" }
