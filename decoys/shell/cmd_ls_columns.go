package shell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// names shows names only: down the columns of a terminal, or one a line.
func (p *proc) names(entries []entry, o *opts, label func(entry) string) {
	if o.has("m") && len(entries) > 0 {
		names := make([]string, len(entries))
		for i, e := range entries {
			names[i] = label(e)
		}
		p.print(strings.Join(names, ", ") + "\n")
		return
	}
	if !isTerminal(p.Out) && !o.has("C") || o.has("1") {
		for _, e := range entries {
			p.print(label(e) + "\n")
		}
		return
	}
	names, widths := make([]string, len(entries)), make([]int, len(entries))
	for i, e := range entries {
		names[i] = label(e)
		widths[i] = len([]rune(escapes.ReplaceAllString(names[i], "")))
	}
	if len(names) == 0 {
		return
	}
	for _, line := range inColumns(names, widths, p.width()) {
		p.print(line + "\n")
	}
}

// inColumns is names in columns, top down, as lines for a terminal of the given width; widths are how
// wide each is shown.
func inColumns(names []string, widths []int, width int) (lines []string) {
	rows, columns := layout(widths, width)
	for r := range rows {
		var b strings.Builder
		for c, i := 0, r; i < len(names); c, i = c+1, i+rows {
			b.WriteString(names[i])
			if i+rows < len(names) {
				b.WriteString(strings.Repeat(" ", columns[c]-widths[i]))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// layout finds the fewest rows in which names of the given widths fit, and the
// widths of the columns.
func layout(widths []int, room int) (rows int, columns []int) {
	for rows = 1; rows < len(widths); rows++ {
		columns = columns[:0]
		total := 0
		for i := 0; i < len(widths); i += rows {
			w := 0
			for _, x := range widths[i:min(len(widths), i+rows)] {
				w = max(w, x)
			}
			columns = append(columns, w+2)
			total += w + 2
		}
		if total-2 < room {
			return rows, columns
		}
	}
	return len(widths), []int{0}
}

func (p *proc) owner(id int) string { return p.FS.userName(id) }

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
		b[3] = "Ss"[n.perm>>6&1]
	}
	if n.perm&0o2000 != 0 {
		b[6] = "Ss"[n.perm>>3&1]
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
