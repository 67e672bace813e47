package shell

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

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
