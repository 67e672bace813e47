package shell

import (
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
