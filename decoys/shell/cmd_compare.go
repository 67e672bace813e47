package shell

import (
	"fmt"
	"strconv"
	"strings"
)

func cmdComm(p *proc) int {
	o, bad, ok := p.opt("123z", 1)
	if !ok {
		return bad
	}
	x, y, ok := p.twoFiles(o.rest)
	if !ok {
		return 1
	}
	a, b := lines(x), lines(y)
	show := func(column int, text string) {
		if o.has(strconv.Itoa(column)) {
			return
		}
		tabs := ""
		for c := 1; c < column; c++ {
			if !o.has(strconv.Itoa(c)) {
				tabs += "\t"
			}
		}
		p.print(tabs + text + "\n")
	}
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			show(1, a[0])
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			show(2, b[0])
			b = b[1:]
		default:
			show(3, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return 0
}

func cmdJoin(p *proc) int {
	o, bad, ok := p.opt("t:1:2:j:a:v:o:ie:", 1)
	if !ok {
		return bad
	}
	x, y, ok := p.twoFiles(o.rest)
	if !ok {
		return 1
	}
	separator := " "
	cut := strings.Fields
	if o.has("t") {
		separator = o.get('t')
		cut = func(s string) []string { return strings.Split(s, separator) }
	}
	right := map[string][]string{}
	for _, line := range lines(y) {
		if f := cut(line); len(f) > 0 {
			right[f[0]] = f[1:]
		}
	}
	for _, line := range lines(x) {
		f := cut(line)
		if len(f) == 0 {
			continue
		}
		if more, ok := right[f[0]]; ok {
			p.print(strings.Join(append(f, more...), separator) + "\n")
		}
	}
	return 0
}

func cmdCmp(p *proc) int {
	o, bad, ok := p.opt("sln:b silent=s quiet=s", 2)
	if !ok {
		return bad
	}
	a, b, ok := p.twoFiles(o.rest)
	if !ok {
		return 2
	}
	if a == b {
		return 0
	}
	if o.has("s") {
		return 1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			p.printf("%s %s differ: byte %d, line %d\n", o.rest[0], o.rest[1], i+1, strings.Count(a[:i], "\n")+1)
			return 1
		}
	}
	p.say("cmp: EOF on %s after byte %d\n", o.rest[map[bool]int{true: 0, false: 1}[len(a) < len(b)]], min(len(a), len(b)))
	return 1
}

// cmdDiff shows what differs between the common beginning and the common end.
func cmdDiff(p *proc) int {
	o, bad, ok := p.opt("urNqabBwiyC:U: brief=q unified=u recursive=r", 2)
	if !ok {
		return bad
	}
	x, y, ok := p.twoFiles(o.rest)
	if !ok {
		return 2
	}
	if x == y {
		return 0
	}
	if o.has("q") {
		p.printf("Files %s and %s differ\n", o.rest[0], o.rest[1])
		return 1
	}
	a, b := lines(x), lines(y)
	head, tail := 0, 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	gone, come := a[head:len(a)-tail], b[head:len(b)-tail]
	span := func(from, n int) string {
		if n <= 1 {
			return strconv.Itoa(from + n)
		}
		return fmt.Sprintf("%d,%d", from+1, from+n)
	}
	letter := "c"
	switch {
	case len(gone) == 0:
		letter = "a"
	case len(come) == 0:
		letter = "d"
	}
	if o.has("uU") {
		p.printf("--- %s\n+++ %s\n@@ -%d,%d +%d,%d @@\n", o.rest[0], o.rest[1], head+1, len(gone), head+1, len(come))
	} else {
		p.printf("%s%s%s\n", span(head, len(gone)), letter, span(head, len(come)))
	}
	minus, plus := "< ", "> "
	if o.has("uU") {
		minus, plus = "-", "+"
	}
	for _, l := range gone {
		p.print(minus + l + "\n")
	}
	if letter == "c" && !o.has("uU") {
		p.print("---\n")
	}
	for _, l := range come {
		p.print(plus + l + "\n")
	}
	return 1
}
