package shell

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

func cmdSort(p *proc) int {
	o, bad, ok := p.opt("bcCdfghiMnRrsuVzk:t:T:o:S:m reverse=r numeric-sort=n unique=u key=k field-separator=t output=o ignore-case=f human-numeric-sort=h "+
		"general-numeric-sort=g version-sort=V random-sort=R stable=s check=c ignore-leading-blanks=b dictionary-order=d month-sort=M parallel=S", 2)
	if !ok {
		return bad
	}
	var list []string
	status := p.files(o.rest, "cannot read: %s: %v", func(_, data string) { list = append(list, lines(data)...) })
	if status != 0 {
		return 2
	}
	order := func(a, b string) int {
		for _, k := range o.set['k'] {
			x, y := sortKey(a, k, o.get('t')), sortKey(b, k, o.get('t'))
			flags := strings.TrimLeft(k, "0123456789.,")
			if c := compareBy(x, y, o.has("n") || strings.Contains(k, "n"), o.has("h") || strings.Contains(flags, "h"), o.has("f"), o.has("V")); c != 0 {
				if o.has("r") || strings.Contains(k, "r") {
					return -c
				}
				return c
			}
		}
		c := 0
		if !o.has("k") {
			c = compareBy(a, b, o.has("ng"), o.has("h"), o.has("f"), o.has("V"))
		}
		if c == 0 && !o.has("s") {
			c = strings.Compare(a, b)
		}
		if o.has("r") {
			return -c
		}
		return c
	}
	if o.has("R") {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	} else {
		slices.SortStableFunc(list, order)
	}
	if o.has("u") {
		list = slices.CompactFunc(list, func(a, b string) bool {
			if o.has("nk") {
				return order(a, b) == 0 || o.has("n") && !o.has("k") && numeric(a) == numeric(b)
			}
			return a == b || o.has("f") && strings.EqualFold(a, b)
		})
	}
	text := strings.Join(list, "\n")
	if len(list) > 0 {
		text += "\n"
	}
	if o.has("o") {
		if err := p.write(p.abs(o.get('o')), text, false); err != nil {
			return p.errorf(2, "open failed: %s: %v", o.get('o'), err)
		}
		return 0
	}
	p.print(text)
	return 0
}

// sortKey is the part of a line that a key like 2,2n names.
func sortKey(line, key, separator string) string {
	fields := strings.Fields(line)
	if separator != "" {
		fields = strings.Split(line, separator)
	}
	from, to, both := strings.Cut(key, ",")
	first := number(strings.TrimRight(strings.SplitN(from, ".", 2)[0], "bdfghinrMRV"))
	last := len(fields)
	if both {
		last = number(strings.TrimRight(strings.SplitN(to, ".", 2)[0], "bdfghinrMRV"))
	}
	first, last = max(first-1, 0), min(max(last, 0), len(fields))
	if first >= last {
		return ""
	}
	return strings.Join(fields[first:last], " ")
}

func compareBy(a, b string, numbers, human, fold, version bool) int {
	switch {
	case human:
		return cmp.Compare(humanNumber(a), humanNumber(b))
	case numbers:
		return cmp.Compare(numeric(a), numeric(b))
	case version:
		return compareVersions(a, b)
	case fold:
		return strings.Compare(strings.ToUpper(a), strings.ToUpper(b))
	}
	return strings.Compare(a, b)
}

// numeric is the number that a text begins with.
func numeric(s string) float64 {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && end < 40 && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == '-' && end == 0) {
		end++
	}
	f, _ := strconv.ParseFloat(s[:end], 64)
	return f
}

func cmdUniq(p *proc) int {
	o, bad, ok := p.opt("cdDiuf:s:w:z count=c repeated=d ignore-case=i unique=u", 1)
	if !ok {
		return bad
	}
	names := o.rest
	if len(names) > 1 {
		names = names[:1]
	}
	return p.files(names, "%s: %v", func(_, data string) {
		list := lines(data)
		for i := 0; i < len(list); {
			n := 1
			for i+n < len(list) && (list[i+n] == list[i] || o.has("i") && strings.EqualFold(list[i+n], list[i])) {
				n++
			}
			if (!o.has("d") || n > 1) && (!o.has("u") || n == 1) {
				if o.has("c") {
					p.printf("%7d ", n)
				}
				p.print(list[i] + "\n")
			}
			i += n
		}
	})
}

// twoFiles reads the two files of comm, join, cmp and diff.
func (p *proc) twoFiles(names []string) (a, b string, ok bool) {
	if len(names) < 2 {
		if len(names) == 0 {
			p.missing("missing operand")
		} else {
			p.missing("missing operand after ‘" + names[0] + "’")
		}
		return "", "", false
	}
	var both []string
	status := p.files(names[:2], "%s: %v", func(_, data string) { both = append(both, data) })
	if status != 0 {
		return "", "", false
	}
	return both[0], both[1], true
}

func cmdShuf(p *proc) int {
	o, bad, ok := p.opt("en:i:o:rz head-count=n input-range=i echo=e", 1)
	if !ok {
		return bad
	}
	var list []string
	switch {
	case o.has("e"):
		list = slices.Clone(o.rest)
	case o.has("i"):
		from, to, _ := strings.Cut(o.get('i'), "-")
		for i := number(from); i <= number(to) && len(list) < 100000; i++ {
			list = append(list, strconv.Itoa(i))
		}
	default:
		if status := p.files(o.rest, "%s: %v", func(_, data string) { list = append(list, lines(data)...) }); status != 0 {
			return status
		}
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if o.has("n") {
		list = list[:min(len(list), max(0, number(o.get('n'))))]
	}
	for _, l := range list {
		p.print(l + "\n")
	}
	return 0
}
