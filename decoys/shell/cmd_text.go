package shell

import (
	"strconv"
	"strings"
)

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
