package shell

import (
	"strings"
	"time"
)

func cmdPs(p *proc) int {
	flags := strings.Join(p.args[1:], "")
	list := p.System.processes()
	now := p.now()
	session := now.Sub(p.System.persona.Boot)
	tty := p.tty
	if tty == "" {
		tty = "?"
	}
	name := p.user.name
	own := []process{
		{p.pid - 2, 497, "root", "sshd: " + name + " [priv]", 11000, session},
		{p.pid - 1, p.pid - 2, name, "sshd: " + name + "@" + p.sshdTTY(), 6700, session},
		{p.pid, p.pid - 1, name, p.name, 5100, session},
		{p.pid + 1 + p.steps, p.pid, name, strings.Join(p.args, " "), 4200, session},
	}
	if !strings.ContainsAny(flags, "aAex") {
		p.print("    PID TTY          TIME CMD\n")
		for _, x := range own[2:] {
			p.printf("%7d %-8s 00:00:00 %s\n", x.pid, tty, strings.TrimPrefix(strings.Fields(x.command)[0], "-"))
		}
		return 0
	}
	list = append(list, own...)
	switch {
	case strings.Contains(flags, "u"):
		p.print("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
	case strings.Contains(flags, "f"):
		p.print("UID          PID    PPID  C STIME TTY          TIME CMD\n")
	default:
		p.print("    PID TTY          TIME CMD\n")
	}
	for i, x := range list {
		at := "?"
		if i >= len(list)-2 {
			at = tty
		}
		began := p.System.persona.Boot.Add(x.started)
		start := began.Format("Jan02")
		if now.Sub(began) < 24*time.Hour {
			start = began.Format("15:04")
		}
		switch {
		case strings.Contains(flags, "u"):
			p.printf("%-8.8s %7d  0.0 %4.1f %6d %5d %-8s Ss   %5s   0:%02d %s\n", x.user, x.pid, float64(x.memoryKB)*100/float64(p.System.hardware.memoryKB),
				x.memoryKB*7/3, x.memoryKB, at, start, x.memoryKB%7, x.command)
		case strings.Contains(flags, "f"):
			p.printf("%-8.8s %7d %7d  0 %5s %-8s 00:00:%02d %s\n", x.user, x.pid, x.ppid, start, at, x.memoryKB%7, x.command)
		default:
			p.printf("%7d %-8s 00:00:%02d %s\n", x.pid, at, x.memoryKB%7, strings.Fields(x.command)[0])
		}
	}
	return 0
}

func (p *proc) sshdTTY() string {
	if p.tty == "" {
		return "notty"
	}
	return p.tty
}
