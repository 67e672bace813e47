package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// own is the command itself as a process.
func (p *proc) own() process {
	return process{pid: p.pid + p.forks, ppid: p.pid, user: p.user.name, command: strings.Join(p.args, " "), memoryKB: 4200, at: p.now(), tty: p.tty}
}

func cmdPs(p *proc) int {
	flags, format, only := "", "", ""
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		switch {
		case strings.HasPrefix(a, "--"):
		case (strings.HasSuffix(a, "o") || a == "-p" || a == "-C" || a == "-u" || a == "-U") && i+1 < len(p.args) && a != "-o=":
			i++
			switch {
			case strings.HasSuffix(a, "o"):
				format = strings.Trim(format+","+p.args[i], ",")
				flags += strings.Trim(a, "-o")
			default:
				only = a + p.args[i]
			}
		case strings.HasPrefix(a, "-o") && len(a) > 2:
			format = a[2:]
		default:
			if p.small() && strings.Trim(a, "-oTwlauxef") != "" {
				p.errorf(1, "invalid option -- '%s'", strings.Trim(a, "-oTwlauxef")[:1])
				return p.help(1)
			}
			if strings.HasPrefix(a, "-") && strings.Contains(a, "z") {
				p.say("error: unsupported SysV option\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n" +
					"  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n")
				return 1
			}
			flags += a
		}
	}
	list := append(p.processes(), p.own())
	if p.small() {
		return p.smallPs(list, format)
	}
	all := strings.ContainsAny(flags, "Aaex") && strings.ContainsAny(flags, "Aex")
	list = slices.DeleteFunc(list, func(x process) bool {
		switch {
		case strings.HasPrefix(only, "-p"):
			return !slices.Contains(strings.Split(only[2:], ","), strconv.Itoa(x.pid))
		case strings.HasPrefix(only, "-C"):
			return x.base() != only[2:]
		case only != "":
			return x.user != only[2:]
		}
		if mine := p.tty == "" && x.pid >= p.pid && x.ppid >= p.pid-1; all || mine {
			return false
		}
		return x.tty == "" || x.tty != p.tty || x.user != p.user.name && !strings.Contains(flags, "a")
	})
	switch {
	case format != "":
		p.psColumns(list, format, flags)
	case strings.Contains(flags, "u"):
		p.print("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
		for _, x := range list {
			p.printf("%-8.8s %7d %4.1f %4.1f %6d %5d %-8s %-4s %5s %6s %s\n", psUser(x.user), x.pid, p.cpu(x), float64(x.memoryKB)*100/float64(p.System.hardware.memoryKB),
				x.memoryKB*7/3, x.memoryKB, ttyName(x), p.state(x), p.start(x), p.cpuTime(x, false), x.command)
		}
	case strings.Contains(flags, "f"):
		p.print("UID          PID    PPID  C STIME TTY          TIME CMD\n")
		for _, x := range list {
			p.printf("%-8.8s %7d %7d %2.0f %5s %-8s %s %s\n", psUser(x.user), x.pid, x.ppid, p.cpu(x), p.start(x), ttyName(x), p.cpuTime(x, true), x.command)
		}
	default:
		p.print("    PID TTY          TIME CMD\n")
		for _, x := range list {
			name := x.base()
			if strings.Contains(flags, "x") || strings.Contains(flags, "a") && !strings.Contains(flags, "-") {
				name = x.command
			}
			p.printf("%7d %-8s %s %s\n", x.pid, ttyName(x), p.cpuTime(x, true), name)
		}
	}
	return truth(len(list) > 0)
}

func (p *proc) smallPs(list []process, format string) int {
	if format != "" {
		p.psColumns(list, format, "")
		return 0
	}
	p.print("PID   USER     TIME  COMMAND\n")
	for _, x := range list {
		p.printf("%5d %-8.8s %5s %s\n", x.pid, x.user, p.cpuTime(x, false), x.command)
	}
	return 0
}

// psUser is a name as ps has room for it.
func psUser(name string) string {
	if len(name) > 8 {
		return name[:7] + "+"
	}
	return name
}

func ttyName(x process) string {
	if x.tty == "" {
		return "?"
	}
	return x.tty
}

func (p *proc) state(x process) string {
	switch {
	case x.kernel() && strings.Contains(x.command, "kworker"):
		return "I"
	case x.kernel():
		return "S"
	case x.pid == p.pid+p.forks && x.ppid == p.pid:
		return "R+"
	case x.pid == 1 || strings.Contains(x.command, "listener") || strings.HasPrefix(x.command, "-"):
		return "Ss"
	}
	return "S"
}

// cpu is the share of a processor that a process has had: what an attacker started
// to mine with is busy.
func (p *proc) cpu(x process) float64 {
	if x.exe != "" && x.ppid == 1 {
		return min(99, 97+float64(x.pid%20)/10) * float64(p.System.hardware.cores)
	}
	return 0
}

func (p *proc) start(x process) string {
	began := p.System.began(x)
	switch age := p.now().Sub(began); {
	case age < 24*time.Hour:
		return began.UTC().Format("15:04")
	case age < 300*24*time.Hour:
		return began.UTC().Format("Jan02")
	}
	return began.UTC().Format("2006")
}

func (p *proc) cpuTime(x process, long bool) string {
	age := p.now().Sub(p.System.began(x))
	used := time.Duration(float64(age) * p.cpu(x) / 100)
	if used == 0 && age > time.Hour && x.memoryKB > 0 {
		used = age / time.Duration(20000+sum(x.command)*10)
	}
	seconds := int(used.Seconds())
	if long {
		return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
