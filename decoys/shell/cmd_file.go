package shell

import (
	"fmt"
	"strconv"
	"strings"
)

func cmdMkdir(p *proc) int {
	set, names, bad := p.options("pv", "m")
	if bad != 0 {
		return p.usage(bad)
	}
	if len(names) == 0 {
		return p.missing("missing operand")
	}
	status := 0
	for _, name := range names {
		full := p.abs(name)
		if has(set, "p") {
			at := ""
			for part := range strings.SplitSeq(strings.Trim(full, "/"), "/") {
				at += "/" + part
				if err := p.FS.mkdir(&p.user, at, 0o755); err != nil && err != errExists { //nolint:errorlint // our own values
					status = p.errorf(1, "cannot create directory ‘%s’: %v", name, err)
					break
				}
			}
		} else if err := p.FS.mkdir(&p.user, full, 0o755); err != nil {
			status = p.errorf(1, "cannot create directory ‘%s’: %v", name, err)
		}
	}
	return status
}

// missing is what coreutils say without arguments.
func (p *proc) missing(what string) int {
	p.errorf(1, "%s", what)
	_, _ = fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.args[0])
	return 1
}

// cmdRm is rm and rmdir.
func cmdRm(p *proc) int {
	set, names, bad := p.options("rRfivd", "")
	if bad != 0 {
		return p.usage(bad)
	}
	if len(names) == 0 {
		if has(set, "f") {
			return 0
		}
		return p.missing("missing operand")
	}
	all := has(set, "r") || has(set, "R")
	status := 0
	for _, name := range names {
		full := p.abs(name)
		n, err := p.lookup(full, false)
		switch {
		case err != nil && has(set, "f"):
			continue
		case p.args[0] == "rmdir" && err == nil:
			if n.kind != directory {
				err = errNotDir
			} else {
				err = p.remove(full, false)
			}
			if err != nil {
				status = p.errorf(1, "failed to remove '%s': %v", name, err)
			}
			continue
		case full == "/" && all:
			status = 1
			_, _ = fmt.Fprint(p.Err, "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n")
			continue
		case err == nil && n.kind == directory && !all:
			err = errIsDir
		case err == nil:
			err = p.remove(full, all)
		}
		if err != nil {
			status = p.errorf(1, "cannot remove '%s': %v", name, err)
		}
	}
	return status
}

func cmdTouch(p *proc) int {
	_, names, bad := p.options("acm", "dtr")
	if bad != 0 {
		return p.usage(bad)
	}
	if len(names) == 0 {
		return p.missing("missing file operand")
	}
	status := 0
	for _, name := range names {
		full := p.abs(name)
		err := p.FS.change(&p.user, full, func(n *node) { n.modified = p.now() })
		if err == errNotFound { //nolint:errorlint // our own value
			err = p.write(full, "", true)
		}
		if err != nil {
			status = p.errorf(1, "cannot touch '%s': %v", name, err)
		}
	}
	return status
}

// cmdChmod is chmod and chown.
func cmdChmod(p *proc) int {
	var rest []string
	for _, a := range p.args[1:] {
		if a != "-R" && a != "-v" && a != "-f" && a != "--" {
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return p.missing("missing operand")
	}
	if len(rest) == 1 {
		return p.missing("missing operand after ‘" + rest[0] + "’")
	}
	status := 0
	for _, name := range rest[1:] {
		_, err := p.lookup(p.abs(name), true)
		if err != nil {
			status = p.errorf(1, "cannot access '%s': %v", name, err)
			continue
		}
		err = p.FS.change(&p.user, p.abs(name), func(n *node) {
			if p.args[0] == "chmod" {
				n.perm = newMode(n.perm, rest[0])
			} else if a, ok := p.FS.account(strings.FieldsFunc(rest[0]+":", func(r rune) bool { return r == ':' || r == '.' })[0]); ok && p.user.uid == 0 {
				n.uid, n.gid = a.uid, a.gid
			}
		})
		if err != nil {
			status = p.errorf(1, "changing permissions of '%s': %v", name, err)
		}
	}
	return status
}

// newMode applies a mode, octal or symbolic, to an old one.
func newMode(old uint16, how string) uint16 {
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
			who |= map[rune]uint16{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[c]
		}
		if who == 0 {
			who = 0o777
		}
		for _, c := range clause[i+1:] {
			bits |= map[rune]uint16{'r': 0o444, 'w': 0o222, 'x': 0o111, 'X': 0o111}[c]
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
