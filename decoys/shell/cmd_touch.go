package shell

import (
	"strconv"
	"strings"
	"time"
)

func cmdTouch(p *proc) int {
	o, bad, ok := p.opt("acmfhd:t:r: date=d reference=r no-create=c time=x no-dereference=h", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing file operand")
	}
	when := p.now()
	switch {
	case o.has("r"):
		n, err := p.lookup(p.abs(o.get('r')), true)
		if err != nil {
			return p.errorf(1, "failed to get attributes of '%s': %v", o.get('r'), err)
		}
		when = n.modified
	case o.has("d"):
		t, ok := parseDate(o.get('d'), p.now())
		if !ok {
			return p.errorf(1, "invalid date format ‘%s’", o.get('d'))
		}
		when = t
	case o.has("t"):
		v, seconds, _ := strings.Cut(o.get('t'), ".")
		if seconds == "" {
			seconds = "00"
		}
		if len(v) == 8 {
			v = p.now().Format("2006") + v
		}
		if len(v) == 10 {
			v = "20" + v
		}
		t, err := time.Parse("20060102150405", v+seconds)
		if err != nil {
			return p.errorf(1, "invalid date format ‘%s’", o.get('t'))
		}
		when = t
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		_, err := p.lookup(full, true)
		if err == errNotFound { //nolint:errorlint // our own value
			if o.has("c") {
				continue
			}
			err = p.write(full, "", true)
		}
		if err == nil {
			if err = p.FS.change(&p.user, full, func(n *node) { n.modified = when }); err == errNotAllowed { //nolint:errorlint // our own value
				if n, _ := p.lookup(full, true); n.allows(&p.user, 2) {
					err = nil
				} else {
					err = errPermission
				}
			}
		}
		if err != nil {
			status = p.errorf(1, p.either("cannot touch '%s': %v", "%s: %v"), name, err)
		}
	}
	return status
}

// each applies do to the named files and, if deep, to all below them.
func (p *proc) each(names []string, deep bool, do func(full, name string, n node) int) int {
	status := 0
	for _, name := range names {
		full := p.abs(name)
		n, err := p.lookup(full, true)
		if err != nil {
			status = p.errorf(1, p.either("cannot access '%s': %v", "%s: %v"), name, err)
			continue
		}
		if got := do(full, name, n); got != 0 {
			status = got
		}
		if !deep || n.kind != directory {
			continue
		}
		entries, _ := p.FS.list(&p.user, full)
		var below []string
		for _, e := range entries {
			if e.kind != symlink {
				below = append(below, strings.TrimSuffix(name, "/")+"/"+e.name)
			}
		}
		if p.steps += len(below); p.over(p.ctx) {
			return 1
		}
		if got := p.each(below, true, do); got != 0 {
			status = got
		}
	}
	return status
}

func cmdChmod(p *proc) int {
	deep, quiet, loud := false, false, false
	var rest []string
	for _, a := range p.args[1:] {
		switch a {
		case "-R", "--recursive":
			deep = true
		case "-f", "--silent", "--quiet":
			quiet = true
		case "-v", "--verbose", "-c":
			loud = true
		case "-Rf", "-fR":
			deep, quiet = true, true
		case "--":
		default:
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return p.missing("missing operand")
	}
	if len(rest) == 1 {
		return p.missing("missing operand after ‘" + rest[0] + "’")
	}
	if !isMode(rest[0]) {
		p.errorf(1, p.either("invalid mode: ‘%s’", "invalid mode '%s'"), rest[0])
		if p.small() {
			return 1
		}
		return p.try(1)
	}
	if quiet {
		p.Err = newGather()
	}
	return p.each(rest[1:], deep, func(full, name string, n node) int {
		perm := newMode(n.perm, rest[0], n.kind == directory)
		if perm&0o111 != 0 {
			p.settle(full)
		}
		err := p.FS.change(&p.user, full, func(n *node) { n.perm = perm })
		if err != nil && !n.fixed {
			return p.errorf(1, p.either("changing permissions of '%s': %v", "%s: %v"), name, err)
		}
		if loud {
			p.printf("mode of '%s' changed from %04o (%s) to %04o (%s)\n", name, n.perm, mode(n)[1:], perm, mode(node{kind: n.kind, perm: perm})[1:])
		}
		return 0
	})
}

func isMode(s string) bool {
	if _, err := strconv.ParseUint(s, 8, 12); err == nil {
		return true
	}
	return strings.ContainsAny(s, "+-=") && strings.Trim(s, "ugoarwxXst+-=,") == ""
}

// newMode applies a mode, octal or symbolic, to an old one.
func newMode(old uint16, how string, dir bool) uint16 {
	if n, err := strconv.ParseUint(how, 8, 12); err == nil {
		return uint16(n)
	}
	for clause := range strings.SplitSeq(how, ",") {
		i := strings.IndexAny(clause, "+-=")
		if i < 0 {
			continue
		}
		who, bits := uint16(0), uint16(0)
		for _, c := range clause[:i] {
			who |= map[rune]uint16{'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': 0o7777}[c]
		}
		if who == 0 {
			who = 0o7755 | old&0o022 | 0o111
		}
		for _, c := range clause[i+1:] {
			bits |= map[rune]uint16{'r': 0o444, 'w': 0o222, 'x': 0o111, 's': 0o6000, 't': 0o1000}[c]
			if c == 'X' && (dir || old&0o111 != 0) {
				bits |= 0o111
			}
		}
		if strings.Contains(clause[i+1:], "t") {
			who |= 0o1000
		}
		switch clause[i] {
		case '+':
			old |= who & bits
		case '-':
			old &^= who & bits
		case '=':
			old = old&^who | who&bits
		}
	}
	return old
}
