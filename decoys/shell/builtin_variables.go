package shell

import (
	"maps"
	"slices"
	"strings"
)

// cmdExport is export, readonly and the like where they come from an expansion.
func cmdExport(p *proc) int {
	status, listed := 0, true
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		listed = false
		name, value, assigned := strings.Cut(a, "=")
		if !isName(name) {
			status = p.complain(p.Streams, 1, p.args[0], "`"+a+"': not a valid identifier")
			continue
		}
		if assigned {
			p.set(name, value)
		}
		p.mark(name, p.args[0], "")
	}
	if listed {
		return p.declared(p.args[0], "")
	}
	return status
}

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func cmdUnset(p *proc) int {
	status := 0
	for _, name := range p.args[1:] {
		base, index, isElement := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		switch {
		case name == "-f" || name == "-v":
		case isElement:
			if a, ok := p.arrays[base]; ok {
				a.remove(strings.Trim(index, `"'`))
				p.arrays[base] = a
			}
		case p.readonly[name]:
			status = p.complain(p.Streams, 1, "unset", name+": cannot unset: readonly variable")
		case !isName(name) && p.dialect != bash:
			return p.complain(p.Streams, 2, "unset", name+": bad variable name")
		default:
			if _, ok := p.vars[name]; !ok {
				delete(p.funcs, name)
			}
			p.unset(name)
		}
	}
	return status
}

// setLetters are the options of set by their letters.
var setLetters = map[byte]string{
	'e': "errexit", 'u': "nounset", 'x': "xtrace", 'f': "noglob", 'a': "allexport", 'n': "noexec", 'v': "verbose", 'm': "monitor", 'b': "notify", 'h': "hashall",
	'C': "noclobber", 'B': "braceexpand", 'H': "histexpand",
}

func cmdSet(p *proc) int {
	if len(p.args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(p.vars)) {
			value := p.vars[name]
			if p.dialect != bash || strings.ContainsAny(value, " \t\n'\"$&|;<>()*?") {
				value = quoteWord(value)
			}
			p.printf("%s=%s\n", name, value)
		}
		return 0
	}
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		switch {
		case a == "--":
			p.params = p.args[i+1:]
			return 0
		case (a == "-o" || a == "+o") && i+1 < len(p.args):
			i++
			p.options[p.args[i]] = a == "-o"
		case a == "-o" || a == "+o":
			for _, name := range slices.Sorted(maps.Values(setLetters)) {
				p.printf("%-15s\t%s\n", name, map[bool]string{true: "on", false: "off"}[p.options[name]])
			}
		case len(a) > 1 && (a[0] == '-' || a[0] == '+'):
			for j := 1; j < len(a); j++ {
				name, ok := setLetters[a[j]]
				if !ok && a[j] != 'o' {
					return p.complain(p.Streams, 2, "set", a[:1]+a[j:j+1]+": invalid option")
				}
				if a[j] == 'o' && i+1 < len(p.args) {
					i++
					name = p.args[i]
				}
				p.options[name] = a[0] == '-'
			}
		default:
			p.params = p.args[i:]
			return 0
		}
	}
	return 0
}

func cmdShift(p *proc) int {
	n := 1
	if len(p.args) > 1 {
		n = number(p.args[1])
	}
	if n < 0 || n > len(p.params) {
		if p.dialect != bash {
			return p.complain(p.Streams, 2, "shift", "can't shift that many")
		}
		return 1
	}
	p.params = p.params[n:]
	return 0
}

func cmdShopt(p *proc) int {
	on, quiet := 0, false
	for _, a := range p.args[1:] {
		switch a {
		case "-s":
			on = 1
		case "-u":
			on = -1
		case "-q":
			quiet = true
		case "-o", "-p":
		default:
			switch {
			case on != 0:
				p.options[a] = on > 0
			case quiet:
				return truth(p.options[a])
			default:
				p.printf("%-15s\t%s\n", a, map[bool]string{true: "on", false: "off"}[p.options[a]])
			}
		}
	}
	return 0
}

func cmdAlias(p *proc) int {
	if p.args[0] == "unalias" {
		status := 0
		for _, name := range p.args[1:] {
			if name == "-a" {
				clear(p.aliases)
			} else if _, ok := p.aliases[name]; !ok {
				status = p.complain(p.Streams, 1, "unalias", name+": not found")
			}
			delete(p.aliases, name)
		}
		return status
	}
	show := func(name string) {
		head := "alias "
		if p.dialect != bash {
			head = ""
		}
		p.printf("%s%s=%s\n", head, name, quoteWord(p.aliases[name]))
	}
	if len(p.args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(p.aliases)) {
			show(name)
		}
	}
	status := 0
	for _, a := range p.args[1:] {
		name, value, assigned := strings.Cut(a, "=")
		switch {
		case assigned && len(p.aliases) < maxVars:
			p.aliases[name] = value
		case p.aliases[name] != "":
			show(name)
		case a != "-p":
			status = p.complain(p.Streams, 1, "alias", name+": not found")
		}
	}
	return status
}
