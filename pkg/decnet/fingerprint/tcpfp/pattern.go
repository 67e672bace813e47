package tcpfp

import (
	"fmt"
	"strconv"
	"strings"
)

// A pattern is a signature of the table. Its notation is p0f's, with two things more: the window
// "mss*max" is as many segments as fit into 65535 bytes, and a quirk with a question mark may be
// there or not.
type pattern struct {
	system    *System
	generic   bool
	marks     Marks
	ip        uint8 // 0 is either
	ttl       uint8
	randomTTL bool // ttl is the most that it is
	optLen    uint16
	mss       int // star is any
	window    windowKind
	windowN   int
	scale     int // star is any
	layout    layout
	quirks    Quirks
	optional  Quirks
	payload   int // 0, 1 or star
}

const star = -1

type windowKind uint8

const (
	windowAny windowKind = iota
	windowFixed
	windowMSS
	windowMTU
	windowModulo
	windowFull
)

// parsePattern reads a signature of the table.
func parsePattern(text string) (*pattern, error) {
	fields := strings.Split(text, ":")
	if len(fields) != 8 {
		return nil, fmt.Errorf("%q has %d fields, not 8", text, len(fields))
	}
	p, r := new(pattern), reader{text: text}
	if fields[0] != "*" {
		p.ip = uint8(r.number(fields[0], 6)) //nolint:gosec // bounded
	}
	ttl, randomTTL := strings.CutSuffix(fields[1], "-")
	p.ttl, p.randomTTL = uint8(r.number(ttl, 255)), randomTTL //nolint:gosec // bounded
	p.optLen = uint16(r.number(fields[2], 65535))             //nolint:gosec // bounded
	p.mss = r.numberOrAny(fields[3], 65535)
	window, scale, ok := strings.Cut(fields[4], ",")
	r.expect(ok, "a window and a scale")
	p.window, p.windowN = r.window(window)
	p.scale = r.numberOrAny(scale, 255)
	p.layout = r.layout(fields[5])
	p.quirks, p.optional = r.quirks(fields[6])
	switch fields[7] {
	case "0":
	case "+":
		p.payload = 1
	case "*":
		p.payload = star
	default:
		r.expect(false, "a class of payload")
	}
	return p, r.err
}

// A reader keeps the first error in a text.
type reader struct {
	text string
	err  error
}

func (r *reader) expect(ok bool, what string) {
	if !ok && r.err == nil {
		r.err = fmt.Errorf("%q lacks %s", r.text, what)
	}
}

func (r *reader) number(s string, most int) int {
	n, err := strconv.Atoi(s)
	r.expect(err == nil && n >= 0 && n <= most, fmt.Sprintf("a number up to %d instead of %q", most, s))
	return n
}

func (r *reader) numberOrAny(s string, most int) int {
	if s == "*" {
		return star
	}
	return r.number(s, most)
}

func (r *reader) window(s string) (windowKind, int) {
	if s == "*" {
		return windowAny, 0
	}
	if s == "mss*max" {
		return windowFull, 0
	}
	for prefix, kind := range map[string]windowKind{"mss*": windowMSS, "mtu*": windowMTU, "%": windowModulo} {
		if n, ok := strings.CutPrefix(s, prefix); ok {
			value := r.number(n, 65535)
			r.expect(value > 0, "a window that is not zero")
			return kind, value
		}
	}
	return windowFixed, r.number(s, 65535)
}

func (r *reader) layout(s string) (l layout) {
	if s == "" {
		return l
	}
	for name := range strings.SplitSeq(s, ",") {
		kind := -1
		if padding, ok := strings.CutPrefix(name, "eol+"); ok {
			kind, l.padding = optEnd, uint8(r.number(padding, 40)) //nolint:gosec // bounded
		} else if unknown, ok := strings.CutPrefix(name, "?"); ok {
			kind = r.number(unknown, 255)
		} else {
			for i, known := range optionNames {
				if known == name && known != "" && i != optEnd {
					kind = i
				}
			}
		}
		if kind < 0 || l.count == maxOptions {
			r.expect(false, "an option that is known instead of "+name)
			return l
		}
		l.kinds[l.count] = uint8(kind)
		l.count++
	}
	return l
}

func (r *reader) quirks(s string) (needed, optional Quirks) {
	if s == "" {
		return 0, 0
	}
	for name := range strings.SplitSeq(s, ",") {
		name, maybe := strings.CutSuffix(name, "?")
		var q Quirks
		for i, known := range quirkNames {
			if known == name {
				q = 1 << i
			}
		}
		r.expect(q != 0, "a quirk that is known instead of "+name)
		if maybe {
			optional |= q
		} else {
			needed |= q
		}
	}
	return needed, optional
}
