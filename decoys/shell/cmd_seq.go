package shell

import (
	"strconv"
	"strings"
)

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
