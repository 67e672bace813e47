package shell

import (
	"path"
	"strconv"
	"strings"
	"time"
)

func cmdMkdir(p *proc) int {
	o, bad, ok := p.opt("pvm:Z parents=p mode=m verbose=v", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	format := p.either("cannot create directory ‘%s’: %v", "can't create directory '%s': %v")
	perm := 0o777 &^ p.umask
	if o.has("m") {
		perm = newMode(perm, o.get('m'), true)
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		if !o.has("p") {
			if err := p.FS.mkdir(&p.user, full, perm); err != nil {
				status = p.errorf(1, format, name, err)
			} else if o.has("v") {
				p.printf("mkdir: created directory '%s'\n", name)
			}
			continue
		}
		at := ""
		for part := range strings.SplitSeq(strings.Trim(full, "/"), "/") {
			at += "/" + part
			if n, err := p.lookup(at, true); err == nil && n.kind == directory {
				continue
			}
			if err := p.FS.mkdir(&p.user, at, perm); err != nil {
				status = p.errorf(1, format, name, err)
				break
			}
		}
	}
	return status
}

// cmdRm is rm and unlink.
func cmdRm(p *proc) int {
	o, bad, ok := p.opt("rRfivdIxn recursive=r force=f interactive=i verbose=v dir=d no-preserve-root=n preserve-root=x one-file-system=x", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		if o.has("f") {
			return 0
		}
		return p.missing("missing operand")
	}
	status := 0
	for _, name := range o.rest {
		if p.removeOne(o, name) != 0 {
			status = 1
		}
	}
	return status
}

func (p *proc) removeOne(o *opts, name string) int {
	all, full := o.has("rR"), p.abs(name)
	n, err := p.lookup(full, false)
	format := p.either("cannot remove '%s': %v", "can't remove '%s': %v")
	base := path.Base(strings.TrimRight(name, "/"))
	switch {
	case err != nil && o.has("f"):
		return 0
	case full == "/" && all && !o.has("n") && !p.small():
		p.say("rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n")
		return 1
	case all && (base == "." || base == ".."):
		p.say("rm: refusing to remove '.' or '..' directory: skipping '%s'\n", name)
		return 1
	case full == "/" && all:
		return p.removeTree(o, "/")
	case err == nil && n.kind == directory && !all && !o.has("d"):
		err = errIsDir
		if p.small() {
			return p.errorf(1, "'%s' is a directory", name)
		}
	case err == nil:
		if o.has("i") && p.tty != "" && !o.has("f") {
			what := map[kind]string{directory: "directory", regular: "regular file", symlink: "symbolic link"}[n.kind]
			if n.kind == regular && n.size == 0 {
				what = "regular empty file"
			}
			p.say("rm: remove %s '%s'? ", what, name)
			answer, _ := readByteLine(p.In)
			if !strings.HasPrefix(strings.ToLower(answer), "y") {
				return 0
			}
		}
		if err = p.remove(full, all); err == errNotAllowed && n.kind == directory && all { //nolint:errorlint // our own value
			return p.removeTree(o, full)
		}
		if err == nil && o.has("v") {
			p.printf("removed '%s'\n", name)
		}
	}
	if err != nil {
		return p.errorf(1, format, name, err)
	}
	return 0
}

// removeTree removes what can be removed below a folder that has what cannot.
func (p *proc) removeTree(o *opts, dir string) int {
	entries, err := p.FS.list(&p.user, dir)
	if err != nil {
		return p.errorf(1, "cannot remove '%s': %v", dir, err)
	}
	status := 0
	for _, e := range entries {
		p.steps++
		full := path.Join(dir, e.name)
		if p.over(p.ctx) {
			return 1
		}
		if err := p.remove(full, true); err != nil && status == 0 {
			status = p.errorf(1, "cannot remove '%s': %v", full, err)
		}
	}
	if o.has("v") {
		p.printf("removed directory '%s'\n", dir)
	}
	return status
}

func cmdRmdir(p *proc) int {
	o, bad, ok := p.opt("pvi parents=p verbose=v ignore-fail-on-non-empty=i", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	status := 0
	for _, name := range o.rest {
		for at := name; at != "" && at != "/" && at != "."; at = path.Dir(at) {
			n, err := p.lookup(p.abs(at), false)
			if err == nil && n.kind != directory {
				err = errNotDir
			}
			if err == nil {
				err = p.remove(p.abs(at), false)
			}
			if err != nil {
				status = p.errorf(1, p.either("failed to remove '%s': %v", "'%s': %v"), at, err)
				break
			}
			if !o.has("p") {
				break
			}
		}
	}
	return status
}

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
