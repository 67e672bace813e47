package shell

import (
	"regexp"
	"strings"
)

// grepSource is one pattern in the syntax of package regexp.
func grepSource(pattern string, o *opts) string {
	switch {
	case o.has("F"):
		pattern = regexp.QuoteMeta(pattern)
	case !o.has("E") && !o.has("P"):
		pattern = basicRegexp(pattern)
	default:
		pattern = strings.NewReplacer(`\<`, `\b`, `\>`, `\b`).Replace(pattern)
	}
	if o.has("w") {
		pattern = `\b(?:` + pattern + `)\b`
	}
	if o.has("x") {
		pattern = `^(?:` + pattern + `)$`
	}
	return "(?:" + pattern + ")"
}

// basicRegexp translates a basic regular expression: there, + ? | ( ) { } mean
// something after a backslash only.
func basicRegexp(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '[':
			end := classEnd(pattern, i)
			if end == 0 {
				b.WriteString(`\[`)
				continue
			}
			b.WriteString(strings.ReplaceAll(pattern[i:end+1], `\`, `\\`))
			i = end
		case c == '*' && (i == 0 || pattern[i-1] == '(' && i > 1 && pattern[i-2] == '\\' || i == 1 && pattern[0] == '^'):
			b.WriteString(`\*`)
		case c == '\\' && i+1 < len(pattern):
			i++
			switch {
			case strings.IndexByte("+?|(){}", pattern[i]) >= 0:
				b.WriteByte(pattern[i])
			case pattern[i] == '<' || pattern[i] == '>':
				b.WriteString(`\b`)
			default:
				b.WriteString(pattern[i-1 : i+1])
			}
		case strings.IndexByte("+?|(){}", c) >= 0:
			b.WriteString(`\` + string(rune(c)))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
