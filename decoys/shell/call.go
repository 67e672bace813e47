package shell

import (
	"context"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call runs a simple command: assignments, a function, a builtin or a program.
func (s *Shell) call(ctx context.Context, c *syntax.CallExpr, streams Streams) int {
	streams.In = orNothing(streams.In)
	args := s.words(ctx, s.aliased(c.Args), streams)
	if len(args) == 0 {
		status := 0
		for _, a := range c.Assigns {
			status = s.assign(ctx, a, streams)
		}
		return status
	}
	s.lastArg = args[len(args)-1]
	for _, a := range c.Assigns { // for this command only
		name := a.Name.Value
		old, was := s.vars[name]
		exported := s.exported[name]
		s.assign(ctx, a, streams)
		s.exported[name] = true
		defer func() {
			if delete(s.vars, name); was {
				s.vars[name] = old
			}
			s.exported[name] = exported
		}()
	}
	return s.run(ctx, args, streams)
}

func orNothing(in io.Reader) io.Reader {
	if in == nil {
		return nothing{}
	}
	return in
}

// run runs a command by name.
func (s *Shell) run(ctx context.Context, args []string, streams Streams) int {
	name := args[0]
	if body, ok := s.funcs[name]; ok {
		params := s.params
		s.params = args[1:]
		frame := map[string]saved{}
		s.locals = append(s.locals, frame)
		status := s.deeper(streams, func() int { return s.stmt(ctx, body, streams) })
		if s.returning {
			status, s.returning = s.status, false
		}
		s.restore(frame)
		s.locals = s.locals[:len(s.locals)-1]
		s.params = params
		return status
	}
	p := &proc{Shell: s, Streams: streams, ctx: ctx, args: args}
	if b, ok := s.builtin(name); ok {
		return b(p)
	}
	if strings.Contains(name, "/") {
		return s.runPath(p)
	}
	if at := s.which(name); at != "" {
		return s.runFile(p, at)
	}
	return s.notFound(p)
}

// builtin is a command of the shell itself.
func (s *Shell) builtin(name string) (command, bool) {
	if s.dialect != bash && bashOnly[name] {
		return nil, false
	}
	b, ok := s.System.builtins[name]
	return b, ok
}

// which looks a program up in PATH.
func (s *Shell) which(name string) string {
	for dir := range strings.SplitSeq(s.vars["PATH"], ":") {
		at := s.abs(dir + "/" + name)
		if n, err := s.lookup(at, true); err == nil && n.kind == regular && n.allows(&s.user, 1) {
			return strings.TrimSuffix(dir, "/") + "/" + name
		}
	}
	return ""
}

// notFound is what the shell says of a command that is not there. On Ubuntu, a
// package says more to somebody at a terminal.
func (s *Shell) notFound(p *proc) int {
	name := p.args[0]
	if s.interactive() && s.System.persona.OS.ID == "ubuntu" {
		if pkg, ok := packageOf[name]; ok {
			sudo, line := "sudo ", "\n"
			if s.user.uid == 0 {
				sudo = ""
			}
			if s.System.persona.OS.Slug == "ubuntu22" {
				line = ""
			}
			_, _ = io.WriteString(p.Err, line+"Command '"+name+"' not found, but can be installed with:\n"+line+sudo+"apt install "+pkg+"\n"+line)
			return 127
		}
	}
	if s.dialect == bash {
		return s.fail(p.Streams, 127, name+": command not found")
	}
	return s.fail(p.Streams, 127, name+": not found")
}

// packageOf is what Ubuntu's command-not-found knows of some commands that are
// asked for often.
var packageOf = map[string]string{
	"nmap": "nmap", "gcc": "gcc", "make": "make", "masscan": "masscan", "zmap": "zmap", "docker": "docker.io", "ifconfig": "net-tools",
	"netstat": "net-tools", "route": "net-tools", "arp": "net-tools", "unzip": "unzip", "zip": "zip", "php": "php-cli", "node": "nodejs",
	"npm": "npm", "pip": "python3-pip", "pip3": "python3-pip", "go": "golang-go", "htop": "htop", "traceroute": "inetutils-traceroute",
	"tcpdump": "tcpdump", "socat": "socat", "sshpass": "sshpass", "hydra": "hydra", "mysql": "mysql-client-core-8.0", "redis-cli": "redis-tools",
	"g++": "g++", "ruby": "ruby", "java": "default-jre", "whois": "whois", "expect": "expect", "pm2": "pm2",
}

// aliased puts what an alias stands for in place of the first word.
func (s *Shell) aliased(args []*syntax.Word) []*syntax.Word {
	if len(s.aliases) == 0 || len(args) == 0 || s.tty == "" && !s.options["expand_aliases"] && s.dialect == bash {
		return args
	}
	seen := map[string]bool{}
	for range 8 {
		name := args[0].Lit()
		text, ok := s.aliases[name]
		if !ok || seen[name] || name == "" {
			return args
		}
		seen[name] = true
		file, err := parse(text)
		if err != nil || len(file.Stmts) != 1 {
			return args
		}
		call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 || len(file.Stmts[0].Redirs) > 0 {
			return args
		}
		args = append(append([]*syntax.Word{}, call.Args...), args[1:]...)
	}
	return args
}
