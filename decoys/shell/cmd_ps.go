package shell

import (
	"fmt"
	"path"
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

// psColumns is ps -o.
func (p *proc) psColumns(list []process, format, flags string) {
	var names, titles []string
	bare := true
	for field := range strings.SplitSeq(strings.ReplaceAll(format, " ", ","), ",") {
		name, title, given := strings.Cut(field, "=")
		if name == "" {
			continue
		}
		if !given {
			title = map[string]string{
				"pid": "PID", "ppid": "PPID", "user": "USER", "uid": "UID", "comm": "COMMAND", "cmd": "CMD", "args": "COMMAND", "command": "COMMAND",
				"pcpu": "%CPU", "%cpu": "%CPU", "pmem": "%MEM", "%mem": "%MEM", "rss": "RSS", "vsz": "VSZ", "tty": "TT", "stat": "STAT", "etime": "ELAPSED", "time": "TIME",
				"lstart": "STARTED", "start": "STARTED", "ni": "NI",
			}[name]
		}
		bare = bare && title == ""
		names, titles = append(names, name), append(titles, title)
	}
	value := func(x process, name string) string {
		switch name {
		case "pid":
			return fmt.Sprintf("%7d", x.pid)
		case "ppid":
			return fmt.Sprintf("%7d", x.ppid)
		case "user", "uname", "ruser":
			return fmt.Sprintf("%-8.8s", psUser(x.user))
		case "comm", "ucmd":
			return x.base()
		case "cmd", "args", "command":
			return x.command
		case "pcpu", "%cpu":
			return fmt.Sprintf("%4.1f", p.cpu(x))
		case "pmem", "%mem":
			return fmt.Sprintf("%4.1f", float64(x.memoryKB)*100/float64(p.System.hardware.memoryKB))
		case "rss":
			return fmt.Sprintf("%5d", x.memoryKB)
		case "vsz":
			return fmt.Sprintf("%6d", x.memoryKB*7/3)
		case "tty", "tt":
			return fmt.Sprintf("%-8s", ttyName(x))
		case "stat", "state", "s":
			return fmt.Sprintf("%-4s", p.state(x))
		case "time":
			return p.cpuTime(x, true)
		case "lstart", "start":
			return p.System.began(x).UTC().Format("Mon Jan _2 15:04:05 2006")
		case "uid":
			a, _ := p.FS.account(x.user)
			return fmt.Sprintf("%5d", a.uid)
		case "etime", "etimes":
			s := int(p.now().Sub(p.System.began(x)).Seconds())
			return fmt.Sprintf("%11s", fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60))
		}
		return "-"
	}
	show := func(cells []string) {
		p.print(strings.TrimRight(strings.Join(cells, " "), " ") + "\n")
	}
	if !bare && !strings.Contains(flags, "h") {
		cells := make([]string, len(names))
		for i, name := range names {
			width := len(value(process{}, name))
			cells[i] = fmt.Sprintf("%-*s", width, titles[i])
			if slices.Contains([]string{"pid", "ppid", "rss", "vsz", "pcpu", "%cpu", "pmem", "%mem", "uid"}, name) {
				cells[i] = fmt.Sprintf("%*s", width, titles[i])
			}
		}
		show(cells)
	}
	for _, x := range list {
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = value(x, name)
		}
		show(cells)
	}
}

func cmdTop(p *proc) int {
	list := append(p.processes(), p.own())
	h := &p.System.hardware
	used, cache, free := h.memory(p.now())
	if p.small() {
		p.printf("Mem: %dK used, %dK free, %dK shrd, %dK buff, %dK cached\nCPU:   0%% usr   0%% sys   0%% nic  99%% idle   0%% io   0%% irq   0%% sirq\nLoad average: %s 1/118 %d\n"+
			"  PID  PPID USER     STAT   VSZ %%VSZ CPU %%CPU COMMAND\n", used+cache, free, h.memoryKB/900, cache/9, cache, h.load(p.now()), p.pid)
		for _, x := range list[:min(len(list), 20)] {
			p.printf("%5d %5d %-8.8s S    %6d   0%%   0   0%% %s\n", x.pid, x.ppid, x.user, x.memoryKB*7/3, x.command)
		}
		return 0
	}
	busy := 0.0
	for _, x := range list {
		busy += p.cpu(x)
	}
	busy = min(99.5, busy/float64(h.cores)) + 0.3
	p.printf("top -%s\nTasks: %3d total,   1 running, %3d sleeping,   0 stopped,   0 zombie\n"+
		"%%Cpu(s): %4.1f us,  0.3 sy,  0.0 ni, %4.1f id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"+
		"MiB Mem : %8.1f total, %8.1f free, %8.1f used, %8.1f buff/cache\nMiB Swap: %8.1f total, %8.1f free,      0.0 used. %8.1f avail Mem\n\n"+
		"    PID USER      PR  NI    VIRT    RES    SHR S  %%CPU  %%MEM     TIME+ COMMAND\n",
		strings.TrimSuffix(p.upText(), "\n"), len(list), len(list)-1, busy, 99.7-busy, float64(h.memoryKB)/1024, float64(free)/1024, float64(used)/1024, float64(cache)/1024,
		float64(h.swapKB)/1024, float64(h.swapKB)/1024, float64(free+cache*9/10)/1024)
	slices.SortStableFunc(list, func(a, b process) int { return int(p.cpu(b)*10) - int(p.cpu(a)*10) })
	for _, x := range list[:min(len(list), 17)] {
		p.printf("%7d %-8.8s  20   0 %7d %6d %6d %s %5.1f %5.1f %9s %s\n", x.pid, psUser(x.user), x.memoryKB*7/3, x.memoryKB, x.memoryKB/2, p.state(x)[:1], p.cpu(x),
			float64(x.memoryKB)*100/float64(h.memoryKB), p.cpuTime(x, false)+".00", x.base())
	}
	return 0
}

// cmdPgrep is pgrep, pkill, pidof, killall and pstree.
func cmdPgrep(p *proc) int {
	var names []string
	full, list, exact, quiet, user, signal := false, false, false, false, "", "TERM"
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		switch {
		case a == "-u" || a == "-U" || a == "-P" || a == "-t":
			if i++; i < len(p.args) && a != "-P" && a != "-t" {
				user = p.args[i]
			}
		case a == "-s" && p.args[0] == "killall":
			i++
		case a == "--version":
			p.printf("%s from procps-ng %s\n", p.args[0], p.System.distro.procps)
			return 0
		case strings.HasPrefix(a, "-") && len(a) > 1:
			if n, ok := signals[number(a[1:])]; ok {
				signal = n
				continue
			}
			if isSignal(strings.TrimPrefix(a[1:], "SIG")) {
				signal = strings.TrimPrefix(a[1:], "SIG")
				continue
			}
			full, list, exact, quiet = full || strings.Contains(a, "f"), list || strings.ContainsAny(a, "la"), exact || strings.Contains(a, "x"), quiet || strings.Contains(a, "q")
		default:
			names = append(names, a)
		}
	}
	if len(names) == 0 && user == "" {
		switch p.args[0] {
		case "pidof":
			return 1
		case "killall":
			p.say("Usage: killall [OPTION]... [--] NAME...\n")
			return 1
		}
		p.errorf(2, "no matching criteria specified")
		return p.try(2)
	}
	byName := p.args[0] == "pidof" || p.args[0] == "killall"
	var found []process
	missing := ""
	for _, x := range p.processes() {
		if user != "" && x.user != user {
			continue
		}
		hit := len(names) == 0
		for _, n := range names {
			switch {
			case byName:
				hit = hit || x.base() == n[:min(15, len(n))] || x.command == n || strings.HasPrefix(x.command, n+" ") || path.Base(x.exe) == n
			case exact:
				hit = hit || x.base() == n
			default:
				re, err := compileSmall(n)
				text := x.base()
				if full {
					text = x.command
				}
				hit = hit || err == nil && re.MatchString(text)
			}
		}
		if hit {
			found = append(found, x)
		}
	}
	if len(found) == 0 {
		missing = strings.Join(names, " ")
	}
	switch p.args[0] {
	case "pkill", "killall":
		for _, x := range found {
			p.deliver(x, signal)
		}
		if missing != "" && p.args[0] == "killall" && !quiet {
			return p.errorf(1, "%s: no process %s", missing, p.either("found", "killed"))
		}
		return truth(len(found) > 0)
	case "pidof":
		slices.Reverse(found)
		out := make([]string, len(found))
		for i, x := range found {
			out[i] = strconv.Itoa(x.pid)
		}
		if len(out) > 0 {
			p.print(strings.Join(out, " ") + "\n")
		}
		return truth(len(out) > 0)
	}
	for _, x := range found {
		switch {
		case list && (full || strings.Contains(strings.Join(p.args[1:], ""), "a")):
			p.printf("%d %s\n", x.pid, x.command)
		case list:
			p.printf("%d %s\n", x.pid, x.base())
		default:
			p.printf("%d\n", x.pid)
		}
	}
	return truth(len(found) > 0)
}

func cmdPstree(p *proc) int {
	children := map[int][]process{}
	for _, x := range p.processes() {
		if !x.kernel() {
			children[x.ppid] = append(children[x.ppid], x)
		}
	}
	var show func(x process, prefix string, depth int)
	show = func(x process, prefix string, depth int) {
		p.print(prefix + x.base() + "\n")
		below := strings.NewReplacer("|-", "| ", "`-", "  ").Replace(prefix)
		for i, c := range children[x.pid] {
			if depth > 20 {
				return
			}
			branch := "|-"
			if i == len(children[x.pid])-1 {
				branch = "`-"
			}
			show(c, below+"    "+branch, depth+1)
		}
	}
	for _, x := range p.processes() {
		if x.pid == 1 {
			show(x, "", 0)
		}
	}
	return 0
}
