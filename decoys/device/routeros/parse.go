package routeros

import (
	"strings"
)

// A word of a command, and where it begins. Quotes stay.
type word struct {
	text string
	at   int
}

// parse splits a command into words: a slash at the front is one of its own, quotes and
// brackets keep what is between them together. Bad is where the line is wrong, or -1.
func parse(text string) (ws []word, bad int) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '/':
			if len(ws) == 0 {
				ws = append(ws, word{"/", i})
			}
			i++
		case c == '#' && len(ws) == 0:
			return nil, -1
		default:
			end, bad := wordEnd(text, i)
			if bad >= 0 {
				return nil, bad
			}
			ws = append(ws, word{text[i:end], i})
			i = end
		}
	}
	return ws, -1
}

// wordEnd is where the word that begins at i ends, or where it is wrong.
func wordEnd(text string, i int) (end, bad int) {
	var open []byte
	for ; i < len(text); i++ {
		c := text[i]
		inQuotes := len(open) > 0 && open[len(open)-1] == '"'
		switch {
		case c == '\\' && inQuotes:
			i++
		case inQuotes && c == '"', len(open) > 0 && !inQuotes && c == open[len(open)-1]:
			open = open[:len(open)-1]
		case inQuotes:
		case c == '"':
			open = append(open, '"')
		case c == '[':
			open = append(open, ']')
		case c == '{':
			open = append(open, '}')
		case c == '(':
			open = append(open, ')')
		case strings.IndexByte("]})", c) >= 0:
			return 0, i
		case len(open) == 0 && (c == ' ' || c == '\t' || c == '/' && strings.IndexByte(text[:i], '=') < 0):
			return i, -1
		}
		if len(open) > 32 {
			return 0, i
		}
	}
	if len(open) > 0 {
		return 0, len(text)
	}
	return min(i, len(text)), -1
}

// value is what an argument name=value says; "" if there is none.
func value(ws []word, name string) string {
	for _, w := range ws {
		if v, ok := strings.CutPrefix(w.text, name+"="); ok {
			return strings.Trim(v, `"`)
		}
	}
	return ""
}
