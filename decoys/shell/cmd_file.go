package shell

import (
	"path"
	"strings"
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
