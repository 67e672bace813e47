package shell

import (
	"path"
)

// cmdCopy is cp, mv and ln.
func cmdCopy(p *proc) int {
	set, names, bad := p.options("rRfpavisndTu", "t")
	if bad != 0 {
		return p.usage(bad)
	}
	if len(names) == 0 {
		return p.missing("missing file operand")
	}
	if len(names) == 1 {
		return p.missing("missing destination file operand after '" + names[0] + "'")
	}
	to := names[len(names)-1]
	dir, err := p.lookup(p.abs(to), true)
	intoDir := err == nil && dir.kind == directory
	if len(names) > 2 && !intoDir {
		return p.errorf(1, "target '%s': %v", to, map[bool]error{true: errNotDir, false: errNotFound}[err == nil])
	}
	status := 0
	for _, name := range names[:len(names)-1] {
		target := p.abs(to)
		if intoDir {
			target = path.Join(target, path.Base(p.abs(name)))
		}
		if p.copyOne(name, to, target, set) != 0 {
			status = 1
		}
	}
	return status
}

func (p *proc) copyOne(name, to, target string, set map[string]string) int {
	n, err := p.lookup(p.abs(name), true)
	if err != nil && p.args[0] != "ln" {
		return p.errorf(1, "cannot stat '%s': %v", name, err)
	}
	switch {
	case p.args[0] == "mv":
		err = p.rename(p.abs(name), target)
		if err != nil {
			return p.errorf(1, "cannot move '%s' to '%s': %v", name, to, err)
		}
		return 0
	case n.kind == directory && p.args[0] == "cp":
		if !has(set, "r") && !has(set, "R") && !has(set, "a") {
			return p.errorf(1, "-r not specified; omitting directory '%s'", name)
		}
		if err = p.FS.mkdir(&p.user, target, 0o755); err == nil {
			return 0
		}
	default:
		data, readErr := p.FS.read(&p.user, p.abs(name))
		if readErr != nil {
			return p.errorf(1, "cannot open '%s' for reading: %v", name, readErr)
		}
		if err = p.write(target, data, false); err == nil {
			_ = p.FS.change(&p.user, target, func(c *node) { c.perm, c.size = n.perm&0o777, n.size })
			return 0
		}
	}
	return p.errorf(1, "cannot create regular file '%s': %v", to, err)
}

func cmdTee(p *proc) int {
	set, names, _ := p.options("ai", "")
	data := input(p.In)
	p.print(data)
	status := 0
	for _, name := range names {
		if err := p.write(p.abs(name), data, has(set, "a")); err != nil {
			status = p.errorf(1, "%s: %v", name, err)
		}
	}
	return status
}

func cmdStat(p *proc) int {
	_, names, _ := p.options("Lft", "c")
	status := 0
	for _, name := range names {
		n, err := p.lookup(p.abs(name), false)
		if err != nil {
			status = p.errorf(1, "cannot statx '%s': %v", name, err)
			continue
		}
		kinds := map[kind]string{regular: "regular file", directory: "directory", symlink: "symbolic link", device: "character special file"}
		stamp := n.modified.Format("2006-01-02 15:04:05.000000000 -0700")
		p.printf("  File: %s\n  Size: %-10d\tBlocks: %-10d IO Block: 4096   %s\nDevice: 8,1\tInode: %-11d Links: 1\n"+
			"Access: (%04o/%s)  Uid: (%5d/%8s)   Gid: (%5d/%8s)\nAccess: %s\nModify: %s\nChange: %s\n Birth: %s\n",
			name, n.size, (n.size+511)/512, kinds[n.kind], 131072+sum(p.abs(name)), n.perm, mode(n), n.uid, p.owner(n.uid), n.gid,
			p.owner(n.gid), stamp, stamp, stamp, stamp)
	}
	return status
}
