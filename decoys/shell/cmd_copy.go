package shell

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
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
				"Blocks: Total: %-10d Free: %-10d Available: %d\nInodes: Total: %-10d Free: %d\n", name, sum(h.disk), h.diskKB/4, (h.diskKB-h.usedKB)/4,
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
			strings.Trim(link, "'"), n.size, blocks(n), kindName(n), inode(p.abs(name)), n.links, n.perm, mode(n), n.uid, p.owner(n.uid), n.gid,
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

func inode(p string) int { return 131072 + sum(p)*7 + len(p) }

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
		"%i", strconv.Itoa(inode(p.abs(name))), "%h", strconv.Itoa(n.links), "%Y", strconv.FormatInt(n.modified.Unix(), 10), "%X", strconv.FormatInt(n.modified.Unix(), 10),
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

func cmdTruncate(p *proc) int {
	o, bad, ok := p.opt("cs:r:o size=s no-create=c reference=r", 1)
	if !ok {
		return bad
	}
	if !o.has("sr") {
		return p.missing("you must specify either ‘--size’ or ‘--reference’")
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		if _, err := p.lookup(full, true); err != nil && !o.has("c") {
			_ = p.write(full, "", true) // truncate says why not
		}
		if err := p.FS.truncate(&p.user, full, ddSize(strings.TrimLeft(o.get('s'), "+-<>"))); err != nil {
			status = p.errorf(1, "cannot open '%s' for writing: %v", name, err)
		}
	}
	return status
}

// ddSize is a size as dd and truncate take it, such as 4k.
func ddSize(s string) int64 {
	i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if i < 0 {
		i = len(s)
	}
	n, err := strconv.ParseInt(s[:i], 10, 40)
	if err != nil {
		return 0
	}
	switch strings.ToUpper(s[i:]) {
	case "K", "KB", "KIB":
		n <<= 10
	case "M", "MB", "MIB":
		n <<= 20
	case "G", "GB", "GIB":
		n <<= 30
	case "B":
		n *= 512
	case "W":
		n *= 2
	}
	return min(n, 1<<40)
}

func cmdDd(p *proc) int {
	set := map[string]string{"bs": "512", "if": "-"}
	for _, a := range p.args[1:] {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			if p.small() {
				return p.help(1)
			}
			p.errorf(1, "unrecognized operand ‘%s’", a)
			return p.try(1)
		}
		set[name] = value
	}
	begin := time.Now()
	bs := max(1, ddSize(set["bs"]))
	data, err := "", error(nil)
	if set["if"] == "-" {
		data = input(p.In)
	} else if data, err = p.FS.read(&p.user, p.abs(set["if"])); err != nil {
		return p.errorf(1, p.either("failed to open '%s': %v", "can't open '%s': %v"), set["if"], err)
	}
	if skip, ok := set["skip"]; ok {
		data = data[min(int64(len(data)), ddSize(skip)*bs):]
	}
	limit := int64(maxFSBytes)
	if count, ok := set["count"]; ok {
		limit = ddSize(count) * bs
	}
	if endless := strings.HasPrefix(set["if"], "/dev/"); endless && data != "" && int64(len(data)) < limit {
		data = strings.Repeat(data, int(min(limit, maxFSBytes)/int64(len(data)))+1)
	}
	full := int64(len(data))
	data = data[:min(full, limit)]
	if out, ok := set["of"]; ok {
		old := ""
		if at := ddSize(set["seek"]) * bs; at > 0 || strings.Contains(set["conv"], "notrunc") {
			old, _ = p.FS.read(root, p.abs(out))
			if at = min(at, maxFSBytes); int64(len(old)) < at {
				old += strings.Repeat("\x00", int(at)-len(old))
			}
			rest := ""
			if strings.Contains(set["conv"], "notrunc") && len(old) > int(at)+len(data) {
				rest = old[int(at)+len(data):]
			}
			data = old[:at] + data + rest
			old = old[:at] + rest
		}
		if err := p.write(p.abs(out), data, false); err != nil {
			if err == errNoSpace { //nolint:errorlint // our own value
				return p.errorf(1, "error writing '%s': %v", out, err)
			}
			return p.errorf(1, p.either("failed to open '%s': %v", "can't open '%s': %v"), out, err)
		}
		data = data[:len(data)-len(old)]
	} else {
		p.print(data)
	}
	if set["status"] == "none" {
		return 0
	}
	n := int64(len(data))
	part := 0
	if n%bs != 0 {
		part = 1
	}
	took := time.Since(begin).Seconds() + 0.0001
	p.say("%d+%d records in\n%[1]d+%[2]d records out\n", n/bs, part)
	if set["status"] == "noxfer" {
		return 0
	}
	plural := "s"
	if n == 1 {
		plural = ""
	}
	human := ""
	if n >= 1000 && !p.small() {
		human = fmt.Sprintf(" (%s, %s)", decimal(n), strings.TrimSuffix(size(n, true), ".0")+"iB")
	}
	if p.small() {
		p.say("%d bytes (%sB) copied, %.6f seconds, %sB/s\n", n, size(n, true), took, size(int64(float64(n)/took), true))
	} else {
		p.say("%d byte%s%s copied, %.6g s, %s/s\n", n, plural, human, took, decimal(int64(float64(n)/took)))
	}
	return 0
}

// decimal is a size in powers of 1000, as dd says it.
func decimal(n int64) string {
	f, unit := float64(n), "B"
	for _, u := range []string{"kB", "MB", "GB"} {
		if f < 1000 {
			break
		}
		f, unit = f/1000, u
	}
	if f < 10 && unit != "B" {
		return fmt.Sprintf("%.1f %s", f, unit)
	}
	return fmt.Sprintf("%.0f %s", f, unit)
}

func cmdShred(p *proc) int {
	o, bad, ok := p.opt("fn:uvzs:x remove=u force=f verbose=v zero=z iterations=n size=s", 1)
	if !ok {
		return bad
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		n, err := p.lookup(full, true)
		if err == nil {
			p.settle(full)
			err = p.FS.write(&p.user, full, randomBytes(nil)[:min(n.size, 1<<16)], false)
		}
		if err == nil && o.has("u") {
			err = p.remove(full, false)
		}
		if err != nil {
			status = p.errorf(1, "%s: failed to open for writing: %v", name, err)
		}
	}
	return status
}

// cmdMknod is mkfifo and mknod.
func cmdMknod(p *proc) int {
	o, bad, ok := p.opt("m:Z mode=m", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	names := o.rest
	n := node{kind: fifo, perm: 0o644}
	if p.args[0] == "mknod" {
		names = o.rest[:1]
		if len(o.rest) > 1 && (o.rest[1] == "c" || o.rest[1] == "b") {
			n.kind = kind(o.rest[1][0])
		}
		if n.kind != fifo && p.user.uid != 0 {
			return p.errorf(1, "%s: %v", names[0], errNotAllowed)
		}
	}
	status := 0
	for _, name := range names {
		c := n
		if err := p.FS.make(&p.user, p.abs(name), &c); err != nil {
			status = p.errorf(1, p.either("cannot create fifo '%s': %v", "%s: %v"), name, err)
		}
	}
	return status
}
