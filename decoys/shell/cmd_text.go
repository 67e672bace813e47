package shell

import (
	"fmt"
	"regexp"
	"slices"
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

func cmdCat(p *proc) int {
	set, names, bad := p.options("AbeEnstTuv", "")
	if bad != 0 {
		return p.usage(bad)
	}
	line := 0
	return p.files(names, "%s: %v", func(_, data string) {
		if !has(set, "n") {
			p.print(data)
			return
		}
		for _, text := range lines(data) {
			line++
			p.printf("%6d\t%s\n", line, text)
		}
	})
}

// lines cuts text into lines without their ends.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// cmdHead is head and tail.
func cmdHead(p *proc) int {
	if len(p.args) > 1 && len(p.args[1]) > 1 && p.args[1][0] == '-' && p.args[1][1] >= '0' && p.args[1][1] <= '9' {
		p.args = append([]string{p.args[0], "-n", p.args[1][1:]}, p.args[2:]...)
	}
	set, names, bad := p.options("qvfF", "nc")
	if bad != 0 {
		return p.usage(bad)
	}
	count, unit := 10, "n"
	for _, u := range []string{"n", "c"} {
		if v, ok := set[u]; ok {
			n, err := strconv.Atoi(strings.TrimLeft(v, "+-"))
			if err != nil {
				return p.errorf(1, "invalid number of lines: ‘%s’", v)
			}
			count, unit = n, u
		}
	}
	fromStart := strings.HasPrefix(set["n"], "+")
	first := true
	return p.files(names, "cannot open '%s' for reading: %v", func(name, data string) {
		if len(names) > 1 {
			if !first {
				p.print("\n")
			}
			p.printf("==> %s <==\n", name)
			first = false
		}
		if unit == "c" {
			n := min(count, len(data))
			if p.args[0] == "tail" {
				p.print(data[len(data)-n:])
			} else {
				p.print(data[:n])
			}
			return
		}
		list := strings.SplitAfter(data, "\n")
		if list[len(list)-1] == "" {
			list = list[:len(list)-1]
		}
		n := min(count, len(list))
		switch {
		case p.args[0] == "head":
			list = list[:n]
		case fromStart:
			list = list[min(max(0, count-1), len(list)):]
		default:
			list = list[len(list)-n:]
		}
		p.print(strings.Join(list, ""))
	})
}

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

func cmdWc(p *proc) int {
	set, names, bad := p.options("lwcmL", "")
	if bad != 0 {
		return p.usage(bad)
	}
	if !has(set, "l") && !has(set, "w") && !has(set, "c") && !has(set, "m") {
		set = map[string]string{"l": "", "w": "", "c": ""}
	}
	var total [3]int
	show := func(n [3]int, name string) {
		var out []string
		for i, letter := range []string{"l", "w", "c"} {
			if has(set, letter) || letter == "c" && has(set, "m") {
				out = append(out, strconv.Itoa(n[i]))
			}
		}
		if len(out) > 1 {
			for i := range out {
				out[i] = fmt.Sprintf("%7s", out[i])
			}
		}
		if name != "-" {
			out = append(out, name)
		}
		p.print(strings.Join(out, " ") + "\n")
	}
	status := p.files(names, "%s: %v", func(name, data string) {
		n := [3]int{strings.Count(data, "\n"), len(strings.Fields(data)), len(data)}
		for i := range n {
			total[i] += n[i]
		}
		show(n, name)
	})
	if len(names) > 1 {
		show(total, "total")
	}
	return status
}

// cmdSort is sort and uniq.
func cmdSort(p *proc) int {
	set, names, _ := p.options("rnuifhVcd", "ktT")
	return p.files(names, "cannot read: %s: %v", func(_, data string) {
		list := lines(data)
		if p.args[0] == "sort" {
			slices.SortStableFunc(list, func(a, b string) int {
				x, _ := strconv.ParseFloat(firstField(a), 64)
				y, _ := strconv.ParseFloat(firstField(b), 64)
				order := strings.Compare(a, b)
				if has(set, "n") && x != y {
					order = map[bool]int{true: -1, false: 1}[x < y]
				}
				if has(set, "r") {
					return -order
				}
				return order
			})
		}
		for i := 0; i < len(list); {
			n := 1
			for (p.args[0] == "uniq" || has(set, "u")) && i+n < len(list) && list[i+n] == list[i] {
				n++
			}
			if has(set, "c") {
				p.printf("%7d ", n)
			}
			p.print(list[i] + "\n")
			i += n
		}
	})
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}
