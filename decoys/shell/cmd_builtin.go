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
	n, err := p.FS.stat(dir, true)
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
	if p.status = p.Shell.status & 255; len(p.args) > 1 {
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

func cmdHistory(p *proc) int {
	if len(p.args) > 1 && p.args[1] == "-c" {
		p.history = nil
		return 0
	}
	for i, line := range p.history {
		p.printf("%5d  %s\n", i+1, line)
	}
	return 0
}

// cmdType is type, command -v and which: where a command comes from.
func cmdType(p *proc) int {
	status := 0
	for _, name := range p.args[1:] {
		if strings.HasPrefix(name, "-") {
			continue
		}
		at, builtin := p.find(name)
		switch {
		case builtin && p.args[0] == "type":
			p.printf("%s is a shell builtin\n", name)
		case builtin && p.args[0] == "command":
			p.print(name + "\n")
		case at == "" && p.args[0] == "type":
			status = p.fail(p.Streams, 1, "type: "+name+": not found")
		case at == "":
			status = 1
		case p.args[0] == "type":
			p.printf("%s is %s\n", name, at)
		default:
			p.print(at + "\n")
		}
	}
	return status
}

// find looks a command up.
func (p *proc) find(name string) (at string, builtin bool) {
	for dir := range strings.SplitSeq(p.vars["PATH"], ":") {
		if n, err := p.FS.stat(dir+"/"+name, true); err == nil && n.perm&0o111 != 0 {
			at = dir + "/" + name
			break
		}
	}
	_, builtin = p.System.builtins[name]
	return at, builtin && p.args[0] != "which"
}

func cmdCommand(p *proc) int {
	if len(p.args) > 1 && strings.HasPrefix(p.args[1], "-v") || len(p.args) > 1 && p.args[1] == "-V" {
		return cmdType(p)
	}
	return p.again(1)
}

// again runs the arguments from n on as a command.
func (p *proc) again(n int) int {
	if len(p.args) <= n {
		return 0
	}
	return p.deeper(p.Streams, func() int { return p.run(p.ctx, p.args[n:], p.Streams) })
}

func cmdEval(p *proc) int {
	script := strings.Join(p.args[1:], " ")
	file, err := parse(script)
	if err != nil {
		p.syntaxError(script, err, p.Streams, "")
		return p.Shell.status
	}
	return p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
}

func cmdRead(p *proc) int {
	var b strings.Builder
	var c [1]byte
	for b.Len() < maxValue {
		n, err := p.In.Read(c[:])
		if n == 0 && err != nil || c[0] == '\n' {
			break
		}
		b.WriteByte(c[0])
	}
	name := "REPLY"
	if last := p.args[len(p.args)-1]; len(p.args) > 1 && isName(last) {
		name = last
	}
	p.set(name, b.String())
	return truth(b.Len() > 0)
}

func cmdKill(p *proc) int {
	status := 0
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		pid, err := strconv.Atoi(a)
		if err != nil {
			status = p.fail(p.Streams, 1, "kill: "+a+": arguments must be process or job IDs")
			continue
		}
		known := slices.ContainsFunc(p.System.processes(), func(x process) bool { return x.pid == pid })
		switch {
		case !known && pid != p.pid:
			status = p.fail(p.Streams, 1, fmt.Sprintf("kill: (%d) - No such process", pid))
		case p.user.uid != 0 && pid != p.pid:
			status = p.fail(p.Streams, 1, fmt.Sprintf("kill: (%d) - Operation not permitted", pid))
		}
	}
	return status
}
