package shell

import (
	"path"
	"strings"
)

// cmdCopy is cp, mv, ln and install.
func cmdCopy(p *proc) int {
	spec := map[string]string{
		"cp":      "rRfpavinsldTuLHPxt:b recursive=r force=f preserve=p archive=a verbose=v interactive=i no-clobber=n target-directory=t symbolic-link=s link=l update=u parents=x no-target-directory=T",
		"mv":      "finvuTt:b force=f interactive=i no-clobber=n verbose=v update=u target-directory=t no-target-directory=T",
		"ln":      "sfnvbiTrt:LP symbolic=s force=f no-dereference=n verbose=v no-target-directory=T target-directory=t relative=r",
		"install": "cdDm:o:g:pst:vT mode=m owner=o group=g directory=d preserve-timestamps=p verbose=v target-directory=t",
	}
	if p.args[0] == "link" {
		p.args = append([]string{"ln"}, p.args[1:]...)
	}
	o, bad, ok := p.opt(spec[p.args[0]], 1)
	if !ok {
		return bad
	}
	names := o.rest
	if p.args[0] == "install" && o.has("d") {
		p.args = append([]string{"mkdir", "-p"}, names...)
		return cmdMkdir(p)
	}
	if o.has("t") {
		names = append(names, o.get('t'))
	}
	switch {
	case len(names) == 0:
		return p.missing("missing file operand")
	case len(names) == 1 && p.args[0] == "ln":
		names = append(names, ".")
	case len(names) == 1:
		return p.missing("missing destination file operand after '" + names[0] + "'")
	}
	to := names[len(names)-1]
	dir, err := p.lookup(p.abs(to), !o.has("n") || p.args[0] != "ln")
	intoDir := err == nil && dir.kind == directory && !o.has("T")
	if len(names) > 2 && !intoDir {
		return p.errorf(1, "target '%s': %v", to, map[bool]error{true: errNotDir, false: errNotFound}[err == nil])
	}
	status := 0
	for _, name := range names[:len(names)-1] {
		target, shown := p.abs(to), to
		if intoDir {
			target = path.Join(target, path.Base(p.abs(name)))
			shown = strings.TrimSuffix(to, "/") + "/" + path.Base(p.abs(name))
		}
		if p.copyOne(o, name, shown, target) != 0 {
			status = 1
		}
	}
	return status
}

func (p *proc) copyOne(o *opts, name, shown, target string) int {
	if p.args[0] == "ln" {
		return p.linkOne(o, name, shown, target)
	}
	full := p.abs(name)
	n, err := p.lookup(full, p.args[0] != "mv" && !o.has("adP"))
	if err != nil {
		return p.errorf(1, p.either("cannot stat '%s': %v", map[bool]string{true: "can't rename '%s': %v", false: "can't stat '%s': %v"}[p.args[0] == "mv"]), name, err)
	}
	old, oldErr := p.lookup(target, true)
	switch {
	case full == target || oldErr == nil && p.same(full, target):
		return p.errorf(1, p.either("'%s' and '%s' are the same file", "'%s' and '%s' are the same file"), name, shown)
	case oldErr == nil && o.has("n"):
		return 0
	case oldErr == nil && o.has("i") && !o.has("f") && p.tty != "":
		p.say("%s: overwrite '%s'? ", p.args[0], shown)
		if answer, _ := readByteLine(p.In); !strings.HasPrefix(strings.ToLower(answer), "y") {
			return 0
		}
	case p.args[0] == "mv" && oldErr == nil && old.kind == directory && n.kind != directory:
		return p.errorf(1, "cannot overwrite directory '%s' with non-directory", shown)
	}
	if p.args[0] == "mv" {
		if err := p.rename(full, target); err != nil {
			if err == errInvalid { //nolint:errorlint // our own value
				return p.errorf(1, "cannot move '%s' to a subdirectory of itself, '%s'", name, shown)
			}
			return p.errorf(1, p.either("cannot move '%s' to '%s': %v", "can't rename '%s': %.0s%v"), name, shown, err)
		}
		if o.has("v") {
			p.printf("renamed '%s' -> '%s'\n", name, shown)
		}
		return 0
	}
	if n.kind == directory {
		if !o.has("rRa") {
			return p.errorf(1, p.either("-r not specified; omitting directory '%s'", "omitting directory '%s'"), name)
		}
		return p.copyTree(o, name, shown, target, n)
	}
	if o.has("ls") && p.args[0] == "cp" {
		return p.linkOne(o, name, shown, target)
	}
	return p.copyFile(o, name, shown, target, n)
}

func (p *proc) same(a, b string) bool {
	x, err := p.FS.real(&p.user, a)
	y, err2 := p.FS.real(&p.user, b)
	return err == nil && err2 == nil && x == y
}

func (p *proc) copyFile(o *opts, name, shown, target string, n node) int {
	if n.kind == symlink {
		_ = p.remove(target, false)
		if err := p.FS.make(&p.user, target, &node{kind: symlink, perm: 0o777, target: n.target}); err != nil {
			return p.errorf(1, "cannot create symbolic link '%s': %v", shown, err)
		}
		return 0
	}
	data, err := p.FS.read(&p.user, p.abs(name))
	if err != nil {
		return p.errorf(1, p.either("cannot open '%s' for reading: %v", "can't open '%s': %v"), name, err)
	}
	switch err = p.write(target, data, false); {
	case err == errNoSpace: //nolint:errorlint // our own value
		return p.errorf(1, "error writing '%s': %v", shown, err)
	case err != nil:
		return p.errorf(1, p.either("cannot create regular file '%s': %v", "can't create '%s': %v"), shown, err)
	}
	perm := n.perm & 0o777 &^ p.umask
	if p.args[0] == "install" {
		perm = 0o755
		if o.has("m") {
			perm = newMode(0, o.get('m'), false)
		}
	}
	_ = p.FS.change(&p.user, target, func(c *node) { // it was just written
		c.perm = perm
		if o.has("pa") {
			c.perm, c.modified = n.perm, n.modified
			if p.user.uid == 0 {
				c.uid, c.gid = n.uid, n.gid
			}
		}
	})
	if o.has("v") {
		p.printf("'%s' -> '%s'\n", name, shown)
	}
	return 0
}

func (p *proc) copyTree(o *opts, name, shown, target string, n node) int {
	full := p.abs(name)
	if strings.HasPrefix(target+"/", full+"/") {
		return p.errorf(1, "cannot copy a directory, '%s', into itself, '%s'", name, shown)
	}
	if err := p.FS.mkdir(&p.user, target, n.perm); err != nil && err != errExists { //nolint:errorlint // our own value
		return p.errorf(1, "cannot create directory '%s': %v", shown, err)
	}
	entries, err := p.FS.list(&p.user, full)
	if err != nil {
		return p.errorf(1, "cannot access '%s': %v", name, err)
	}
	status := 0
	for _, e := range entries {
		if p.steps++; p.over(p.ctx) {
			return 1
		}
		from, to, at := name+"/"+e.name, shown+"/"+e.name, path.Join(target, e.name)
		if e.kind == directory {
			status = max(status, p.copyTree(o, from, to, at, e.node))
		} else {
			status = max(status, p.copyFile(o, from, to, at, e.node))
		}
	}
	return status
}

func (p *proc) linkOne(o *opts, name, shown, target string) int {
	if o.has("f") {
		_ = p.remove(target, false) // whether it is there or not
	}
	if o.has("s") {
		if err := p.FS.make(&p.user, target, &node{kind: symlink, perm: 0o777, target: name}); err != nil {
			return p.errorf(1, p.either("failed to create symbolic link '%s': %v", "%s: %v"), shown, err)
		}
		return 0
	}
	n, err := p.lookup(p.abs(name), true)
	switch {
	case err != nil:
		return p.errorf(1, p.either("failed to access '%s': %v", "%s: %v"), name, err)
	case n.kind == directory:
		return p.errorf(1, "%s: hard link not allowed for directory", name)
	}
	if err := p.FS.link(&p.user, p.abs(name), target); err != nil {
		return p.errorf(1, p.either("failed to create hard link '%[1]s': %[3]v", "%s: %.0s%v"), shown, name, err)
	}
	return 0
}
