package shell

import (
	"fmt"
	"strconv"
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

func cmdSeq(p *proc) int {
	o, bad, ok := p.optNumbers("ws:f: equal-width=w separator=s format=f")
	if !ok {
		return bad
	}
	n := make([]float64, 0, 3)
	precision := 0
	for _, a := range o.rest {
		v, err := strconv.ParseFloat(a, 64)
		if err != nil {
			p.errorf(1, p.either("invalid floating point argument: ‘%s’", "invalid number '%s'"), a)
			if p.small() {
				return 1
			}
			return p.try(1)
		}
		if _, frac, ok := strings.Cut(a, "."); ok {
			precision = max(precision, len(frac))
		}
		n = append(n, v)
	}
	first, step, last := 1.0, 1.0, 0.0
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, step, last = n[0], n[1], n[2]
	default:
		return p.missing("missing operand")
	}
	if step == 0 {
		p.errorf(1, "invalid Zero increment value: ‘0’")
		return p.try(1)
	}
	separator := "\n"
	if o.has("s") {
		separator = unescape(o.get('s'))
	}
	width := 0
	if o.has("w") {
		width = max(len(strconv.FormatFloat(last, 'f', precision, 64)), len(strconv.FormatFloat(first, 'f', precision, 64)))
	}
	var b strings.Builder
	for i := 0; i < 200000 && b.Len() < maxOutput; i++ {
		v := first + float64(i)*step
		if step > 0 && v > last || step < 0 && v < last {
			break
		}
		if i > 0 {
			b.WriteString(separator)
		}
		text := strconv.FormatFloat(v, 'f', min(precision, 20), 64)
		if f := o.get('f'); f != "" && conversion.MatchString(strings.ReplaceAll(f, "g", "s")) {
			text = conversion.ReplaceAllStringFunc(strings.ReplaceAll(f, "g", "s"), func(c string) string { return convert(c, text) })
		}
		b.WriteString(strings.Repeat("0", max(0, width-len(text))) + text)
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	p.print(b.String())
	return 0
}

// optNumbers is opt where operands may be negative numbers.
func (p *proc) optNumbers(spec string) (*opts, int, bool) {
	for i := 1; i < len(p.args); i++ {
		if a := p.args[i]; len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			args := append(append([]string{}, p.args[:i]...), "--")
			p.args = append(args, p.args[i:]...)
			break
		}
	}
	return p.opt(spec, 1)
}

func cmdFactor(p *proc) int {
	args := p.args[1:]
	if len(args) == 0 {
		args = strings.Fields(input(p.In))
	}
	status := 0
	for _, a := range args[:min(len(args), maxArguments)] {
		n, err := strconv.ParseUint(a, 10, 40)
		if err != nil {
			status = p.errorf(1, "‘%s’ is not a valid positive integer", a)
			continue
		}
		p.print(a + ":")
		for f := uint64(2); f*f <= n; f++ {
			for n%f == 0 {
				p.printf(" %d", f)
				n /= f
			}
		}
		if n > 1 {
			p.printf(" %d", n)
		}
		p.print("\n")
	}
	return status
}
