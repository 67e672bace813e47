package shell

import (
	"regexp"
	"strings"
)

// cmdGrep is grep, egrep, fgrep and, of gzipped files, zgrep.
func cmdGrep(p *proc) int {
	o, bad, ok := p.opt("EFGPivnclLqohHsrRwxazbUTIe:m:A:B:C:f: extended-regexp=E fixed-strings=F perl-regexp=P ignore-case=i invert-match=v "+
		"line-number=n count=c files-with-matches=l files-without-match=L quiet=q silent=q only-matching=o no-filename=h with-filename=H no-messages=s "+
		"recursive=r word-regexp=w line-regexp=x text=a regexp=e max-count=m after-context=A before-context=B context=C file=f color=u colour=u "+
		"include=I exclude=I exclude-dir=I binary-files=I line-buffered=U", 2)
	if !ok {
		return bad
	}
	switch p.args[0] {
	case "egrep":
		o.add('E', "")
	case "fgrep":
		o.add('F', "")
	}
	patterns, rest := o.set['e'], o.rest
	if o.has("f") {
		data, err := p.FS.read(&p.user, p.abs(o.get('f')))
		if err != nil {
			return p.errorf(2, "%s: %v", o.get('f'), err)
		}
		patterns = append(patterns, lines(data)...)
	}
	if len(patterns) == 0 {
		if len(rest) == 0 {
			if p.small() {
				return p.help(2)
			}
			p.say("Usage: grep [OPTION]... PATTERNS [FILE]...\n")
			return p.try(2)
		}
		patterns, rest = strings.Split(rest[0], "\n"), rest[1:]
	}
	var all []string
	for _, one := range patterns[:min(len(patterns), 500)] {
		all = append(all, grepSource(one, o))
	}
	source := strings.Join(all, "|")
	if o.has("i") {
		source = "(?i)(?:" + source + ")"
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return p.errorf(2, "Invalid regular expression")
	}
	g := &grepper{proc: p, o: o, re: re, color: o.has("u") && o.get('u') != "never" && isTerminal(p.Out)}
	if o.has("rR") && len(rest) == 0 {
		rest = []string{"."}
	}
	g.named = len(rest) > 1 || o.has("rR")
	if o.has("s") {
		p.Err = newGather()
	}
	status := 0
	if len(rest) == 0 {
		g.file("(standard input)", input(p.In))
	}
	for _, name := range rest {
		if name == "-" {
			g.file("(standard input)", input(p.In))
		} else if g.path(name) != 0 {
			status = 2
		}
	}
	if status != 0 && (!o.has("q") || !g.found) {
		return status
	}
	return truth(g.found)
}

type grepper struct {
	*proc
	o                   *opts
	re                  *regexp.Regexp
	named, found, color bool
}

func (g *grepper) path(name string) int {
	full := g.abs(name)
	n, err := g.lookup(full, true)
	if err == nil && n.kind == directory {
		if !g.o.has("rR") {
			g.errorf(2, "%s: Is a directory", name)
			return 0
		}
		entries, err := g.FS.list(&g.user, full)
		if err != nil {
			return g.errorf(2, "%s: %v", name, err)
		}
		status := 0
		for _, e := range entries {
			if g.steps++; g.over(g.ctx) {
				break
			}
			if e.kind != symlink && e.kind != device && e.kind != block {
				status = max(status, g.path(strings.TrimSuffix(name, "/")+"/"+e.name))
			}
		}
		return status
	}
	data, err := g.FS.read(&g.user, full)
	if err != nil {
		return g.errorf(2, "%s: %v", name, err)
	}
	g.file(name, data)
	return 0
}

func (g *grepper) file(name, data string) {
	g.steps += len(data) >> 15 // looking through much is work
	o := g.o
	binary := strings.ContainsRune(data[:min(len(data), 4096)], 0) && !o.has("a")
	prefix := ""
	if g.named && !o.has("h") || o.has("H") {
		prefix = name
	}
	after, before := number(o.get('A')+o.get('C')), number(o.get('B')+o.get('C'))
	limit := 1 << 30
	if o.has("m") {
		limit = number(o.get('m'))
	}
	list := lines(data)
	count, shown := 0, -1
	show := func(i int, sep string) {
		text := list[i]
		if g.color && sep == ":" && !o.has("v") {
			text = g.re.ReplaceAllString(text, "\x1b[01;31m\x1b[K$0\x1b[m\x1b[K")
		}
		head := ""
		if prefix != "" {
			head = prefix + sep
			if g.color {
				head = "\x1b[35m\x1b[K" + prefix + "\x1b[m\x1b[K\x1b[36m\x1b[K" + sep + "\x1b[m\x1b[K"
			}
		}
		if o.has("n") {
			g.printf("%s%d%s%s\n", head, i+1, sep, text)
		} else {
			g.print(head + text + "\n")
		}
		shown = i
	}
	for i := 0; i < len(list) && count < limit; i++ {
		if g.re.MatchString(list[i]) == o.has("v") {
			continue
		}
		count++
		switch {
		case o.has("qclL"):
		case binary:
			g.printf("%s: %s: binary file matches\n", g.args[0], name)
			count = limit
		case o.has("o"):
			for _, m := range g.re.FindAllString(list[i], -1) {
				if m == "" {
					continue
				}
				head := ""
				if prefix != "" {
					head = prefix + ":"
				}
				if o.has("n") {
					g.printf("%s%d:%s\n", head, i+1, m)
				} else {
					g.print(head + m + "\n")
				}
			}
		default:
			from := max(shown+1, i-before)
			if shown >= 0 && from > shown+1 && before+after > 0 {
				g.print("--\n")
			}
			for j := from; j < i; j++ {
				show(j, "-")
			}
			show(i, ":")
			for j := i + 1; j <= min(i+after, len(list)-1) && g.re.MatchString(list[j]) == o.has("v"); j++ {
				show(j, "-")
			}
		}
	}
	g.found = g.found || count > 0
	if o.has("c") {
		if prefix != "" {
			prefix += ":"
		}
		g.printf("%s%d\n", prefix, count)
	}
	if o.has("l") && count > 0 || o.has("L") && count == 0 {
		g.print(name + "\n")
	}
}
