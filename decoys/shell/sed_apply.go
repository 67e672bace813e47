package shell

import (
	"strings"
)

func (a *sedAddress) hits(n, last int, line string) bool {
	switch {
	case a.re != nil:
		return a.re.MatchString(line)
	case a.step > 0:
		return n >= a.line && (n-a.line)%a.step == 0
	case a.line < 0:
		return n == last
	}
	return n == a.line
}

func (c *sedCommand) applies(n, last int, line string) bool {
	hit := true
	switch {
	case c.to != nil && c.inside:
		if c.to.hits(n, last, line) || c.to.re == nil && c.to.line > 0 && n >= c.to.line {
			c.inside = false
		}
	case c.to != nil:
		if hit = c.from.hits(n, last, line); hit {
			c.inside = c.to.re != nil || c.to.line < 0 && n < last || c.to.line > n
		}
	case c.from != nil:
		hit = c.from.hits(n, last, line)
	}
	return hit != c.negated
}

// replace is s///.
func (c *sedCommand) replace(line string) (string, bool) {
	var b strings.Builder
	at, n := 0, 0
	for _, m := range c.re.FindAllStringSubmatchIndex(line, 10000) {
		if n++; n < c.nth {
			continue
		}
		b.WriteString(line[at:m[0]])
		b.WriteString(expandSed(c.text, line, m))
		if at = m[1]; !c.global || b.Len() > maxOutput {
			break
		}
	}
	if n < max(1, c.nth) {
		return line, false
	}
	return b.String() + line[at:], true
}

// expandSed fills the replacement in: & and \1 to \9, and case.
func expandSed(text, line string, m []int) string {
	var b strings.Builder
	shift := byte(0)
	put := func(s string) {
		switch shift {
		case 'U':
			s = strings.ToUpper(s)
		case 'L':
			s = strings.ToLower(s)
		}
		b.WriteString(s)
	}
	group := func(k int) string {
		if 2*k+1 < len(m) && m[2*k] >= 0 {
			return line[m[2*k]:m[2*k+1]]
		}
		return ""
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '&':
			put(group(0))
		case text[i] == '\\' && i+1 < len(text):
			i++
			switch d := text[i]; {
			case d >= '0' && d <= '9':
				put(group(int(d - '0')))
			case d == 'n':
				put("\n")
			case d == 't':
				put("\t")
			case d == 'U' || d == 'L' || d == 'E':
				shift = d
			default:
				put(text[i : i+1])
			}
		default:
			put(text[i : i+1])
		}
	}
	return b.String()
}

// maxSed bounds the commands of one script.
const maxSed = 500
