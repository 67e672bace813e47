package shell

import (
	"fmt"
	"strings"
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
	if p.tty != "" {
		users = 1
	}
	plural := "s"
	if users == 1 {
		plural = ""
	}
	return fmt.Sprintf(" %s up %s, %2d user%s,  load average: %s\n", now.Format("15:04:05"), long, users, plural,
		strings.ReplaceAll(p.System.hardware.load(now), " ", ", "))
}

func cmdUptime(p *proc) int {
	set, _, _ := p.options("ps", "")
	switch {
	case has(set, "s"):
		p.print(p.System.persona.Boot.Format("2006-01-02 15:04:05") + "\n")
	case has(set, "p"):
		up := p.System.uptime(p.now())
		p.printf("up %d days, %d hours, %d minutes\n", int(up.Hours())/24, int(up.Hours())%24, int(up.Minutes())%60)
	default:
		p.print(p.upText())
	}
	return 0
}

func cmdW(p *proc) int {
	p.print(p.upText())
	p.print("USER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n")
	if p.tty != "" {
		p.printf("%-8.8s %-8s %-16.16s %s    0.00s  0.02s  0.00s w\n", p.user.name, p.tty, p.Source.Addr(), p.Login.UTC().Format("15:04"))
	}
	return 0
}

// cmdWho is who, and last where there is a terminal.
func cmdWho(p *proc) int {
	if p.args[0] == "last" {
		if p.tty != "" {
			p.printf("%-8.8s %-12s %-16s %s   still logged in\n", p.user.name, p.tty, p.Source.Addr(), p.Login.UTC().Format("Mon Jan _2 15:04"))
		}
		boot := p.System.persona.Boot
		p.printf("reboot   system boot  %-16.16s %s   still running\n\nwtmp begins %s\n", p.System.persona.Kernel,
			boot.Format("Mon Jan _2 15:04"), boot.Format("Mon Jan _2 15:04:05 2006"))
		return 0
	}
	if p.tty != "" {
		p.printf("%-8s %-12s %s (%s)\n", p.user.name, p.tty, p.Login.UTC().Format("2006-01-02 15:04"), p.Source.Addr())
	}
	return 0
}

func cmdFree(p *proc) int {
	set, _, bad := p.options("bkmghtw", "sc")
	if bad != 0 {
		return p.usage(bad)
	}
	h := &p.System.hardware
	used, cache, free := h.memory(p.now())
	show := func(kb int) string {
		switch {
		case has(set, "h"):
			switch f := float64(kb) / 1024; {
			case kb == 0:
				return "0B"
			case f < 1024:
				return fmt.Sprintf("%.0fMi", f)
			default:
				return fmt.Sprintf("%.1fGi", f/1024)
			}
		case has(set, "b"):
			return fmt.Sprint(kb * 1024)
		case has(set, "m"):
			return fmt.Sprint(kb / 1024)
		case has(set, "g"):
			return fmt.Sprint(kb >> 20)
		}
		return fmt.Sprint(kb)
	}
	p.print("               total        used        free      shared  buff/cache   available\n")
	p.printf("Mem:    %12s%12s%12s%12s%12s%12s\n", show(h.memoryKB), show(used), show(free), show(h.memoryKB/900), show(cache), show(free+cache*9/10))
	p.printf("Swap:   %12s%12s%12s\n", show(h.swapKB), show(0), show(h.swapKB))
	return 0
}

func cmdDf(p *proc) int {
	set, _, bad := p.options("hkTHimPal", "tx")
	if bad != 0 {
		return p.usage(bad)
	}
	h := &p.System.hardware
	rows := []struct {
		device      string
		total, used int
		mount       string
	}{
		{"udev", h.memoryKB/2 - 9000, 0, "/dev"},
		{"tmpfs", h.memoryKB / 10, 700 + h.memoryKB%500, "/run"},
		{h.disk, h.diskKB, h.usedKB, "/"},
		{"tmpfs", h.memoryKB / 2, 0, "/dev/shm"},
		{"tmpfs", 5120, 0, "/run/lock"},
	}
	width := len("Filesystem")
	for _, r := range rows {
		width = max(width, len(r.device))
	}
	if has(set, "h") {
		p.printf("%-*s  Size  Used Avail Use%% Mounted on\n", width, "Filesystem")
	} else {
		p.printf("%-*s 1K-blocks     Used Available Use%% Mounted on\n", width, "Filesystem")
	}
	for _, r := range rows {
		free := r.total - r.used
		if r.mount == "/" {
			free -= r.total / 20 // kept for root
		}
		percent := (r.used*100 + r.used + free - 1) / (r.used + free)
		if has(set, "h") {
			p.printf("%-*s  %4s  %4s  %4s %3d%% %s\n", width, r.device, size(int64(r.total)<<10, true), size(int64(r.used)<<10, true),
				size(int64(free)<<10, true), percent, r.mount)
			continue
		}
		p.printf("%-*s %9d %8d %9d %3d%% %s\n", width, r.device, r.total, r.used, free, percent, r.mount)
	}
	return 0
}
