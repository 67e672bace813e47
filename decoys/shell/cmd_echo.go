package shell

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

func cmdEcho(p *proc) int {
	args := p.args[1:]
	newline, escapes := true, p.dialect == dash && p.isBuiltin("echo")
	if escapes { // dash knows -n only
		if len(args) > 0 && args[0] == "-n" {
			newline, args = false, args[1:]
		}
		text := unescape(strings.ReplaceAll(strings.Join(args, " "), `\x`, `\\x`)) // nor hexadecimal numbers
		if newline {
			text += "\n"
		}
		p.print(text)
		return 0
	}
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

// isBuiltin reports that the shell's own command runs, not the program.
func (p *proc) isBuiltin(name string) bool {
	return !p.asApplet && (len(p.running) == 0 || path.Base(p.running[0]) != name)
}

var conversion = regexp.MustCompile(`%[-+ 0#]*(?:\*|[0-9]*)(?:\.(?:\*|[0-9]*))?[%sdiouxXcbqeEfFgG]`)

func cmdPrintf(p *proc) int {
	args := p.args[1:]
	variable := ""
	if len(args) > 1 && args[0] == "-v" && p.dialect == bash {
		variable, args = args[1], args[2:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		switch p.dialect {
		case bash:
			return p.complain(p.Streams, 2, "printf", "usage: printf [-v var] format [arguments]")
		case dash, ash:
		}
		return p.complain(p.Streams, 2, "printf", "usage: printf format [arg ...]")
	}
	format, args := unescape(args[0]), args[1:]
	var out strings.Builder
	for range maxSteps {
		before := len(args)
		stop := false
		text := conversion.ReplaceAllStringFunc(format, func(c string) string {
			if c[len(c)-1] == '%' {
				return "%"
			}
			for strings.Contains(c, "*") {
				width := ""
				if len(args) > 0 {
					width, args = args[0], args[1:]
				}
				c = strings.Replace(c, "*", strconv.Itoa(number(width)), 1)
			}
			arg := ""
			if len(args) > 0 {
				arg, args = args[0], args[1:]
			}
			if c[len(c)-1] == 'b' && strings.Contains(arg, `\c`) {
				stop = true
			}
			return convert(c, arg)
		})
		out.WriteString(text)
		if stop || len(args) == 0 || len(args) == before || out.Len() > maxOutput {
			break
		}
	}
	if variable != "" {
		p.set(variable, out.String())
		return 0
	}
	p.print(out.String())
	return 0
}

var widths = regexp.MustCompile(`[0-9]+`)

// convert formats one argument. Widths are bounded: they come from attackers.
func convert(c, arg string) string {
	spec, verb := c[:len(c)-1], c[len(c)-1]
	for _, digits := range widths.FindAllString(spec, -1) {
		if len(digits) > 3 {
			return ""
		}
	}
	switch verb {
	case 's':
		return fmt.Sprintf(spec+"s", arg)
	case 'b':
		return fmt.Sprintf(spec+"s", unescape(arg))
	case 'q':
		if arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,") == "" {
			return arg
		}
		return quoteWord(arg)
	case 'c':
		return fmt.Sprintf(spec+"s", arg[:min(1, len(arg))])
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return fmt.Sprintf(spec+string(rune(verb)), numeric(arg))
	}
	n, err := strconv.ParseInt(arg, 0, 64)
	if err != nil && len(arg) > 1 && (arg[0] == '\'' || arg[0] == '"') {
		n = int64([]rune(arg[1:])[0])
	} else if err != nil {
		n = int64(numeric(arg))
	}
	if verb == 'i' || verb == 'u' {
		verb = 'd'
	}
	return fmt.Sprintf(spec+string(rune(verb)), n)
}
