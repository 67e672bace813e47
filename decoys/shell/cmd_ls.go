package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

func cmdLs(p *proc) int {
	set, names, bad := p.options("laAhF1dtrRinSsgopqQUcuCxmZ", "I")
	if bad != 0 {
		p.usage(bad)
		return 2
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	status := 0
	var single []entry
	var dirs []string
	for _, name := range names {
		n, err := p.lookup(p.abs(name), !has(set, "d") && !has(set, "l"))
		switch {
		case err != nil:
			status = p.errorf(2, "cannot access '%s': %v", name, err)
		case n.kind == directory && !has(set, "d"):
			dirs = append(dirs, name)
		default:
			single = append(single, entry{name, n})
		}
	}
	p.listing(single, set, false)
	for i, name := range dirs {
		entries, err := p.FS.list(&p.user, p.abs(name))
		if err != nil {
			status = p.errorf(2, "cannot open directory '%s': %v", name, err)
			continue
		}
		if len(names) > 1 {
			if i > 0 || len(single) > 0 {
				p.print("\n")
			}
			p.print(name + ":\n")
		}
		if !has(set, "a") && !has(set, "A") {
			entries = slices.DeleteFunc(entries, func(e entry) bool { return strings.HasPrefix(e.name, ".") })
		}
		if has(set, "a") {
			self, _ := p.lookup(p.abs(name), true)
			parent, _ := p.lookup(path.Dir(p.abs(name)), true)
			entries = append([]entry{{".", self}, {"..", parent}}, entries...)
		}
		p.listing(entries, set, true)
	}
	return status
}

// listing shows entries, with their total size if they are a folder's. Names are sorted as the
// locale en_US does: without regard to case and leading dots.
func (p *proc) listing(entries []entry, set map[string]string, total bool) {
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(collate(a.name), collate(b.name)) })
	switch {
	case has(set, "t"):
		slices.SortStableFunc(entries, func(a, b entry) int { return b.modified.Compare(a.modified) })
	case has(set, "S"):
		slices.SortStableFunc(entries, func(a, b entry) int { return int(b.size - a.size) })
	}
	if has(set, "r") {
		slices.Reverse(entries)
	}
	if !has(set, "l") {
		p.columns(entries, set)
		return
	}
	blocks, widths := int64(0), [4]int{}
	rows := make([][4]string, len(entries))
	for i, e := range entries {
		if e.kind != symlink { // short ones take no block
			blocks += (e.size + 4095) / 4096 * 4
		}
		rows[i] = [4]string{strconv.Itoa(e.links), p.owner(e.uid), p.owner(e.gid), size(e.size, has(set, "h"))}
		for j := range rows[i] {
			widths[j] = max(widths[j], len(rows[i][j]))
		}
	}
	if total {
		p.printf("total %d\n", blocks)
	}
	for i, e := range entries {
		name := e.name
		if e.kind == symlink {
			name += " -> " + e.target
		}
		p.printf("%s %*s %-*s %-*s %*s %s %s\n", mode(e.node), widths[0], rows[i][0], widths[1], rows[i][1], widths[2], rows[i][2],
			widths[3], rows[i][3], lsTime(e.modified, p.now()), name)
	}
}

func collate(name string) string {
	return strings.ToLower(strings.TrimLeft(name, "._-")) + "\x00" + name
}

// columns shows names only: down the columns of a terminal, or one a line.
func (p *proc) columns(entries []entry, set map[string]string) {
	if !isTerminal(p.Out) || has(set, "1") {
		for _, e := range entries {
			p.print(e.name + "\n")
		}
		return
	}
	width := 0
	for _, e := range entries {
		width = max(width, len(e.name)+2)
	}
	if width == 0 {
		return
	}
	perRow := max(1, 80/width)
	rows := (len(entries) + perRow - 1) / perRow
	for r := range rows {
		var b strings.Builder
		for i := r; i < len(entries); i += rows {
			if i+rows < len(entries) {
				fmt.Fprintf(&b, "%-*s", width, entries[i].name)
			} else {
				b.WriteString(entries[i].name)
			}
		}
		p.print(b.String() + "\n")
	}
}

func (p *proc) owner(id int) string {
	for _, a := range p.FS.accounts() {
		if a.uid == id {
			return a.name
		}
	}
	if id == 42 {
		return "shadow"
	}
	return strconv.Itoa(id)
}

// size is in bytes, or for people in powers of 1024.
func size(n int64, human bool) string {
	if !human || n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	f := float64(n)
	for _, unit := range "KMGT" {
		if f /= 1024; f < 10 {
			return fmt.Sprintf("%.1f%c", f, unit)
		} else if f < 1024 {
			return fmt.Sprintf("%.0f%c", f, unit)
		}
	}
	return fmt.Sprintf("%.0fP", f/1024)
}

func mode(n node) string {
	b := []byte("----------")
	b[0] = byte(n.kind)
	for i, letter := range "rwxrwxrwx" {
		if n.perm&(0o400>>i) != 0 {
			b[i+1] = byte(letter) //nolint:gosec // ASCII
		}
	}
	if n.perm&0o1000 != 0 {
		b[9] = "Tt"[n.perm&1]
	}
	if n.perm&0o4000 != 0 {
		b[3] = 's'
	}
	return string(b)
}

// lsTime is the time of day for what changed in the last half year, else the year.
func lsTime(t, now time.Time) string {
	if age := now.Sub(t); age > 182*24*time.Hour || age < 0 {
		return t.Format("Jan _2  2006")
	}
	return t.Format("Jan _2 15:04")
}
