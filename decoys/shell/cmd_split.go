package shell

import (
	"fmt"
	"strings"
)

// cmdSplit is split, and csplit at line numbers.
func cmdSplit(p *proc) int {
	o, bad, ok := p.opt("b:l:n:a:dfk:s bytes=b lines=l number=n suffix-length=a numeric-suffixes=d", 1)
	if !ok {
		return bad
	}
	names := []string{}
	prefix := "x"
	if len(o.rest) > 0 {
		names = o.rest[:1]
	}
	if len(o.rest) > 1 {
		prefix = o.rest[1]
	}
	return p.files(names, "cannot open '%s' for reading: %v", func(_, data string) {
		var parts []string
		switch {
		case o.has("b"):
			n := max(1, int(ddSize(o.get('b'))))
			for len(data) > 0 {
				k := min(n, len(data))
				parts = append(parts, data[:k])
				data = data[k:]
			}
		default:
			n := 1000
			if o.has("l") {
				n = max(1, number(o.get('l')))
			}
			list := strings.SplitAfter(data, "\n")
			for len(list) > 0 && list[0] != "" {
				k := min(n, len(list))
				parts = append(parts, strings.Join(list[:k], ""))
				list = list[k:]
			}
		}
		for i, part := range parts[:min(len(parts), 676)] {
			name := prefix + string(rune('a'+i/26)) + string(rune('a'+i%26))
			if o.has("d") {
				name = fmt.Sprintf("%s%02d", prefix, i)
			}
			if err := p.write(p.abs(name), part, false); err != nil {
				p.errorf(1, "%s: %v", name, err)
				return
			}
		}
	})
}
