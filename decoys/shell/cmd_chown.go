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

// cmdChattr is chattr and lsattr.
func cmdChattr(p *proc) int {
	if p.args[0] == "lsattr" {
		o, bad, ok := p.opt("RVadlv", 1)
		if !ok {
			return bad
		}
		if len(o.rest) == 0 {
			o.rest = []string{"."}
		}
		return p.each(o.rest, false, func(full, name string, n node) int {
			show := func(n node, name string) {
				flags := []byte("--------------e-------")
				for _, f := range n.flags {
					flags[map[rune]int{'i': 4, 'a': 5}[f]] = byte(f) //nolint:gosec // ASCII
				}
				p.printf("%s %s\n", flags, name)
			}
			if n.kind != directory || o.has("d") {
				show(n, name)
				return 0
			}
			entries, _ := p.FS.list(&p.user, full)
			for _, e := range entries {
				if !strings.HasPrefix(e.name, ".") || o.has("a") {
					show(e.node, strings.TrimSuffix(name, "/")+"/"+e.name)
				}
			}
			return 0
		})
	}
	deep, change, names := false, "", []string{}
	for _, a := range p.args[1:] {
		switch {
		case a == "-R":
			deep = true
		case len(a) > 1 && strings.ContainsRune("+-=", rune(a[0])):
			change = a
		default:
			names = append(names, a)
		}
	}
	if change == "" || len(names) == 0 {
		p.say("Usage: chattr [-pRVf] [-+=aAcCdDeijPsStTuFx] [-v version] files...\n")
		return 1
	}
	return p.each(names, deep, func(full, name string, n node) int {
		if p.user.uid != 0 || n.fixed {
			return p.errorf(1, "Operation not permitted while setting flags on %s", name)
		}
		_ = p.FS.change(root, full, func(n *node) { // it is there
			for _, f := range change[1:] {
				if f != 'i' && f != 'a' {
					continue
				}
				n.flags = strings.ReplaceAll(n.flags, string(f), "")
				if change[0] != '-' {
					n.flags += string(f)
				}
			}
		})
		return 0
	})
}
