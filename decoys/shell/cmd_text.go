package shell

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// lines cuts text into lines without their ends.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func cmdCat(p *proc) int {
	o, bad, ok := p.opt("AbeEnstTuv show-all=A number=n number-nonblank=b squeeze-blank=s show-ends=E show-tabs=T show-nonprinting=v", 1)
	if !ok {
		return bad
	}
	if len(o.set) == 0 && (len(o.rest) == 0 || len(o.rest) == 1 && o.rest[0] == "-") {
		// As it comes: somebody types and wants to see it.
		_, _ = io.Copy(p.Out, io.LimitReader(p.In, maxOutput))
		return 0
	}
	line := 0
	return p.files(o.rest, "%s: %v", func(_, data string) {
		if len(o.set) == 0 || o.has("u") && len(o.set) == 1 {
			p.print(data)
			return
		}
		blank := false
		for text := range strings.Lines(data) {
			text, ended := strings.CutSuffix(text, "\n")
			if text == "" && blank && o.has("s") {
				continue
			}
			blank = text == ""
			if o.has("Ateve") && o.has("AevtTE") {
				text = visible(text, o.has("ATt"), o.has("Aevt"))
			}
			if o.has("n") && !o.has("b") || o.has("b") && text != "" {
				line++
				text = fmt.Sprintf("%6d\t%s", line, text)
			}
			if ended && o.has("AeE") {
				text += "$"
			}
			if ended {
				text += "\n"
			}
			p.print(text)
		}
	})
}

// visible shows control characters as ^X and high ones as M-x.
func visible(s string, tabs, controls bool) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == '\t' && !tabs, !controls && c != '\t':
			b.WriteByte(c)
			continue
		case c >= 128 && controls:
			b.WriteString("M-")
			c -= 128
		}
		switch {
		case c < 32:
			b.WriteString("^" + string(rune(c+64)))
		case c == 127:
			b.WriteString("^?")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func cmdTac(p *proc) int {
	o, bad, ok := p.opt("brs:", 1)
	if !ok {
		return bad
	}
	return p.files(o.rest, "failed to open '%s' for reading: %v", func(_, data string) {
		list := strings.SplitAfter(data, "\n")
		slices.Reverse(list)
		p.print(strings.Join(list, ""))
	})
}

func cmdNl(p *proc) int {
	o, bad, ok := p.opt("b:n:s:w:v:i:", 1)
	if !ok {
		return bad
	}
	n := 0
	return p.files(o.rest, "%s: %v", func(_, data string) {
		for _, line := range lines(data) {
			if line == "" && o.get('b') != "a" {
				p.print("       \n")
				continue
			}
			n++
			p.printf("%6d\t%s\n", n, line)
		}
	})
}

// cmdHead is head and tail.
func cmdHead(p *proc) int {
	if len(p.args) > 1 && len(p.args[1]) > 1 && (p.args[1][0] == '-' || p.args[1][0] == '+' && p.args[0] == "tail") && p.args[1][1] >= '0' && p.args[1][1] <= '9' {
		p.args = append([]string{p.args[0], "-n", strings.TrimPrefix(p.args[1], "-")}, p.args[2:]...)
	}
	o, bad, ok := p.opt("qvfFn:c:s: lines=n bytes=c quiet=q silent=q verbose=v follow=f retry=F pid=s", 1)
	if !ok {
		return bad
	}
	count, unit, value := 10, byte('n'), "10"
	for _, u := range []byte("nc") {
		if o.has(string(u)) {
			n, err := strconv.Atoi(strings.TrimRight(strings.TrimLeft(o.get(u), "+-"), "kKMb"))
			if err != nil {
				return p.errorf(1, "invalid number of %s: ‘%s’", map[byte]string{'n': "lines", 'c': "bytes"}[u], o.get(u))
			}
			switch v := o.get(u); {
			case strings.HasSuffix(v, "k"), strings.HasSuffix(v, "K"):
				n <<= 10
			case strings.HasSuffix(v, "M"):
				n <<= 20
			}
			count, unit, value = max(0, n), u, o.get(u)
		}
	}
	first := true
	status := p.files(o.rest, "cannot open '%s' for reading: %v", func(name, data string) {
		if len(o.rest) > 1 && !o.has("q") || o.has("v") {
			if !first {
				p.print("\n")
			}
			if name == "-" {
				name = "standard input"
			}
			p.printf("==> %s <==\n", name)
			first = false
		}
		parts := strings.SplitAfter(data, "\n")
		if parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		if unit == 'c' {
			from, to := cutPart(len(data), count, p.args[0], value)
			p.print(data[from:to])
			return
		}
		from, to := cutPart(len(parts), count, p.args[0], value)
		p.print(strings.Join(parts[from:to], ""))
	})
	if p.args[0] == "tail" && o.has("fF") && p.background == nil {
		p.sleep(maxSleep) // nothing more is written to it
		return 130
	}
	return status
}

// cutPart says which of n items head or tail shows.
func cutPart(n, count int, tool, value string) (from, to int) {
	k := min(count, n)
	switch {
	case tool == "head" && strings.HasPrefix(value, "-"):
		return 0, n - k
	case tool == "head":
		return 0, k
	case strings.HasPrefix(value, "+"):
		return min(max(0, count-1), n), n
	}
	return n - k, n
}

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

func cmdTr(p *proc) int {
	o, bad, ok := p.opt("dscCt delete=d squeeze-repeats=s complement=c truncate-set1=t", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	if len(o.rest) == 1 && !o.has("ds") {
		p.errorf(1, "missing operand after ‘%s’", o.rest[0])
		p.say("Two strings must be given when translating.\n")
		return p.try(1)
	}
	from, to := trSet(o.rest[0]), ""
	if len(o.rest) > 1 {
		to = trSet(o.rest[1])
	}
	var index [256]int
	for i := range index {
		index[i] = -1
	}
	for i := len(from) - 1; i >= 0; i-- {
		index[from[i]] = i
	}
	complement, last := o.has("cC"), -1
	var b strings.Builder
	for _, c := range []byte(input(p.In)) {
		i := index[c]
		hit := i >= 0 != complement
		switch {
		case hit && o.has("d"):
			continue
		case hit && to != "" && complement:
			c = to[len(to)-1]
		case hit && to != "":
			c = to[min(i, len(to)-1)]
		}
		if o.has("s") && hit && int(c) == last {
			continue
		}
		last = -1
		if hit {
			last = int(c)
		}
		b.WriteByte(c)
	}
	p.print(b.String())
	return 0
}

// trSet writes ranges and classes out.
func trSet(s string) string {
	s = strings.NewReplacer("[:upper:]", "A-Z", "[:lower:]", "a-z", "[:digit:]", "0-9", "[:space:]", " \t\n\r\v\f", "[:alnum:]", "A-Za-z0-9",
		"[:alpha:]", "A-Za-z", "[:punct:]", "!-/:-@[-`{-~", "[:print:]", " -~", "[:graph:]", "!-~", "[:cntrl:]", "\x00-\x1f\x7f", "[:xdigit:]", "0-9A-Fa-f",
		"[:blank:]", " \t").Replace(unescape(s))
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() < 4096; i++ {
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
