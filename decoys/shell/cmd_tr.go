package shell

import (
	"strings"
)

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
