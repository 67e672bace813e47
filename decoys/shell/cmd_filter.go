package shell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func cmdCut(p *proc) int {
	set, names, bad := p.options("s", "dfcb")
	if bad != 0 {
		return p.usage(bad)
	}
	list, unit := set["f"], "f"
	if list == "" {
		list, unit = set["c"]+set["b"], "c"
	}
	if list == "" {
		return p.missing("you must specify a list of bytes, characters, or fields")
	}
	separator := "\t"
	if v, ok := set["d"]; ok {
		separator = v
	}
	return p.files(names, "%s: %v", func(_, data string) {
		for _, line := range lines(data) {
			switch {
			case unit == "c":
				line = strings.Join(choose(strings.Split(line, ""), list), "")
			case strings.Contains(line, separator):
				line = strings.Join(choose(strings.Split(line, separator), list), separator)
			}
			p.print(line + "\n")
		}
	})
}

// choose returns the parts that a list like 1,3-5,7- names.
func choose(parts []string, list string) []string {
	var out []string
	for i, part := range parts {
		for span := range strings.SplitSeq(list, ",") {
			from, to, isSpan := strings.Cut(span, "-")
			a, _ := strconv.Atoi(from)
			b, err := strconv.Atoi(to)
			if !isSpan {
				b = a
			} else if err != nil {
				b = len(parts)
			}
			if i+1 >= a && i+1 <= b {
				out = append(out, part)
				break
			}
		}
	}
	return out
}

func cmdTr(p *proc) int {
	set, rest, _ := p.options("dscC", "")
	if len(rest) == 0 {
		return p.missing("missing operand")
	}
	from, to := trSet(rest[0]), ""
	if len(rest) > 1 {
		to = trSet(rest[1])
	}
	complement := has(set, "c") || has(set, "C")
	var b strings.Builder
	last := -1
	for _, c := range []byte(input(p.In)) {
		i := strings.IndexByte(from, c)
		hit := i >= 0 != complement
		switch {
		case hit && has(set, "d"):
			continue
		case hit && to != "":
			c = to[min(max(i, 0), len(to)-1)]
		}
		if has(set, "s") && hit && int(c) == last {
			continue
		}
		last = int(c)
		b.WriteByte(c)
	}
	p.print(b.String())
	return 0
}

// trSet writes ranges and classes out.
func trSet(s string) string {
	s = strings.NewReplacer("[:upper:]", "A-Z", "[:lower:]", "a-z", "[:digit:]", "0-9", "[:space:]", " \t\n\r", "[:alnum:]", "A-Za-z0-9",
		"[:alpha:]", "A-Za-z").Replace(unescape(s))
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] >= s[i] {
			for c := int(s[i]); c <= int(s[i+2]); c++ {
				b.WriteByte(byte(c)) //nolint:gosec // between two bytes
			}
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// cmdSed knows s///, with any delimiter and the flags g and i, and Np with -n.
func cmdSed(p *proc) int {
	set, rest, _ := p.options("nErsi", "e")
	script, given := set["e"]
	if !given {
		if len(rest) == 0 {
			_, _ = fmt.Fprint(p.Err, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
			return 1
		}
		script, rest = rest[0], rest[1:]
	}
	line, err := strconv.Atoi(strings.TrimSuffix(script, "p"))
	if err == nil && strings.HasSuffix(script, "p") {
		return p.files(rest, "can't read %s: %v", func(_, data string) {
			if all := lines(data); line >= 1 && line <= len(all) {
				p.print(all[line-1] + "\n")
			}
		})
	}
	re, with, all, ok := substitution(script, set)
	if !ok {
		return p.errorf(1, "-e expression #1, char %d: unknown command: `%.1s'", min(1, len(script)), script)
	}
	return p.files(rest, "can't read %s: %v", func(name, data string) {
		var b strings.Builder
		for _, line := range lines(data) {
			done := false
			b.WriteString(re.ReplaceAllStringFunc(line, func(m string) string {
				if done && !all {
					return m
				}
				done = true
				return re.ReplaceAllString(m, with)
			}) + "\n")
			if b.Len() > maxOutput {
				break
			}
		}
		if has(set, "i") && name != "-" {
			_ = p.write(p.abs(name), b.String(), false)
			return
		}
		p.print(b.String())
	})
}

func substitution(script string, set map[string]string) (re *regexp.Regexp, with string, all, ok bool) {
	if len(script) < 4 || script[0] != 's' {
		return nil, "", false, false
	}
	parts := strings.Split(script[2:], script[1:2])
	if len(parts) != 3 {
		return nil, "", false, false
	}
	options := map[string]string{}
	if has(set, "E") || has(set, "r") {
		options["E"] = ""
	}
	if strings.ContainsAny(parts[2], "iI") {
		options["i"] = ""
	}
	re, err := grepPattern(parts[0], options)
	with = regexp.MustCompile(`\\([0-9])`).ReplaceAllString(strings.ReplaceAll(parts[1], "$", "$$"), "$${$1}")
	with = strings.ReplaceAll(with, "&", "${0}")
	return re, with, strings.Contains(parts[2], "g"), err == nil
}
