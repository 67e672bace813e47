package shell

import (
	"path"
	"slices"
	"strings"
)

func cmdSysctl(p *proc) int {
	all := p.System.sysctls()
	status := 0
	for i := 1; i < len(p.args); i++ {
		a := strings.TrimSpace(p.args[i])
		name, value, set := strings.Cut(a, "=")
		name = strings.TrimSpace(strings.ReplaceAll(name, "/", "."))
		switch {
		case a == "-a" || a == "-A" || a == "--all":
			names := make([]string, 0, len(all))
			for n := range all {
				names = append(names, n)
			}
			slices.Sort(names)
			for _, n := range names {
				p.printf("%s = %s\n", n, all[n])
			}
		case a == "-p" || strings.HasPrefix(a, "--system"):
		case strings.HasPrefix(a, "-"):
		case set && p.user.uid != 0:
			status = p.errorf(255, "permission denied on key \"%s\"", name)
		case set:
			p.printf("%s = %s\n", name, strings.TrimSpace(value))
		case all[name] == "":
			status = p.errorf(255, "cannot stat /proc/sys/%s: No such file or directory", strings.ReplaceAll(name, ".", "/"))
		case slices.Contains(p.args, "-n"):
			p.print(all[name] + "\n")
		default:
			p.printf("%s = %s\n", name, all[name])
		}
	}
	return status
}

func cmdLsmod(p *proc) int {
	p.print("Module                  Size  Used by\n")
	for _, line := range lines(p.System.modules()) {
		f := strings.Fields(line)
		p.printf("%-19s %8s  %s\n", f[0], f[1], f[2])
	}
	return 0
}

// cmdModprobe is modprobe, insmod and rmmod.
func cmdModprobe(p *proc) int {
	var rest []string
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") {
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return p.errorf(1, "ERROR: missing parameters. See -h.")
	}
	known := strings.Contains(p.System.modules(), strings.TrimSuffix(path.Base(rest[0]), ".ko")+" ") || rest[0] == "msr"
	switch {
	case p.user.uid != 0:
		return p.errorf(1, "ERROR: could not insert '%s': Operation not permitted", rest[0])
	case p.args[0] == "insmod":
		if _, err := p.lookup(p.abs(rest[0]), true); err != nil {
			return p.errorf(1, "ERROR: could not load module %s: %v", rest[0], err)
		}
		return p.errorf(1, "ERROR: could not insert module %s: Invalid module format", rest[0])
	case known:
		return 0
	case p.args[0] == "rmmod":
		return p.errorf(1, "ERROR: Module %s is not currently loaded", rest[0])
	}
	return p.errorf(1, p.either("FATAL: Module %s not found in directory /lib/modules/"+p.System.persona.Kernel, "module %s not found in modules.dep"), rest[0])
}
