package shell

import (
	"fmt"
	"strconv"
	"strings"
)

func cmdWc(p *proc) int {
	o, bad, ok := p.opt("lwcmL lines=l words=w bytes=c chars=m max-line-length=L", 1)
	if !ok {
		return bad
	}
	if len(o.set) == 0 {
		o.set = map[byte][]string{'l': nil, 'w': nil, 'c': nil}
	}
	type row struct {
		n    []int
		name string
	}
	var rows []row
	total := make([]int, 5)
	count := func(data string) []int {
		longest := 0
		for _, l := range lines(data) {
			longest = max(longest, len(l))
		}
		return []int{strings.Count(data, "\n"), len(strings.Fields(data)), len([]rune(data)), len(data), longest}
	}
	stdin := false
	status := p.files(o.rest, "%s: %v", func(name, data string) {
		n := count(data)
		for i := range n[:4] {
			total[i] += n[i]
		}
		total[4] = max(total[4], n[4])
		if name == "-" && len(o.rest) == 0 {
			name = ""
		}
		stdin = stdin || name == "" || name == "-"
		rows = append(rows, row{n, name})
	})
	if len(o.rest) > 1 {
		rows = append(rows, row{total, "total"})
	}
	shown := 0
	for _, c := range []byte("lwmcL") {
		if o.has(string(c)) {
			shown++
		}
	}
	width := len(strconv.Itoa(total[3]))
	if stdin {
		width = 7
	}
	if shown == 1 && len(rows) == 1 {
		width = 1
	}
	for _, r := range rows {
		var out []string
		for i, c := range []byte("lwmcL") {
			if o.has(string(c)) {
				out = append(out, fmt.Sprintf("%*d", width, r.n[i]))
			}
		}
		if r.name != "" {
			out = append(out, r.name)
		}
		p.print(strings.Join(out, " ") + "\n")
	}
	return status
}

func cmdCut(p *proc) int {
	o, bad, ok := p.opt("sd:f:c:b:nz delimiter=d fields=f characters=c bytes=b only-delimited=s complement=n output-delimiter=o", 1)
	if !ok {
		return bad
	}
	list, unit := o.get('f'), byte('f')
	if list == "" {
		list, unit = o.get('c')+o.get('b'), 'c'
	}
	if list == "" {
		if p.small() {
			return p.errorf(1, "expected a list of bytes, characters, or fields")
		}
		return p.missing("you must specify a list of bytes, characters, or fields")
	}
	separator := "\t"
	if o.has("d") {
		separator = o.get('d')
	}
	return p.files(o.rest, "%s: %v", func(_, data string) {
		for _, line := range lines(data) {
			switch {
			case unit == 'c':
				line = strings.Join(choose(strings.Split(line, ""), list), "")
			case separator != "" && strings.Contains(line, separator):
				line = strings.Join(choose(strings.Split(line, separator), list), separator)
			case o.has("s"):
				continue
			}
			p.print(line + "\n")
		}
	})
}

// choose returns the parts that a list like 1,3-5,7- names.
func choose(parts []string, list string) []string {
	spans := strings.Split(list, ",")
	if len(spans) > 100 {
		spans = spans[:100]
	}
	var out []string
	for i, part := range parts {
		for _, span := range spans {
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

func cmdPaste(p *proc) int {
	o, bad, ok := p.opt("sd:z delimiters=d serial=s", 1)
	if !ok {
		return bad
	}
	separator := "\t"
	if o.has("d") {
		separator = unescape(o.get('d'))
	}
	var all [][]string
	status := p.files(o.rest, "%s: %v", func(_, data string) { all = append(all, lines(data)) })
	if o.has("s") {
		for _, list := range all {
			p.print(strings.Join(list, separator) + "\n")
		}
		return status
	}
	longest := 0
	for _, list := range all {
		longest = max(longest, len(list))
	}
	for i := range longest {
		row := make([]string, len(all))
		for j, list := range all {
			if i < len(list) {
				row[j] = list[i]
			}
		}
		p.print(strings.Join(row, separator) + "\n")
	}
	return status
}
