package shell

import (
	"strings"
)

// cmdIptables is iptables, ip6tables and their save: rules are listed as they were
// added, and change nothing.
func cmdIptables(p *proc) int {
	if p.user.uid != 0 {
		return p.errorf(4, "v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)")
	}
	f := p.FS
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	chains := []string{"INPUT", "FORWARD", "OUTPUT"}
	args := p.args[1:]
	if p.args[0] == "iptables-save" || len(args) > 0 && args[0] == "-S" {
		for _, c := range chains {
			p.printf("-P %s ACCEPT\n", c)
		}
		for _, r := range f.rules {
			p.print(r + "\n")
		}
		return 0
	}
	if len(args) > 1 && args[0] == "-t" {
		args = args[2:]
	}
	for i, a := range args {
		switch a {
		case "-A", "-I", "--append", "--insert":
			if len(f.rules) < 100 {
				f.rules = append(f.rules, "-A "+strings.Join(args[i+1:], " "))
			}
			return 0
		case "-F", "-X", "-Z", "--flush":
			f.rules = nil
			return 0
		case "-P", "-D", "-N", "-R":
			return 0
		case "-V", "--version":
			p.print("iptables v1.8.9 (nf_tables)\n")
			return 0
		}
		if !strings.HasPrefix(a, "-") || !strings.Contains(a, "L") {
			continue
		}
		for i, c := range chains {
			if i > 0 {
				p.print("\n")
			}
			p.printf("Chain %s (policy ACCEPT)\ntarget     prot opt source               destination         \n", c)
			for _, r := range f.rules {
				if w := strings.Fields(r); len(w) > 1 && w[1] == c {
					p.printf("%-10s %-4s --  %-20s %-20s\n", or(valueAfter(w, "-j"), "ACCEPT"), or(valueAfter(w, "-p"), "all"), or(valueAfter(w, "-s"), "anywhere"), or(valueAfter(w, "-d"), "anywhere"))
				}
			}
		}
		return 0
	}
	if p.args[0] == "iptables-restore" {
		return 0
	}
	p.errorf(2, "v1.8.9 (nf_tables): no command specified")
	p.say("Try `%s -h' or '%[1]s --help' for more information.\n", p.args[0])
	return 2
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
