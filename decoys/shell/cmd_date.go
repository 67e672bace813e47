package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func cmdDate(p *proc) int {
	o, bad, ok := p.opt("uRd:r:s:I:D: utc=u universal=u date=d set=s reference=r rfc-email=R iso-8601=I", 1)
	if !ok {
		return bad
	}
	when := p.now()
	switch {
	case o.has("r"):
		n, err := p.lookup(p.abs(o.get('r')), true)
		if err != nil {
			return p.errorf(1, "%s: %v", o.get('r'), err)
		}
		when = n.modified.UTC()
	case o.has("d"):
		if when, ok = parseDate(o.get('d'), when); !ok {
			return p.errorf(1, p.either("invalid date ‘%s’", "invalid date '%s'"), o.get('d'))
		}
	case o.has("s") && p.user.uid != 0:
		p.errorf(1, p.either("cannot set date: Operation not permitted", "can't set date: Operation not permitted"))
	}
	format := "%a %b %e %I:%M:%S %p %Z %Y"
	if p.small() || p.System.distro.family == "rhel" || p.vars["LANG"] == "C" || p.vars["LC_ALL"] == "C" {
		format = "%a %b %e %H:%M:%S %Z %Y"
	}
	if p.System.persona.OS.Slug == "ubuntu20" || p.System.persona.OS.Slug == "ubuntu22" {
		format = "%a %b %e %H:%M:%S %Z %Y"
	}
	switch {
	case len(o.rest) > 0 && strings.HasPrefix(o.rest[0], "+"):
		format = o.rest[0][1:]
	case len(o.rest) > 0:
		return p.errorf(1, "invalid date ‘%s’", o.rest[0])
	case o.has("R"):
		format = "%a, %d %b %Y %H:%M:%S %z"
	case o.has("I"):
		format = "%Y-%m-%d"
	}
	p.print(strftime(format, when) + "\n")
	return 0
}

// strftime is strftime(3).
func strftime(format string, t time.Time) string {
	layouts := map[byte]string{
		'Y': "2006", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'M': "04", 'S': "05", 'y': "06", 'F': "2006-01-02", 'T': "15:04:05",
		'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'Z': "MST", 'z': "-0700", 'p': "PM", 'R': "15:04", 'D': "01/02/06", 'l': "3", 'k': "15",
		'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/2006", 'X': "15:04:05", 'r': "03:04:05 PM",
	}
	var b strings.Builder
	for i := 0; i < len(format) && b.Len() < maxValue; i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if strings.IndexByte("-_0:", format[i]) >= 0 && i+1 < len(format) {
			i++
		}
		switch c := format[i]; c {
		case 's':
			b.WriteString(strconv.FormatInt(t.Unix(), 10))
		case 'N':
			fmt.Fprintf(&b, "%09d", t.Nanosecond())
		case 'j':
			fmt.Fprintf(&b, "%03d", t.YearDay())
		case 'u':
			b.WriteString(strconv.Itoa((int(t.Weekday())+6)%7 + 1))
		case 'w':
			b.WriteString(strconv.Itoa(int(t.Weekday())))
		case 'V', 'U', 'W':
			_, week := t.ISOWeek()
			fmt.Fprintf(&b, "%02d", week)
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '%':
			b.WriteByte('%')
		default:
			if layout, ok := layouts[c]; ok {
				b.WriteString(t.Format(layout))
			} else {
				b.WriteString("%" + string(rune(c)))
			}
		}
	}
	return b.String()
}

// parseDate knows the dates that scripts write.
func parseDate(s string, now time.Time) (time.Time, bool) {
	s = strings.TrimSpace(s)
	switch s {
	case "now", "today", "":
		return now, true
	case "yesterday":
		return now.AddDate(0, 0, -1), true
	case "tomorrow":
		return now.AddDate(0, 0, 1), true
	}
	if rest, ok := strings.CutPrefix(s, "@"); ok {
		n, err := strconv.ParseInt(rest, 10, 40)
		return time.Unix(n, 0).UTC(), err == nil
	}
	if m := relative.FindStringSubmatch(s); m != nil {
		n := number(strings.TrimPrefix(m[1], "+"))
		if m[3] != "" {
			n = -n
		}
		switch m[2][:2] {
		case "mo":
			return now.AddDate(0, n, 0), true
		case "ye":
			return now.AddDate(n, 0, 0), true
		}
		unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[m[2][0]]
		return now.Add(time.Duration(n) * unit), true
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "20060102", "15:04:05", "15:04", time.RFC3339, "Jan _2 2006", "_2 Jan 2006", "Mon Jan _2 15:04:05 MST 2006",
		"2006/01/02", "01/02/2006", "2 January 2006", "Jan 2 15:04:05 2006", "2006-01-02T15:04:05", "2006-01-02 15:04:05 MST",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() == 0 {
				t = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
			}
			return t.UTC(), true
		}
	}
	return now, false
}

// interval is a time as sleep and timeout take it.
func interval(s string) (time.Duration, bool) {
	unit := time.Second
	if n := len(s); n > 0 {
		if u, ok := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[n-1]]; ok {
			s, unit = s[:n-1], u
		}
	}
	if s == "infinity" || s == "inf" {
		return maxSleep, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || f != f {
		return 0, false
	}
	return time.Duration(min(f*float64(unit), float64(48*time.Hour))), true
}

func cmdCal(p *proc) int {
	now := p.now()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	title := first.Format("January 2006")
	p.printf("%s%s\nSu Mo Tu We Th Fr Sa\n%s", strings.Repeat(" ", (20-len(title))/2), title, strings.Repeat("   ", int(first.Weekday())))
	for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
		end := " "
		if d.Weekday() == time.Saturday || d.AddDate(0, 0, 1).Month() != first.Month() {
			end = "\n"
		}
		p.printf("%2d%s", d.Day(), end)
	}
	return 0
}
