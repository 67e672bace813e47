package shell

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// cmdEnv is env and printenv.
func cmdEnv(p *proc) int {
	if p.args[0] == "printenv" && len(p.args) > 1 {
		status := 0
		for _, name := range p.args[1:] {
			if v, ok := p.environ()[name]; ok {
				p.print(v + "\n")
			} else {
				status = 1
			}
		}
		return status
	}
	i := 1
	vars, exported := maps.Clone(p.vars), maps.Clone(p.exported)
	defer func() { p.vars, p.exported = vars, exported }()
	for ; i < len(p.args); i++ {
		a := p.args[i]
		name, value, assigned := strings.Cut(a, "=")
		switch {
		case a == "-i" || a == "-" || a == "--ignore-environment":
			path := p.vars["PATH"]
			p.vars, p.exported = map[string]string{"PATH": path}, map[string]bool{}
		case a == "-u" && i+1 < len(p.args):
			i++
			delete(p.vars, p.args[i])
		case assigned && isName(name):
			p.set(name, value)
			p.exported[name] = true
		case strings.HasPrefix(a, "-"):
		default:
			return p.again(i)
		}
	}
	env := p.environ()
	for _, name := range slices.Sorted(maps.Keys(env)) {
		p.printf("%s=%s\n", name, env[name])
	}
	if _, ok := env["HOME"]; ok && p.dialect == bash {
		p.print("_=/usr/bin/" + p.args[0] + "\n")
	}
	return 0
}

var relative = regexp.MustCompile(`^([+-]?\d{1,6}) ?(sec|second|min|minute|hour|day|week|month|year)s?( ago)?$`)
