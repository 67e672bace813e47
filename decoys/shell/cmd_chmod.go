package shell

import (
	"strconv"
	"strings"
)

// cmdChown is chown and chgrp.
func cmdChown(p *proc) int {
	o, bad, ok := p.opt("RfvchLHPz recursive=R silent=f quiet=f verbose=v no-dereference=h reference=z", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	if len(o.rest) == 1 {
		return p.missing("missing operand after ‘" + o.rest[0] + "’")
	}
	owner, group, grouped := strings.Cut(strings.Replace(o.rest[0], ".", ":", 1), ":")
	if p.args[0] == "chgrp" {
		owner, group, grouped = "", o.rest[0], true
	}
	uid, gid := -1, -1
	if owner != "" {
		a, ok := p.FS.account(owner)
		if n, err := strconv.Atoi(owner); !ok && err == nil {
			a, ok = account{uid: n, gid: n}, true
		}
		if !ok {
			return p.errorf(1, p.either("invalid user: ‘%s’", "unknown user %s"), p.either(o.rest[0], owner))
		}
		uid = a.uid
		if grouped && group == "" {
			gid = a.gid
		}
	}
	if group != "" {
		gid = -1
		for _, g := range p.FS.groups() {
			if g.name == group {
				gid = g.gid
			}
		}
		if n, err := strconv.Atoi(group); gid < 0 && err == nil {
			gid = n
		}
		if gid < 0 {
			return p.errorf(1, p.either("invalid group: ‘%s’", "unknown group %s"), p.either(o.rest[0], group))
		}
	}
	return p.each(o.rest[1:], o.has("R"), func(full, name string, n node) int {
		err := errNotAllowed
		if p.user.uid == 0 || p.user.uid == n.uid && (uid < 0 || uid == n.uid) {
			if p.FS.change(&p.user, full, func(n *node) {
				if uid >= 0 {
					n.uid = uid
				}
				if gid >= 0 {
					n.gid = gid
				}
			}) == nil || n.fixed {
				return 0
			}
		}
		if o.has("f") {
			return 1
		}
		return p.errorf(1, p.either(map[bool]string{true: "changing group of '%s': %v", false: "changing ownership of '%s': %v"}[p.args[0] == "chgrp"], "%s: %v"), name, err)
	})
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
