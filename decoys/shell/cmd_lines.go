package shell

import (
	"fmt"
	"slices"
	"strings"
)

func cmdRev(p *proc) int {
	return p.files(p.args[1:], "cannot open %s: %v", func(_, data string) {
		for _, line := range lines(data) {
			r := []rune(line)
			slices.Reverse(r)
			p.print(string(r) + "\n")
		}
	})
}

// cmdFold is fold and fmt.
func cmdFold(p *proc) int {
	o, bad, ok := p.opt("w:sbcut width=w spaces=s", 1)
	if !ok {
		return bad
	}
	width := map[string]int{"fold": 80, "fmt": 75}[p.args[0]]
	if o.has("w") {
		width = max(1, number(o.get('w')))
	}
	return p.files(o.rest, "%s: %v", func(_, data string) {
		if p.args[0] == "fmt" {
			data = strings.Join(strings.Fields(data), " ") + "\n"
		}
		for _, line := range lines(data) {
			for len(line) > width {
				at := width
				if o.has("s") || p.args[0] == "fmt" {
					if i := strings.LastIndexByte(line[:width], ' '); i > 0 {
						at = i + 1
					}
				}
				part := line[:at]
				if p.args[0] == "fmt" {
					part = strings.TrimRight(part, " ")
				}
				p.print(part + "\n")
				line = line[at:]
			}
			p.print(line + "\n")
		}
	})
}

// cmdExpand is expand and unexpand.
func cmdExpand(p *proc) int {
	o, bad, ok := p.opt("at:i", 1)
	if !ok {
		return bad
	}
	stop := 8
	if o.has("t") {
		stop = min(max(1, number(o.get('t'))), 100)
	}
	return p.files(o.rest, "%s: %v", func(_, data string) {
		for _, line := range lines(data) {
			if p.args[0] == "unexpand" {
				p.print(strings.ReplaceAll(line, strings.Repeat(" ", stop), "\t") + "\n")
				continue
			}
			var b strings.Builder
			for _, c := range line {
				if c == '\t' {
					b.WriteString(strings.Repeat(" ", stop-b.Len()%stop))
				} else {
					b.WriteRune(c)
				}
			}
			p.print(b.String() + "\n")
		}
	})
}

func cmdTee(p *proc) int {
	o, bad, ok := p.opt("aip append=a ignore-interrupts=i", 1)
	if !ok {
		return bad
	}
	data := input(p.In)
	p.print(data)
	status := 0
	for _, name := range o.rest {
		if err := p.write(p.abs(name), data, o.has("a")); err != nil {
			status = p.errorf(1, "%s: %v", name, err)
		}
	}
	return status
}

func cmdStrings(p *proc) int {
	o, bad, ok := p.opt("an:t:oe: bytes=n all=a radix=t", 1)
	if !ok {
		return bad
	}
	least := 4
	if o.has("n") {
		least = max(1, number(o.get('n')))
	}
	return p.files(o.rest, "'%s': %v", func(_, data string) {
		begin := 0
		for i := 0; i <= len(data); i++ {
			if i < len(data) && (data[i] >= ' ' && data[i] < 127 || data[i] == '\t') {
				continue
			}
			if i-begin >= least {
				p.print(data[begin:i] + "\n")
			}
			begin = i + 1
		}
	})
}

func cmdColumn(p *proc) int {
	o, bad, ok := p.opt("ts:o:c:xn table=t separator=s output-separator=o columns=c", 1)
	if !ok {
		return bad
	}
	return p.files(o.rest, "%s: %v", func(_, data string) {
		if !o.has("t") {
			p.print(data)
			return
		}
		var rows [][]string
		var widths []int
		for _, line := range lines(data) {
			row := strings.Fields(line)
			if o.has("s") {
				row = strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(o.get('s'), r) })
			}
			for i, cell := range row {
				if i == len(widths) {
					widths = append(widths, 0)
				}
				widths[i] = max(widths[i], len(cell))
			}
			rows = append(rows, row)
		}
		for _, row := range rows {
			var b strings.Builder
			for i, cell := range row {
				if i < len(row)-1 {
					fmt.Fprintf(&b, "%-*s  ", widths[i], cell)
				} else {
					b.WriteString(cell)
				}
			}
			p.print(b.String() + "\n")
		}
	})
}
