package shell

import (
	"strings"
)

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
		if n, err := p.lookup(dir+"/"+name, true); err == nil && n.perm&0o111 != 0 {
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
		return p.status
	}
	return p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
}
