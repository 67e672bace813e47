package shell

import (
	"fmt"
	"strings"
	"time"
)

// upText is the first line of uptime and w.
func (p *proc) upText() string {
	now := p.now()
	up := p.System.uptime(now)
	days, hours, minutes := int(up.Hours())/24, int(up.Hours())%24, int(up.Minutes())%60
	long := fmt.Sprintf("%2d:%02d", hours, minutes)
	if hours == 0 {
		long = fmt.Sprintf("%d min", minutes)
	}
	switch days {
	case 0:
	case 1:
		long = "1 day, " + long
	default:
		long = fmt.Sprintf("%d days, %s", days, long)
	}
	users := 0
	for _, l := range p.FS.sessions() {
		if l.tty != "" {
			users++
		}
	}
	plural := "s"
	if users == 1 {
		plural = ""
	}
	return fmt.Sprintf(" %s up %s, %2d user%s,  load average: %s\n", now.Format("15:04:05"), long, users, plural,
		strings.ReplaceAll(p.System.hardware.load(now), " ", ", "))
}

func cmdUptime(p *proc) int {
	o, bad, ok := p.opt("psV since=s pretty=p", 1)
	if !ok {
		return bad
	}
	switch {
	case o.has("s"):
		p.print(p.System.persona.Boot.Format("2006-01-02 15:04:05") + "\n")
	case o.has("p"):
		up := p.System.uptime(p.now())
		var parts []string
		for _, part := range []struct {
			n    int
			unit string
		}{{int(up.Hours()) / 168, "week"}, {int(up.Hours()) / 24 % 7, "day"}, {int(up.Hours()) % 24, "hour"}, {int(up.Minutes()) % 60, "minute"}} {
			if part.n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s%s", part.n, part.unit, map[bool]string{true: "s"}[part.n > 1]))
			}
		}
		p.print("up " + strings.Join(parts, ", ") + "\n")
	default:
		text := p.upText()
		p.print(text)
	}
	return 0
}

func cmdW(p *proc) int {
	p.print(p.upText())
	p.print("USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n")
	for _, l := range p.FS.sessions() {
		if l.tty == "" {
			continue
		}
		what := l.name
		if l.shell == p.Shell {
			what = "w"
		}
		p.printf("%-8.8s %-8s %-16.16s %s    0.00s  0.02s  0.00s %s\n", l.user, l.tty, l.source, l.at.UTC().Format("15:04"), what)
	}
	return 0
}

// cmdWho is who and users.
func cmdWho(p *proc) int {
	for _, a := range p.args[1:] {
		if a == "-b" {
			p.printf("         system boot  %s\n", p.System.persona.Boot.Format("2006-01-02 15:04"))
			return 0
		}
		if a == "-r" {
			p.printf("         run-level 5  %s\n", p.System.persona.Boot.Format("2006-01-02 15:04"))
			return 0
		}
	}
	var names []string
	if p.small() && p.args[0] == "who" {
		p.print("USER\t\tTTY\t\tIDLE\tTIME\t\t HOST\n")
	}
	for _, l := range p.FS.sessions() {
		if l.tty == "" || len(p.args) > 1 && l.shell != p.Shell {
			continue
		}
		if p.args[0] == "users" {
			names = append(names, l.user)
			continue
		}
		if p.small() {
			p.printf("%-15s %-15s 00:00\t%s  %s\n", l.user, l.tty, l.at.UTC().Format("Jan _2 15:04:05"), l.source)
			continue
		}
		p.printf("%-8s %-12s %s (%s)\n", l.user, l.tty, l.at.UTC().Format("2006-01-02 15:04"), l.source)
	}
	if len(names) > 0 {
		p.print(strings.Join(names, " ") + "\n")
	}
	return 0
}

// cmdLast is last, lastb and lastlog.
func cmdLast(p *proc) int {
	boot := p.System.persona.Boot
	switch p.args[0] {
	case "lastb":
		if p.user.uid != 0 {
			return p.errorf(1, "cannot open /var/log/btmp: Permission denied")
		}
		p.printf("\nbtmp begins %s\n", boot.Format("Mon Jan _2 15:04:05 2006"))
		return 0
	case "lastlog":
		p.print("Username         Port     From                                       Latest\n")
		for _, a := range p.FS.accounts() {
			latest := "**Never logged in**"
			port, from := "", ""
			if at, source, ok := p.System.LastLogin(a.name); ok {
				latest, port, from = at.Format("Mon Jan _2 15:04:05 -0700 2006"), "pts/0", source.String()
			}
			p.printf("%-16s %-8s %-42s %s\n", a.name, port, from, latest)
		}
		return 0
	}
	if n, err := p.lookup("/var/log/wtmp", true); err != nil || n.size == 0 {
		if err != nil {
			return p.errorf(1, "cannot open /var/log/wtmp: %v", err)
		}
		p.printf("\nwtmp begins %s\n", p.now().Format("Mon Jan _2 15:04:05 2006"))
		return 0
	}
	for _, l := range p.FS.sessions() {
		if l.tty != "" {
			p.printf("%-8.8s %-12s %-16s %s   still logged in\n", l.user, l.tty, l.source, l.at.UTC().Format("Mon Jan _2 15:04"))
		}
	}
	for _, name := range []string{p.System.persona.User, "root"} {
		if at, from, ok := p.System.LastLogin(name); ok {
			p.printf("%-8.8s %-12s %-16s %s - %s  (00:%02d)\n", name, "pts/0", from, at.Format("Mon Jan _2 15:04"), at.Add(11*time.Minute).Format("15:04"), 11)
		}
	}
	p.printf("reboot   system boot  %-16.16s %s   still running\n\nwtmp begins %s\n", p.System.persona.Kernel,
		boot.Format("Mon Jan _2 15:04"), boot.Format("Mon Jan _2 15:04:05 2006"))
	return 0
}

func cmdFree(p *proc) int {
	set, bad, ok := p.opt("bkmghtwlvs:c: bytes=b kibi=k mebi=m gibi=g human=h total=t wide=w mega=m giga=g", 1)
	if !ok {
		return bad
	}
	h := &p.System.hardware
	used, cache, free := h.memory(p.now())
	show := func(kb int) string {
		switch {
		case set.has("h"):
			switch f := float64(kb) / 1024; {
			case kb == 0:
				return "0B"
			case f < 1024:
				return fmt.Sprintf("%.0fMi", f)
			default:
				return fmt.Sprintf("%.1fGi", f/1024)
			}
		case set.has("b"):
			return fmt.Sprint(kb * 1024)
		case set.has("m"):
			return fmt.Sprint(kb / 1024)
		case set.has("g"):
			return fmt.Sprint(kb >> 20)
		}
		return fmt.Sprint(kb)
	}
	p.print("               total        used        free      shared  buff/cache   available\n")
	p.printf("Mem:    %12s%12s%12s%12s%12s%12s\n", show(h.memoryKB), show(used), show(free), show(h.memoryKB/900), show(cache), show(free+cache*9/10))
	p.printf("Swap:   %12s%12s%12s\n", show(h.swapKB), show(0), show(h.swapKB))
	return 0
}
