package shell

import (
	"fmt"
	"regexp"
	"strings"
)

func cmdGrep(p *proc) int {
	set, rest, bad := p.options("EFGivnclLqohHsrRwxPa", "emABC")
	if bad != 0 {
		return p.usage(bad)
	}
	pattern, given := set["e"]
	if !given {
		if len(rest) == 0 {
			_, _ = fmt.Fprint(p.Err, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
			return 2
		}
		pattern, rest = rest[0], rest[1:]
	}
	re, err := grepPattern(pattern, set)
	if err != nil {
		return p.errorf(2, "Invalid regular expression")
	}
	found := false
	status := p.files(rest, "%s: %v", func(name, data string) {
		prefix, count := "", 0
		if len(rest) > 1 && !has(set, "h") || has(set, "H") {
			prefix = name + ":"
		}
		for i, line := range lines(data) {
			if re.MatchString(line) == has(set, "v") {
				continue
			}
			count++
			switch {
			case has(set, "q"), has(set, "c"), has(set, "l"):
			case has(set, "o"):
				for _, m := range re.FindAllString(line, -1) {
					p.print(prefix + m + "\n")
				}
			case has(set, "n"):
				p.printf("%s%d:%s\n", prefix, i+1, line)
			default:
				p.print(prefix + line + "\n")
			}
		}
		found = found || count > 0
		if has(set, "c") {
			p.printf("%s%d\n", prefix, count)
		}
		if has(set, "l") && count > 0 {
			p.print(name + "\n")
		}
	})
	if status != 0 {
		return 2
	}
	return truth(found)
}

// grepPattern translates a basic regular expression: there, + ? | ( ) { } mean
// something after a backslash only.
func grepPattern(pattern string, set map[string]string) (*regexp.Regexp, error) {
	switch {
	case has(set, "F"):
		pattern = regexp.QuoteMeta(pattern)
	case !has(set, "E") && !has(set, "P"):
		var b strings.Builder
		for i := 0; i < len(pattern); i++ {
			c := pattern[i]
			special := strings.IndexByte("+?|(){}", c) >= 0
			if c == '\\' && i+1 < len(pattern) && strings.IndexByte("+?|(){}", pattern[i+1]) >= 0 {
				i++
				b.WriteByte(pattern[i])
				continue
			}
			if special {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
			if c == '\\' && i+1 < len(pattern) {
				i++
				b.WriteByte(pattern[i])
			}
		}
		pattern = b.String()
	}
	if has(set, "w") {
		pattern = `\b(?:` + pattern + `)\b`
	}
	if has(set, "x") {
		pattern = `^(?:` + pattern + `)$`
	}
	if has(set, "i") {
		pattern = "(?i)" + pattern
	}
	return regexp.Compile(pattern)
}
