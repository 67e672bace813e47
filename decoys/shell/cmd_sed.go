package shell

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A sedCommand is one command of sed with the lines that it is for.
type sedCommand struct {
	from, to *sedAddress
	negated  bool
	name     byte
	re       *regexp.Regexp
	text     string // of a, i and c; the replacement of s; the sets of y
	global   bool
	print    bool
	nth      int
	file     string
	end      int // of {: where its } is
	inside   bool
}

type sedAddress struct {
	line int // -1 is the last
	re   *regexp.Regexp
	step int
}

func cmdSed(p *proc) int {
	in, suffix := false, ""
	for i, a := range p.args[1:] { // -i takes a value only without a space
		if strings.HasPrefix(a, "-i") || strings.HasPrefix(a, "--in-place") || a == "-ni" || a == "-ri" || a == "-Ei" {
			in = true
			p.args[i+1] = strings.Trim(map[string]string{"-ni": "-n", "-ri": "-r", "-Ei": "-E"}[a], " ")
			if suffix = strings.TrimPrefix(a, "-i"); suffix == a {
				suffix = ""
			}
			if p.args[i+1] == "" {
				p.args[i+1] = "-u"
			}
		}
	}
	o, bad, ok := p.opt("nErsuzbe:f:l: quiet=n silent=n expression=e file=f regexp-extended=E null-data=z", 1)
	if !ok {
		return bad
	}
	rest := o.rest
	script := strings.Join(o.set['e'], "\n")
	if o.has("f") {
		data, err := p.FS.read(&p.user, p.abs(o.get('f')))
		if err != nil {
			return p.errorf(1, "couldn't open file %s: %v", o.get('f'), err)
		}
		script += data
	}
	if !o.has("ef") {
		if len(rest) == 0 {
			if p.small() {
				return p.help(1)
			}
			p.say("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
			return 1
		}
		script, rest = rest[0], rest[1:]
	}
	commands, err := parseSed(script, o.has("Er"))
	if err != nil {
		return p.errorf(1, p.either("-e expression #1, %v", "%v"), err)
	}
	if !in {
		var all strings.Builder
		status := p.files(rest, "can't read %s: %v", func(_, data string) { all.WriteString(data) })
		p.print(p.sed(commands, all.String(), o.has("n")))
		if status != 0 {
			return 2
		}
		return 0
	}
	return p.files(rest, "can't read %s: %v", func(name, data string) {
		if suffix != "" {
			_ = p.write(p.abs(name)+suffix, data, false) // without room there is no copy
		}
		n, _ := p.lookup(p.abs(name), true)
		if err := p.write(p.abs(name), p.sed(commands, data, o.has("n")), false); err != nil {
			p.errorf(4, "couldn't open temporary file %s: %v", name, err)
			return
		}
		_ = p.FS.change(&p.user, p.abs(name), func(c *node) { c.perm = n.perm }) // it was just written
	})
}

// sed runs commands over text and returns what they print.
func (p *proc) sed(commands []sedCommand, text string, quiet bool) string {
	var out strings.Builder
	list := strings.SplitAfter(text, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	hold := ""
	for i := range commands {
		commands[i].inside = false
	}
	for i := 0; i < len(list) && out.Len() < maxOutput; i++ {
		line, ended := strings.CutSuffix(list[i], "\n")
		newline := map[bool]string{true: "\n", false: ""}[ended]
		var after strings.Builder
		deleted, quit, replaced := false, false, false
		for c := 0; c < len(commands) && !deleted && !quit; c++ {
			cmd := &commands[c]
			if !cmd.applies(i+1, len(list), line) {
				if cmd.name == '{' {
					c = cmd.end
				}
				continue
			}
			switch cmd.name {
			case 'd', 'D':
				deleted = true
			case 'p', 'P':
				out.WriteString(line + "\n")
			case 'q', 'Q':
				quit, deleted = true, cmd.name == 'Q'
			case '=':
				fmt.Fprintf(&out, "%d\n", i+1)
			case 'a':
				after.WriteString(cmd.text + "\n")
			case 'i':
				out.WriteString(cmd.text + "\n")
			case 'c':
				if cmd.to == nil || !cmd.inside {
					out.WriteString(cmd.text + "\n")
				}
				deleted = true
			case 'y':
				line = strings.Map(func(r rune) rune {
					from, to, _ := strings.Cut(cmd.text, "\x00")
					if k := strings.IndexRune(from, r); k >= 0 && k < len(to) {
						return rune(to[k])
					}
					return r
				}, line)
			case 's':
				if s, ok := cmd.replace(line); ok {
					line, replaced = s, true
					if cmd.print {
						out.WriteString(line + "\n")
					}
					if cmd.file != "" {
						_ = p.write(p.abs(cmd.file), line+"\n", true) // without room, it is lost
					}
				}
			case 'n', 'N':
				if i+1 >= len(list) {
					continue
				}
				if i++; cmd.name == 'n' {
					if !quiet {
						out.WriteString(line + "\n")
					}
					line = ""
				} else {
					line += "\n"
				}
				next, e := strings.CutSuffix(list[i], "\n")
				line += next
				newline = map[bool]string{true: "\n", false: ""}[e]
			case 'h':
				hold = line
			case 'H':
				hold += "\n" + line
			case 'g':
				line = hold
			case 'G':
				line += "\n" + hold
			case 'x':
				line, hold = hold, line
			case 't', 'b':
				if cmd.name == 'b' || replaced {
					c = len(commands)
				}
			case 'r':
				data, _ := p.FS.read(&p.user, p.abs(cmd.file))
				after.WriteString(data)
			case 'w':
				_ = p.write(p.abs(cmd.file), line+"\n", true) // without room, it is lost
			}
			if len(line)+len(hold) > maxOutput {
				return out.String()
			}
		}
		if !deleted && !quiet {
			out.WriteString(line + newline)
		}
		out.WriteString(after.String())
		if quit {
			break
		}
	}
	return out.String()
}

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
