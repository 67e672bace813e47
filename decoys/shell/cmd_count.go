package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
