package shell

import (
	"path"
	"slices"
	"strings"
)

// cmdCommand is command, builtin and exec.
func cmdCommand(p *proc) int {
	args := p.args[1:]
	if p.args[0] == "command" && len(args) > 0 && (args[0] == "-v" || args[0] == "-V") {
		return cmdType(p)
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		if args[0] == "-a" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	run := &proc{Shell: p.Shell, Streams: p.Streams, ctx: p.ctx, args: args}
	return p.deeper(p.Streams, func() int {
		status := 0
		if b, ok := p.builtin(args[0]); ok && p.args[0] != "exec" {
			return b(run)
		}
		switch {
		case p.args[0] == "builtin":
			return p.complain(p.Streams, 1, "builtin", args[0]+": not a shell builtin")
		case strings.Contains(args[0], "/"):
			status = p.runPath(run)
		case p.which(args[0]) == "":
			if p.args[0] == "exec" {
				return p.complain(p.Streams, 127, p.dialectWord("exec", "exec"), args[0]+": not found")
			}
			return p.notFound(run)
		default:
			status = p.runFile(run, p.which(args[0]))
		}
		if p.args[0] == "exec" {
			if d, ok := dialectOf(path.Base(args[0]), p.System.distro.sh); ok && len(args) == 1 && p.tty != "" {
				if len(p.shells) > 0 { // it takes the place of this one
					p.shells = p.shells[:len(p.shells)-1]
				}
				p.dialect = d
				return 0
			}
			p.status, p.exited = status, true
		}
		return status
	})
}

// keywords are bash's reserved words.
var keywords = strings.Fields("if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc")

// cmdType is type, command -v and which: where a command comes from.
func cmdType(p *proc) int {
	status, short := 0, p.args[0] != "type"
	long := len(p.args) > 1 && p.args[1] == "-V"
	for _, name := range p.args[1:] {
		if strings.HasPrefix(name, "-") {
			short = short || name == "-p" || name == "-P"
			continue
		}
		if len(p.args) > 1 && p.args[1] == "-t" {
			status = max(status, p.typeWord(name))
			continue
		}
		_, builtin := p.builtin(name)
		at := p.which(name)
		if strings.Contains(name, "/") {
			if n, err := p.lookup(p.abs(name), true); err == nil && n.allows(&p.user, 1) {
				at = name
			}
		}
		shells := p.args[0] != "which"
		alias, aliased := p.aliases[name]
		_, function := p.funcs[name]
		switch {
		case shells && aliased && short && !long:
			p.printf("alias %s='%s'\n", name, alias)
		case shells && aliased:
			p.printf("%s is aliased to `%s'\n", name, alias)
		case shells && slices.Contains(keywords, name) && short && !long, shells && function && short && !long, shells && builtin && short && !long:
			p.print(name + "\n")
		case shells && slices.Contains(keywords, name):
			p.printf("%s is a shell keyword\n", name)
		case shells && function:
			p.printf("%s is a function\n", name)
		case shells && builtin:
			p.printf("%s is a shell builtin\n", name)
		case at != "" && short && !long:
			p.print(at + "\n")
		case at != "":
			p.printf("%s is %s\n", name, at)
		case short && !long:
			status = 1
			if p.args[0] == "which" && p.System.rhel() {
				dirs := p.vars["PATH"]
				p.say("/usr/bin/which: no %s in (%s)\n", name, dirs)
			}
		case p.dialect == bash:
			status = p.complain(p.Streams, 1, p.args[0], name+": not found")
		default:
			p.printf("%s: not found\n", name)
			status = 127
		}
	}
	return status
}

func (p *proc) typeWord(name string) int {
	_, builtin := p.builtin(name)
	switch {
	case p.aliases[name] != "":
		p.print("alias\n")
	case slices.Contains(keywords, name):
		p.print("keyword\n")
	case p.funcs[name] != nil:
		p.print("function\n")
	case builtin:
		p.print("builtin\n")
	case p.which(name) != "":
		p.print("file\n")
	default:
		return 1
	}
	return 0
}
