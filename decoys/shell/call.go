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
	args := s.words(ctx, c.Args, streams)
	if len(args) == 0 {
		status := 0
		for _, a := range c.Assigns {
			status = s.assign(ctx, a, streams)
		}
		return status
	}
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
		status := s.deeper(streams, func() int { return s.stmt(ctx, body, streams) })
		if s.returning {
			status, s.returning = s.status, false
		}
		s.params = params
		return status
	}
	p := &proc{Shell: s, Streams: streams, ctx: ctx, args: args}
	if b, ok := s.System.builtins[name]; ok {
		return b(p)
	}
	if strings.Contains(name, "/") {
		return s.runPath(p)
	}
	for dir := range strings.SplitSeq(s.vars["PATH"], ":") {
		if n, err := s.lookup(dir+"/"+name, true); err == nil && n.kind == regular && n.perm&0o111 != 0 {
			return s.runFile(p, dir+"/"+name)
		}
	}
	return s.fail(streams, 127, name+": command not found")
}
