package shell

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func cmdCd(p *proc) int {
	to := p.vars["HOME"]
	if len(p.args) > 2 {
		return p.fail(p.Streams, 1, "cd: too many arguments")
	}
	if len(p.args) == 2 {
		to = p.args[1]
	}
	shown := to
	if to == "-" {
		to = p.oldDir
		p.print(to + "\n")
	}
	dir := p.abs(to)
	n, err := p.lookup(dir, true)
	switch {
	case err != nil:
		return p.fail(p.Streams, 1, "cd: "+shown+": "+err.Error())
	case n.kind != directory:
		return p.fail(p.Streams, 1, "cd: "+shown+": Not a directory")
	case !n.allows(&p.user, 1):
		return p.fail(p.Streams, 1, "cd: "+shown+": Permission denied")
	}
	p.oldDir, p.dir = p.dir, dir
	p.set("OLDPWD", p.oldDir)
	p.set("PWD", dir)
	return 0
}

func cmdPwd(p *proc) int {
	p.print(p.dir + "\n")
	return 0
}

func cmdExit(p *proc) int {
	if p.status &= 255; len(p.args) > 1 {
		n, err := strconv.Atoi(p.args[1])
		if err != nil {
			p.fail(p.Streams, 2, p.args[0]+": "+p.args[1]+": numeric argument required")
			n = 2
		}
		p.status = n & 255
	}
	if p.args[0] == "return" {
		p.returning = true
	} else {
		p.exited = true
	}
	return p.status
}

func cmdBreak(p *proc) int {
	n := 1
	if len(p.args) > 1 {
		n, _ = strconv.Atoi(p.args[1])
	}
	if p.args[0] == "continue" {
		p.next = true
	} else {
		p.breaks = max(1, n)
	}
	return 0
}

func cmdExport(p *proc) int {
	if len(p.args) == 1 || p.args[1] == "-p" {
		env := p.environ()
		for _, name := range slices.Sorted(maps.Keys(env)) {
			p.printf("declare -x %s=%q\n", name, env[name])
		}
		return 0
	}
	status := 0
	for _, a := range p.args[1:] {
		name, value, assigned := strings.Cut(a, "=")
		if !isName(name) {
			status = p.fail(p.Streams, 1, fmt.Sprintf("export: `%s': not a valid identifier", a))
			continue
		}
		if assigned {
			p.set(name, value)
		}
		p.exported[name] = true
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
	for _, name := range p.args[1:] {
		delete(p.vars, name)
		delete(p.exported, name)
		delete(p.funcs, name)
	}
	return 0
}

func cmdSet(p *proc) int {
	if len(p.args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(p.vars)) {
			p.printf("%s=%s\n", name, p.vars[name])
		}
	} else if i := slices.Index(p.args, "--"); i > 0 {
		p.params = p.args[i+1:]
	}
	return 0
}

func cmdShift(p *proc) int {
	if len(p.params) == 0 {
		return 1
	}
	p.params = p.params[1:]
	return 0
}
