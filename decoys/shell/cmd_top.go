package shell

import (
	"fmt"
	"slices"
	"strings"
)

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
