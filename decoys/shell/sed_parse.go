package shell

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func parseSed(script string, extended bool) ([]sedCommand, error) {
	var out []sedCommand
	var open []int
	s := script
	fail := func(what string) error {
		return fmt.Errorf("char %d: %s", max(1, len(script)-len(s)), what)
	}
	for {
		s = strings.TrimLeft(s, " \t\n;")
		if s == "" {
			break
		}
		if s[0] == '#' {
			_, s, _ = strings.Cut(s, "\n")
			continue
		}
		if len(out) >= maxSed {
			return nil, errors.New("too long")
		}
		var c sedCommand
		var ok bool
		if c.from, s, ok = sedAddressOf(s, extended); !ok {
			return nil, fail("unterminated address regex")
		}
		if strings.HasPrefix(s, ",") && c.from != nil {
			if c.to, s, ok = sedAddressOf(strings.TrimLeft(s[1:], " "), extended); !ok || c.to == nil {
				return nil, fail("unexpected `,'")
			}
		}
		s = strings.TrimLeft(s, " \t")
		for strings.HasPrefix(s, "!") {
			c.negated = true
			s = strings.TrimLeft(s[1:], " \t")
		}
		if s == "" {
			return nil, fail("missing command")
		}
		c.name, s = s[0], s[1:]
		switch c.name {
		case '{':
			open = append(open, len(out))
		case '}':
			if len(open) == 0 {
				return nil, fail("unexpected `}'")
			}
			out[open[len(open)-1]].end = len(out)
			open = open[:len(open)-1]
		case 's', 'y':
			parts, rest, ok := sedParts(s)
			if !ok {
				return nil, fail(fmt.Sprintf("unterminated `%c' command", c.name))
			}
			s = rest
			if c.name == 'y' {
				c.text = unescape(parts[0]) + "\x00" + unescape(parts[1])
				break
			}
			flags := ""
			if i := strings.IndexAny(s, ";}\n"); i >= 0 {
				flags, s = s[:i], s[i:]
			} else {
				flags, s = s, ""
			}
			if i := strings.IndexByte(flags, 'w'); i >= 0 {
				c.file, flags = strings.TrimSpace(flags[i+1:]), flags[:i]
			}
			flags = strings.TrimSpace(flags)
			if strings.Trim(flags, "gpiIemM0123456789") != "" {
				return nil, fail("unknown option to `s'")
			}
			c.global, c.print, c.text = strings.Contains(flags, "g"), strings.Contains(flags, "p"), parts[1]
			c.nth, _ = strconv.Atoi(strings.Trim(flags, "gpiIemM"))
			re, err := sedRegexp(parts[0], extended, strings.ContainsAny(flags, "iI"))
			if err != nil {
				return nil, fail("Invalid preceding regular expression")
			}
			c.re = re
		case 'a', 'i', 'c':
			text := strings.TrimLeft(s, " \t")
			text = strings.TrimPrefix(strings.TrimPrefix(text, "\\"), "\n")
			var lines []string
			for {
				line, rest, more := strings.Cut(text, "\n")
				s = rest
				if !strings.HasSuffix(line, "\\") || !more {
					lines = append(lines, strings.TrimSuffix(line, "\\"))
					break
				}
				lines = append(lines, strings.TrimSuffix(line, "\\"))
				text = rest
			}
			c.text = unescape(strings.Join(lines, "\n"))
		case 'r', 'w', 't', 'b', ':':
			word := s
			if i := strings.IndexAny(s, ";\n"); i >= 0 {
				word, s = s[:i], s[i:]
			} else {
				s = ""
			}
			c.file = strings.TrimSpace(word)
		case 'd', 'D', 'p', 'P', 'q', 'Q', '=', 'n', 'N', 'h', 'H', 'g', 'G', 'x':
			s = strings.TrimLeft(s, " \t0123456789")
			if s != "" && strings.IndexByte(";}\n#", s[0]) < 0 {
				return nil, fail("extra characters after command")
			}
		default:
			return nil, fail(fmt.Sprintf("unknown command: `%c'", c.name))
		}
		out = append(out, c)
	}
	if len(open) > 0 {
		return nil, errors.New("char 0: unmatched `{'")
	}
	return out, nil
}

func sedRegexp(source string, extended, fold bool) (*regexp.Regexp, error) {
	if !extended {
		source = basicRegexp(source)
	}
	if fold {
		source = "(?i)" + source
	}
	return regexp.Compile(source)
}

func sedAddressOf(s string, extended bool) (*sedAddress, string, bool) {
	switch {
	case strings.HasPrefix(s, "$"):
		return &sedAddress{line: -1}, s[1:], true
	case s != "" && (s[0] == '/' || s[0] == '\\' && len(s) > 1):
		delimiter := s[0]
		s = s[1:]
		if delimiter == '\\' {
			delimiter, s = s[0], s[1:]
		}
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' {
				i++
				continue
			}
			if s[i] == delimiter {
				source, rest := strings.ReplaceAll(s[:i], `\`+string(rune(delimiter)), string(rune(delimiter))), s[i+1:]
				fold := strings.HasPrefix(rest, "I")
				re, err := sedRegexp(source, extended, fold)
				return &sedAddress{re: re}, strings.TrimPrefix(rest, "I"), err == nil
			}
		}
		return nil, s, false
	}
	n := digits(s)
	if n == 0 {
		return nil, s, true
	}
	a := &sedAddress{line: number(s[:n])}
	s = s[n:]
	if strings.HasPrefix(s, "~") {
		k := digits(s[1:])
		a.step = number(s[1 : 1+k])
		s = s[1+k:]
	}
	return a, s, true
}

// sedParts takes the two parts of s and y apart.
func sedParts(s string) (parts []string, rest string, ok bool) {
	if s == "" {
		return nil, "", false
	}
	delimiter := s[0]
	begin, class := 1, false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '[' && len(parts) == 0:
			class = true
		case s[i] == ']':
			class = false
		case s[i] == delimiter && (!class || delimiter != '/'):
			part := strings.ReplaceAll(s[begin:i], `\`+string(rune(delimiter)), string(rune(delimiter)))
			if parts = append(parts, part); len(parts) == 2 {
				return parts, s[i+1:], true
			}
			begin, class = i+1, false
		}
	}
	return nil, "", false
}
