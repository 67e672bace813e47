package shell

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

func cmdID(p *proc) int {
	set, names, bad := p.options("ungGrz", "")
	if bad != 0 {
		return p.usage(bad)
	}
	a := account{name: p.user.name, uid: p.user.uid, gid: p.user.gid}
	if len(names) > 0 {
		i := slices.IndexFunc(p.FS.accounts(), func(a account) bool { return a.name == names[0] })
		if i < 0 {
			return p.errorf(1, "‘%s’: no such user", names[0])
		}
		a = p.FS.accounts()[i]
	}
	groups := fmt.Sprintf("%d(%s)", a.gid, p.groupName(a))
	if a.uid == 1000 {
		groups += ",27(sudo),100(users)"
	}
	switch {
	case has(set, "u") && has(set, "n"):
		p.print(a.name + "\n")
	case has(set, "u"):
		p.printf("%d\n", a.uid)
	case has(set, "n"):
		p.print(p.groupName(a) + "\n")
	case has(set, "g"), has(set, "G"):
		p.printf("%d\n", a.gid)
	default:
		p.printf("uid=%d(%s) gid=%d(%s) groups=%s\n", a.uid, a.name, a.gid, p.groupName(a), groups)
	}
	return 0
}

func (p *proc) groupName(a account) string {
	if a.gid == 65534 {
		return "nogroup"
	}
	return a.name
}

func cmdWhoami(p *proc) int {
	p.print(p.user.name + "\n")
	return 0
}

func cmdGroups(p *proc) int {
	if p.user.uid == 1000 {
		p.print(p.user.name + " sudo users\n")
		return 0
	}
	return cmdWhoami(p)
}

func cmdUname(p *proc) int {
	set, rest, bad := p.options("asnrvmpio", "")
	if bad != 0 {
		return p.usage(bad)
	}
	if len(rest) > 0 {
		return p.missing("extra operand ‘" + rest[0] + "’")
	}
	for long, short := range map[string]string{
		"--all": "a", "--kernel-name": "s", "--nodename": "n", "--kernel-release": "r", "--kernel-version": "v", "--machine": "m",
		"--operating-system": "o",
	} {
		if has(set, long) {
			set[short] = ""
		}
	}
	if len(set) == 0 {
		set["s"] = ""
	}
	// With -a, Debian leaves processor and platform out, Ubuntu knows them.
	known := p.System.persona.OS.ID == "ubuntu"
	var out []string
	for _, part := range []struct{ letter, value string }{
		{"s", "Linux"},
		{"n", p.System.persona.Hostname},
		{"r", p.System.persona.Kernel},
		{"v", p.System.kernel.version},
		{"m", "x86_64"},
		{"p", "x86_64"},
		{"i", "x86_64"},
		{"o", "GNU/Linux"},
	} {
		optional := part.letter == "p" || part.letter == "i"
		switch {
		case has(set, "a") && (!optional || known), has(set, part.letter) && (!optional || known):
			out = append(out, part.value)
		case has(set, part.letter):
			out = append(out, "unknown")
		}
	}
	p.print(strings.Join(out, " ") + "\n")
	return 0
}

func cmdHostname(p *proc) int {
	set, rest, _ := p.options("fsIidAa", "F")
	switch {
	case len(rest) > 0 && p.user.uid != 0:
		return p.errorf(1, "you must be root to change the host name")
	case len(rest) > 0:
		return 0
	case has(set, "I"), has(set, "i"):
		p.print(p.System.address.String() + " \n")
	case has(set, "d"):
		p.print("\n")
	default:
		p.print(p.System.persona.Hostname + "\n")
	}
	return 0
}

// cmdEnv is env and printenv.
func cmdEnv(p *proc) int {
	if len(p.args) > 1 && p.args[0] == "printenv" {
		v, ok := p.environ()[p.args[1]]
		if ok {
			p.print(v + "\n")
		}
		return truth(ok)
	}
	for i, a := range p.args[1:] {
		if !strings.Contains(a, "=") && !strings.HasPrefix(a, "-") {
			return p.again(i + 1)
		}
	}
	env := p.environ()
	for _, name := range slices.Sorted(maps.Keys(env)) {
		p.printf("%s=%s\n", name, env[name])
	}
	p.print("_=/usr/bin/" + p.args[0] + "\n")
	return 0
}

func cmdDate(p *proc) int {
	now := p.now()
	_, rest, _ := p.options("uR", "d")
	if len(rest) == 0 || !strings.HasPrefix(rest[0], "+") {
		p.print(now.Format("Mon Jan _2 03:04:05 PM UTC 2006") + "\n")
		return 0
	}
	layouts := strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05", "%y", "06", "%F", "2006-01-02",
		"%T", "15:04:05", "%a", "Mon", "%b", "Jan", "%Z", "UTC", "%z", "-0700", "%N", "000000000", "%s", "\x00")
	text := now.Format(layouts.Replace(rest[0][1:]))
	p.print(strings.ReplaceAll(text, "\x00", fmt.Sprint(now.Unix())) + "\n")
	return 0
}

func cmdSleep(p *proc) int {
	if len(p.args) < 2 {
		return p.missing("missing operand")
	}
	total := time.Duration(0)
	for _, a := range p.args[1:] {
		d := a
		if strings.TrimRight(d, "0123456789.") == "" {
			d += "s"
		}
		d = strings.Replace(d, "d", "h", 1)
		n, err := time.ParseDuration(d)
		if err != nil || n < 0 {
			return p.missing("invalid time interval ‘" + a + "’")
		}
		total += n
	}
	return truth(p.sleep(min(total, maxSleep)))
}

// maxSleep bounds a sleep: whoever sleeps longer holds a connection open, for
// which there are cheaper ways.
const maxSleep = 10 * time.Minute
