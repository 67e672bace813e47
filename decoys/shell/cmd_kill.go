package shell

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// signals are their names by number.
var signals = map[int]string{
	1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 10: "USR1", 11: "SEGV", 12: "USR2", 13: "PIPE", 14: "ALRM",
	15: "TERM", 17: "CHLD", 18: "CONT", 19: "STOP", 20: "TSTP", 21: "TTIN", 22: "TTOU", 28: "WINCH",
}

func isSignal(name string) bool {
	for _, n := range signals {
		if n == name {
			return true
		}
	}
	return false
}

func cmdKill(p *proc) int {
	status, signal := 0, "TERM"
	args := p.args[1:]
	switch {
	case len(args) > 0 && args[0] == "-l":
		p.print(" 1) SIGHUP\t 2) SIGINT\t 3) SIGQUIT\t 4) SIGILL\t 5) SIGTRAP\n 6) SIGABRT\t 7) SIGBUS\t 8) SIGFPE\t 9) SIGKILL\t10) SIGUSR1\n" +
			"11) SIGSEGV\t12) SIGUSR2\t13) SIGPIPE\t14) SIGALRM\t15) SIGTERM\n")
		return 0
	case len(args) > 1 && (args[0] == "-s" || args[0] == "-n"):
		signal, args = strings.TrimPrefix(strings.ToUpper(args[1]), "SIG"), args[2:]
	case len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0] != "--":
		signal = strings.TrimPrefix(strings.ToUpper(args[0][1:]), "SIG")
		if n, ok := signals[number(signal)]; ok {
			signal = n
		} else if signal != "0" && !isSignal(signal) {
			return p.complain(p.Streams, 1, "kill", args[0][1:]+": invalid signal specification")
		}
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return p.complain(p.Streams, 2, "kill", "usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]")
	}
	for _, a := range args {
		if j := p.findJob(a); j != nil {
			p.killJob(j, signal)
			continue
		}
		pid, err := strconv.Atoi(strings.TrimPrefix(a, "-"))
		switch {
		case strings.HasPrefix(a, "%"):
			status = p.complain(p.Streams, 1, "kill", a+": no such job")
			continue
		case err != nil && p.dialect == bash:
			status = p.complain(p.Streams, 1, "kill", a+": arguments must be process or job IDs")
			continue
		case err != nil && p.dialect == dash:
			status = p.complain(p.Streams, 2, "kill", "Illegal number: "+a)
			continue
		case err != nil:
			_, _ = fmt.Fprintf(p.Err, "%s: invalid number '%s'\n", p.name, a)
			status = 1
			continue
		}
		list := p.processes()
		i := slices.IndexFunc(list, func(x process) bool { return x.pid == pid })
		switch {
		case i < 0:
			status = p.noProcess(pid, "No such process")
		case p.user.uid != 0 && list[i].user != p.user.name:
			status = p.noProcess(pid, "Operation not permitted")
		default:
			p.deliver(list[i], signal)
		}
	}
	return status
}

func (p *proc) noProcess(pid int, why string) int {
	switch p.dialect {
	case dash:
		return p.complain(p.Streams, 1, "kill", why+"\n")
	case ash:
		_, _ = fmt.Fprintf(p.Err, "%s: can't kill pid %d: %s\n", p.name, pid, why)
		return 1
	case bash:
	}
	return p.complain(p.Streams, 1, "kill", fmt.Sprintf("(%d) - %s", pid, why))
}

// deadly reports that a signal ends what does not handle it.
func deadly(signal string) bool {
	return !slices.Contains([]string{"0", "CHLD", "CONT", "WINCH", "STOP", "TSTP", "TTIN", "TTOU", "EXIT"}, signal)
}

func (p *proc) killJob(j *job, signal string) {
	switch {
	case signal == "CONT":
		j.stopped = false
	case signal == "STOP" || signal == "TSTP":
		j.stopped = true
	case deadly(signal):
		j.killed = map[string]string{"KILL": "Killed", "HUP": "Hangup", "INT": "Interrupt"}[signal]
		if j.killed == "" {
			j.killed = "Terminated"
		}
		j.stopped = false
	}
}

// deliver sends a signal to a process. The machine's own come back at once, as
// services do; what an attacker started is gone, and so is his session when he ends
// that.
func (p *proc) deliver(x process, signal string) {
	if j := p.findJob(strconv.Itoa(x.pid)); j != nil {
		p.killJob(j, signal)
		return
	}
	if !deadly(signal) || p.user.uid != 0 && x.user != p.user.name {
		return
	}
	switch {
	case x.pid == p.pid && signal != "KILL" && signal != "HUP" && p.tty != "": // an interactive shell ignores it
	case x.pid == p.pid || x.pid == p.pid-1 || x.pid == p.pid-2:
		p.exited, p.status = true, 129
		p.signal = signal
		p.shells = nil
	case x.pid != 1 && !x.kernel():
		p.FS.kill(x.pid)
	}
}

// compileSmall compiles a pattern of bounded length.
func compileSmall(s string) (*regexp.Regexp, error) {
	if len(s) > 1000 {
		return nil, errNameTooLong
	}
	return regexp.Compile(s)
}
