package shell

import (
	"path"
	"strconv"
	"strings"
)

func cmdStat(p *proc) int {
	o, bad, ok := p.opt("Lftc: dereference=L format=c printf=c file-system=f terse=t", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	status := 0
	for _, name := range o.rest {
		n, err := p.lookup(p.abs(name), o.has("L"))
		if err != nil {
			status = p.errorf(1, p.either("cannot statx '%s': %v", "can't stat '%s': %v"), name, err)
			continue
		}
		if o.has("c") {
			p.print(p.statFormat(o.get('c'), name, n) + "\n")
			continue
		}
		if o.has("f") {
			h := &p.System.hardware
			p.printf("  File: \"%s\"\n    ID: %x Namelen: 255     Type: ext2/ext3\nBlock size: 4096       Fundamental block size: 4096\n"+
				"Blocks: Total: %-10d Free: %-10d Available: %d\nInodes: Total: %-10d Free: %d\n", name, p.System.own("file system", 1<<32), h.diskKB/4, (h.diskKB-h.usedKB)/4,
				(h.diskKB-h.usedKB-h.diskKB/20)/4, h.diskKB/16, h.diskKB/17)
			continue
		}
		stamp := n.modified.Format("2006-01-02 15:04:05.000000000 -0700")
		link := "'" + name + "'"
		if !p.small() {
			link = name
		}
		if n.kind == symlink {
			link = name + " -> " + n.target
		}
		p.printf("  File: %s\n  Size: %-10d\tBlocks: %-10d IO Block: 4096   %s\nDevice: 8,1\tInode: %-11d Links: %d\n"+
			"Access: (%04o/%s)  Uid: (%5d/%8s)   Gid: (%5d/%8s)\nAccess: %s\nModify: %s\nChange: %s\n",
			strings.Trim(link, "'"), n.size, blocks(n), kindName(n), p.System.inode(p.abs(name)), n.links, n.perm, mode(n), n.uid, p.owner(n.uid), n.gid,
			p.FS.groupName(n.gid), stamp, stamp, stamp)
		if !p.small() {
			p.printf(" Birth: %s\n", stamp)
		}
	}
	return status
}

func blocks(n node) int64 {
	if n.kind == symlink || n.fixed {
		return 0
	}
	return (n.size + 4095) / 4096 * 8
}

func kindName(n node) string {
	if n.kind == regular && n.size == 0 {
		return "regular empty file"
	}
	return map[kind]string{
		regular: "regular file", directory: "directory", symlink: "symbolic link", device: "character special file", block: "block special file",
		fifo: "fifo", socket: "socket",
	}[n.kind]
}

func (p *proc) statFormat(format, name string, n node) string {
	link := "'" + name + "'"
	if n.kind == symlink {
		link += " -> '" + n.target + "'"
	}
	return strings.NewReplacer("%a", strconv.FormatUint(uint64(n.perm), 8), "%A", mode(n), "%n", name, "%s", strconv.FormatInt(n.size, 10),
		"%U", p.owner(n.uid), "%u", strconv.Itoa(n.uid), "%G", p.FS.groupName(n.gid), "%g", strconv.Itoa(n.gid), "%F", kindName(n),
		"%i", strconv.Itoa(p.System.inode(p.abs(name))), "%h", strconv.Itoa(n.links), "%Y", strconv.FormatInt(n.modified.Unix(), 10), "%X", strconv.FormatInt(n.modified.Unix(), 10),
		"%Z", strconv.FormatInt(n.modified.Unix(), 10), "%y", n.modified.Format("2006-01-02 15:04:05.000000000 -0700"),
		"%x", n.modified.Format("2006-01-02 15:04:05.000000000 -0700"), "%N", link, "%b", strconv.FormatInt(blocks(n), 10), "%B", "512", "%o", "4096",
		"%m", "/", "%T", "ext2/ext3", "%%", "%").Replace(format)
}

func cmdReadlink(p *proc) int {
	o, bad, ok := p.opt("fenmqsvz canonicalize=f no-newline=n canonicalize-existing=e canonicalize-missing=m", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	status := 0
	for _, name := range o.rest {
		text := ""
		if o.has("fem") || p.args[0] == "realpath" {
			at, err := p.FS.real(&p.user, p.abs(name))
			missing := err == errNotFound //nolint:errorlint // our own value
			if err != nil && (!missing || o.has("e") || at == "/") && !o.has("m") {
				if p.args[0] == "realpath" {
					p.errorf(1, "%s: %v", name, err)
				}
				status = 1
				continue
			}
			text = at
			if o.has("m") && err != nil {
				text = p.abs(name)
			}
		} else {
			n, err := p.lookup(p.abs(name), false)
			if err != nil || n.kind != symlink {
				status = 1
				continue
			}
			text = n.target
		}
		if !o.has("n") {
			text += "\n"
		}
		p.print(text)
	}
	return status
}

// cmdPath is basename and dirname.
func cmdPath(p *proc) int {
	o, bad, ok := p.opt("as:z multiple=a suffix=s", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	if p.args[0] == "dirname" {
		for _, name := range o.rest {
			trimmed := strings.TrimRight(name, "/")
			p.print(path.Dir(trimmed+map[bool]string{true: "/", false: ""}[trimmed == ""]) + "\n")
		}
		return 0
	}
	names, suffix := o.rest[:1], o.get('s')
	switch {
	case o.has("as"):
		names = o.rest
	case len(o.rest) == 2:
		suffix = o.rest[1]
	case len(o.rest) > 2:
		p.errorf(1, "extra operand ‘%s’", o.rest[2])
		return p.try(1)
	}
	for _, name := range names {
		base := path.Base(name)
		if base != suffix {
			base = strings.TrimSuffix(base, suffix)
		}
		p.print(base + "\n")
	}
	return 0
}

func cmdMktemp(p *proc) int {
	o, bad, ok := p.opt("dqutp: directory=d quiet=q dry-run=u tmpdir=p suffix=p", 1)
	if !ok {
		return bad
	}
	name := p.either("/tmp/tmp.XXXXXXXXXX", "/tmp/tmp.XXXXXX")
	if len(o.rest) > 0 {
		name = o.rest[0]
		if !strings.HasSuffix(name, "XXX") {
			return p.errorf(1, "too few X's in template ‘%s’", name)
		}
		if o.has("pt") {
			name = "/tmp/" + name
		}
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	random := randomBytes(nil)
	stem := strings.TrimRight(name, "X")
	text := []byte(stem)
	for i := range min(len(name)-len(stem), 40) {
		text = append(text, letters[int(random[i])%len(letters)])
	}
	name = string(text)
	var err error
	switch {
	case o.has("u"):
	case o.has("d"):
		err = p.FS.mkdir(&p.user, p.abs(name), 0o700)
	default:
		err = p.FS.create(&p.user, p.abs(name), "", false, 0o600)
	}
	if err != nil {
		return p.errorf(1, "failed to create file via template ‘%s’: %v", name, err)
	}
	p.print(name + "\n")
	return 0
}
