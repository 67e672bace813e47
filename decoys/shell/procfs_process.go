package shell

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// procDir is what /proc has of one process.
func (s *System) procDir(x process, u *user) map[string]*node {
	file := func(perm uint16, content string) *node {
		return &node{kind: regular, perm: perm, fixed: true, make: func(*user) string { return content }, modified: s.now()}
	}
	made := func(content func() string) *node {
		return &node{kind: regular, perm: 0o444, fixed: true, make: func(*user) string { return content() }, modified: s.now()}
	}
	link := func(target string) *node {
		return &node{kind: symlink, perm: 0o777, fixed: true, target: target, modified: s.now()}
	}
	dir := func(children map[string]*node) *node {
		return &node{kind: directory, perm: 0o555, fixed: true, children: children, modified: s.now()}
	}
	words := strings.Fields(x.command)
	cmdline := strings.Join(words, "\x00") + "\x00"
	exe := x.exe
	if exe == "" && len(words) > 0 {
		exe = s.exeOf(strings.TrimPrefix(words[0], "-"))
	}
	if x.kernel() {
		cmdline, exe = "", ""
	}
	cwd, environ, mine := "/", "", ""
	switch {
	case u.session != nil && x.pid >= u.session.pid:
		cwd = u.session.dir
		for name, value := range u.session.environ() {
			environ += name + "=" + value + "\x00"
		}
		mine = "/user.slice/user-" + strconv.Itoa(u.uid) + ".slice/session-" + strconv.Itoa(u.session.pid%90+1) + ".scope"
	case x.pid == 1:
		mine = "/init.scope"
	default:
		mine = "/system.slice/" + x.base() + ".service"
	}
	if s.busybox() {
		mine = "/"
	}
	kb := max(x.memoryKB, 4)
	children := map[string]*node{
		"cmdline": file(0o444, cmdline), "comm": file(0o644, x.base()+"\n"), "environ": file(0o400, environ),
		"status": file(0o444, fmt.Sprintf("Name:\t%s\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n"+
			"Uid:\t%d\t%[5]d\t%[5]d\t%[5]d\nGid:\t%[5]d\t%[5]d\t%[5]d\t%[5]d\nFDSize:\t256\nVmPeak:\t%8d kB\nVmSize:\t%8d kB\nVmRSS:\t%8d kB\nThreads:\t1\n"+
			"Seccomp:\t0\nCpus_allowed:\t%x\n", x.base(), x.pid, x.pid, x.ppid, u.uid, kb*7/3, kb*7/3, kb, 1<<s.hardware.cores-1)),
		"stat": file(0o444, fmt.Sprintf("%d (%s) S %d %[1]d %[1]d 0 -1 4194560 1200 0 0 0 1 1 0 0 20 0 1 0 %[4]d %d %d\n",
			x.pid, x.base(), x.ppid, int(s.began(x).Sub(s.persona.Boot).Seconds()*100), kb*1024*7/3, kb/4)),
		"cgroup": file(0o444, "0::"+mine+"\n"), "mounts": made(s.mounts), "limits": file(0o444, "Limit                     Soft Limit           Hard Limit           Units     \n"+
			"Max open files            1024                 1048576              files     \n"),
		"maps":          made(func() string { return s.maps(exe) }),
		"mountinfo":     made(s.mounts),
		"oom_score":     file(0o444, "666\n"),
		"oom_score_adj": file(0o644, "0\n"), "uid_map": file(0o644, "         0          0 4294967295\n"), "sched": file(0o444, x.base()+" ("+strconv.Itoa(x.pid)+", #threads: 1)\n"),
		"exe": link(exe), "cwd": link(cwd), "root": link("/"), "net": link("../net"),
		"task": dir(map[string]*node{strconv.Itoa(x.pid): dir(map[string]*node{"comm": file(0o644, x.base()+"\n")})}),
	}
	tty := "/dev/null"
	if x.tty != "" {
		tty = "/dev/" + x.tty
	}
	children["fd"] = dir(map[string]*node{"0": link(tty), "1": link(tty), "2": link(tty)})
	return children
}

// exeOf is the file that a command name stands for.
func (s *System) exeOf(name string) string {
	switch {
	case strings.HasPrefix(name, "sshd"):
		return "/usr/sbin/sshd"
	case strings.HasPrefix(name, "nginx"):
		return "/usr/sbin/nginx"
	case name == "/sbin/init" && !s.busybox():
		return "/usr/lib/systemd/systemd"
	}
	if s.busybox() {
		return "/bin/busybox"
	}
	if strings.HasPrefix(name, "/") {
		return strings.Replace(strings.Replace(name, "/sbin/", "/usr/sbin/", 1), "/usr/usr", "/usr", 1)
	}
	return "/usr/bin/" + path.Base(name)
}

// began is when a process was started.
func (s *System) began(x process) time.Time {
	if !x.at.IsZero() {
		return x.at
	}
	return s.persona.Boot.Add(x.started)
}

func (s *System) now() time.Time { return time.Now().UTC() }

func (h *hardware) meminfo(now time.Time) string {
	_, cache, free := h.memory(now)
	var b strings.Builder
	for _, row := range []struct {
		name string
		kb   int
	}{
		{"MemTotal", h.memoryKB},
		{"MemFree", free},
		{"MemAvailable", free + cache*9/10},
		{"Buffers", cache / 9},
		{"Cached", cache * 7 / 9},
		{"SwapCached", 0},
		{"Active", cache / 2},
		{"Inactive", cache / 3},
		{"Unevictable", 0},
		{"Mlocked", 0},
		{"SwapTotal", h.swapKB},
		{"SwapFree", h.swapKB},
		{"Dirty", 84 + int(now.Unix()%60)},
		{"Writeback", 0},
		{"AnonPages", cache / 7},
		{"Mapped", cache / 12},
		{"Shmem", h.memoryKB / 900},
		{"Slab", cache / 9},
		{"KernelStack", 2600},
		{"PageTables", 3100},
		{"CommitLimit", h.memoryKB/2 + h.swapKB},
		{"Committed_AS", cache / 3},
		{"HugePages_Total", 0},
		{"HugePages_Free", 0},
		{"Hugepagesize", 2048},
	} {
		if strings.HasPrefix(row.name, "HugePages_") {
			fmt.Fprintf(&b, "%-15s %8d\n", row.name+":", row.kb)
			continue
		}
		fmt.Fprintf(&b, "%-15s %8d kB\n", row.name+":", row.kb)
	}
	return b.String()
}

// lastPID goes up as it does on a machine that runs cron jobs.
func lastPID(now time.Time) int { return 1200 + int(now.Unix()/9)%28000 }
