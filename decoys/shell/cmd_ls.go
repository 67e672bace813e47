package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// cmdLs is ls, dir and vdir.
func cmdLs(p *proc) int {
	o, bad, ok := p.opt("laAhF1dtrRinSsgopqQUcuCxmZfGNLHXvkbBDI:w:T:O all=a almost-all=A human-readable=h classify=F directory=d reverse=r recursive=R inode=i "+
		"numeric-uid-gid=n size=s color=O full-time=l time-style=w sort=w group-directories-first=D no-group=G dereference=L width=w hide=I", 2)
	if !ok {
		return bad
	}
	if p.args[0] == "vdir" {
		o.add('l', "")
	}
	if o.has("gon") {
		o.add('l', "")
	}
	if o.has("f") {
		o.add('a', "")
		o.add('U', "")
	}
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	status := 0
	var single []entry
	var dirs []string
	for _, name := range names {
		n, err := p.lookup(p.abs(name), !o.has("d") && !o.has("l") || o.has("LH"))
		if err == nil && n.kind == symlink && o.has("l") && strings.HasSuffix(name, "/") {
			n, err = p.lookup(p.abs(name), true)
		}
		switch {
		case err != nil:
			status = p.errorf(p.lsStatus(), p.either("cannot access '%s': %v", "%s: %v"), name, err)
		case n.kind == directory && !o.has("d"):
			dirs = append(dirs, name)
		default:
			single = append(single, entry{name, n})
		}
	}
	p.listing(single, o, false, "")
	for i, name := range dirs {
		if got := p.listDir(name, o, len(names) > 1 || o.has("R"), i > 0 || len(single) > 0); got != 0 {
			status = got
		}
	}
	return status
}

func (p *proc) lsStatus() int {
	if p.small() {
		return 1
	}
	return 2
}

func (p *proc) listDir(name string, o *opts, titled, later bool) int {
	entries, err := p.FS.list(&p.user, p.abs(name))
	if err != nil {
		return p.errorf(p.lsStatus(), p.either("cannot open directory '%s': %v", "can't open '%s': %v"), name, err)
	}
	if titled {
		if later {
			p.print("\n")
		}
		p.print(name + ":\n")
	}
	if !o.has("aA") {
		entries = slices.DeleteFunc(entries, func(e entry) bool { return strings.HasPrefix(e.name, ".") })
	}
	if o.has("a") {
		self, _ := p.lookup(p.abs(name), true)
		parent, _ := p.lookup(path.Dir(p.abs(name)), true)
		entries = append([]entry{{".", self}, {"..", parent}}, entries...)
	}
	p.listing(entries, o, true, p.abs(name))
	status := 0
	if o.has("R") {
		for _, e := range entries {
			if p.steps++; p.over(p.ctx) {
				return 1
			}
			if e.kind == directory && e.name != "." && e.name != ".." {
				status = max(status, p.listDir(strings.TrimSuffix(name, "/")+"/"+e.name, o, true, true))
			}
		}
	}
	return status
}

// listing shows entries, with their total size if they are a folder's. Names are
// sorted as the locale en_US does: without regard to case and leading dots.
func (p *proc) listing(entries []entry, o *opts, total bool, dir string) {
	if p.small() || p.vars["LANG"] == "C" || p.vars["LC_ALL"] == "C" || p.vars["LANG"] == "C.UTF-8" {
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	} else {
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(collate(a.name), collate(b.name)) })
	}
	switch {
	case o.has("t"):
		slices.SortStableFunc(entries, func(a, b entry) int { return b.modified.Compare(a.modified) })
	case o.has("S"):
		slices.SortStableFunc(entries, func(a, b entry) int { return int(b.size - a.size) })
	}
	if o.has("r") {
		slices.Reverse(entries)
	}
	color := o.has("O") && o.get('O') != "never" && (o.get('O') == "always" || isTerminal(p.Out)) || p.small() && isTerminal(p.Out)
	label := func(e entry) string {
		name := p.decorated(e, o, color)
		if o.has("i") {
			name = fmt.Sprintf("%d %s", p.System.inode(path.Join(dir, e.name)), name)
		}
		return name
	}
	if !o.has("l") {
		p.names(entries, o, label)
		return
	}
	used, widths := int64(0), [4]int{}
	rows := make([][4]string, len(entries))
	for i, e := range entries {
		used += blocks(e.node) / 2
		owner, group := p.owner(e.uid), p.FS.groupName(e.gid)
		if o.has("n") {
			owner, group = strconv.Itoa(e.uid), strconv.Itoa(e.gid)
		}
		length := size(e.size, o.has("h"))
		if e.kind == device || e.kind == block {
			length = fmt.Sprintf("%d, %3d", e.major, e.minor)
		}
		rows[i] = [4]string{strconv.Itoa(e.links), owner, group, length}
		for j := range rows[i] {
			widths[j] = max(widths[j], len(rows[i][j]))
		}
	}
	if total {
		sum := strconv.FormatInt(used, 10)
		if o.has("h") {
			sum = size(used<<10, true)
		}
		p.printf("total %s\n", sum)
	}
	for i, e := range entries {
		name := label(e)
		if e.kind == symlink {
			name += " -> " + e.target
		}
		who := fmt.Sprintf("%-*s %-*s", widths[1], rows[i][1], widths[2], rows[i][2])
		switch {
		case o.has("g"):
			who = fmt.Sprintf("%-*s", widths[2], rows[i][2])
		case o.has("oG"):
			who = fmt.Sprintf("%-*s", widths[1], rows[i][1])
		}
		p.printf("%s %*s %s %*s %s %s\n", mode(e.node), widths[0], rows[i][0], who, widths[3], rows[i][3], lsTime(e.modified, p.now()), name)
	}
}

// decorated is a name in the colour of its kind, as dircolors has it by default,
// and with what -F and -p add.
func (p *proc) decorated(e entry, o *opts, color bool) string {
	name, code := e.name, ""
	switch {
	case e.kind == directory && e.perm&0o1002 == 0o1002:
		code = "30;42"
	case e.kind == directory:
		code = "01;34"
	case e.kind == symlink:
		code = "01;36"
	case e.kind == device, e.kind == block:
		code = "40;33;01"
	case e.kind == fifo:
		code = "40;33"
	case e.perm&0o4000 != 0:
		code = "37;41"
	case e.perm&0o111 != 0:
		code = "01;32"
	case strings.HasSuffix(name, ".tar"), strings.HasSuffix(name, ".gz"), strings.HasSuffix(name, ".tgz"), strings.HasSuffix(name, ".zip"):
		code = "01;31"
	}
	if color && code != "" {
		name = "\x1b[0m\x1b[" + code + "m" + name + "\x1b[0m"
		if !p.small() {
			name = strings.TrimPrefix(name, "\x1b[0m")
		}
	}
	switch {
	case o.has("Fp") && e.kind == directory:
		name += "/"
	case o.has("F") && e.kind == symlink && !o.has("l"):
		name += "@"
	case o.has("F") && e.kind == regular && e.perm&0o111 != 0:
		name += "*"
	}
	return name
}

func collate(name string) string {
	return strings.ToLower(strings.TrimLeft(name, "._-")) + "\x00" + name
}
