package shell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func cmdEcho(p *proc) int {
	args := p.args[1:]
	newline, escapes := true, false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		newline = newline && !strings.Contains(args[0], "n")
		if strings.ContainsAny(args[0], "eE") {
			escapes = strings.LastIndexByte(args[0], 'e') > strings.LastIndexByte(args[0], 'E')
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		text = unescape(text)
	}
	if newline {
		text += "\n"
	}
	p.print(text)
	return 0
}

// unescape resolves backslash escapes as echo -e, printf and $'...' do.
func unescape(s string) string {
	simple := map[byte]string{'a': "\a", 'b': "\b", 'e': "\x1b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\\': `\`, '\'': "'", '"': `"`}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		c := s[i]
		base, from, most := 8, i, 3
		switch {
		case simple[c] != "":
			b.WriteString(simple[c])
			continue
		case c == 'c':
			return b.String()
		case c == 'x':
			base, from, most = 16, i+1, 2
		case c == '0':
			most = 4
		case c < '0' || c > '7':
			b.WriteString(s[i-1 : i+1])
			continue
		}
		end := from
		for end < len(s) && end < from+most {
			if _, err := strconv.ParseUint(s[from:end+1], base, 16); err != nil {
				break
			}
			end++
		}
		if end == from {
			b.WriteString(s[i-1 : i+1])
			continue
		}
		v, _ := strconv.ParseUint(s[from:end], base, 16)
		b.WriteByte(byte(v)) //nolint:gosec // as bash does, the low byte
		i = end - 1
	}
	return b.String()
}

var conversion = regexp.MustCompile(`%[-+ 0#]*[0-9]*(\.[0-9]+)?[%sdiouxXcb]`)

func cmdPrintf(p *proc) int {
	if len(p.args) < 2 {
		return p.fail(p.Streams, 2, "printf: usage: printf [-v var] format [arguments]")
	}
	format, args := unescape(p.args[1]), p.args[2:]
	for range maxSteps {
		before := len(args)
		p.print(conversion.ReplaceAllStringFunc(format, func(c string) string {
			if c[len(c)-1] == '%' {
				return "%"
			}
			arg := ""
			if len(args) > 0 {
				arg, args = args[0], args[1:]
			}
			return convert(c, arg)
		}))
		if len(args) == 0 || len(args) == before {
			break
		}
	}
	return 0
}

// convert formats one argument. Widths are bounded: they come from attackers.
func convert(c, arg string) string {
	spec, verb := c[:len(c)-1], c[len(c)-1]
	for _, digits := range regexp.MustCompile(`[0-9]+`).FindAllString(spec, -1) {
		if len(digits) > 3 {
			return ""
		}
	}
	switch verb {
	case 's':
		return fmt.Sprintf(spec+"s", arg)
	case 'b':
		return fmt.Sprintf(spec+"s", unescape(arg))
	case 'c':
		return arg[:min(1, len(arg))]
	}
	n, _ := strconv.ParseInt(arg, 0, 64)
	if verb == 'i' || verb == 'u' {
		verb = 'd'
	}
	return fmt.Sprintf(spec+string(verb), n)
}
