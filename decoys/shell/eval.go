package shell

import (
	"context"
	"io"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// stmt runs one statement and returns its exit status.
func (s *Shell) stmt(ctx context.Context, st *syntax.Stmt, streams Streams) int {
	if s.over(ctx) {
		return s.status
	}
	if s.steps++; s.depth > maxDepth {
		return s.fail(streams, 1, "maximum nesting level exceeded")
	}
	s.depth++
	defer func() { s.depth-- }()
	redirected, done, ok := s.redirect(ctx, st.Redirs, streams)
	if !ok {
		s.status = 1
		return 1
	}
	status := 0
	if st.Background {
		// Nothing runs beside anything here: it is done before the next begins.
		if s.tty != "" {
			_, _ = io.WriteString(streams.Err, "[1] "+strconv.Itoa(s.pid+s.steps)+"\n")
		}
		redirected.In = nothing{}
	}
	if st.Cmd != nil {
		status = s.command(ctx, st.Cmd, redirected)
	}
	if !done(streams) {
		status = 1
	}
	if st.Background {
		status = 0
	}
	if st.Negated {
		status = truth(status != 0)
	}
	s.status = status
	return status
}

func (s *Shell) stmts(ctx context.Context, list []*syntax.Stmt, streams Streams) int {
	status := 0
	for _, st := range list {
		if s.over(ctx) {
			return s.status
		}
		status = s.stmt(ctx, st, streams)
	}
	return status
}

// truth is the exit status of a condition: 0 is true.
func truth(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

func (s *Shell) command(ctx context.Context, cmd syntax.Command, streams Streams) int {
	switch c := cmd.(type) {
	case *syntax.CallExpr:
		return s.call(ctx, c, streams)
	case *syntax.BinaryCmd:
		return s.binary(ctx, c, streams)
	case *syntax.Block:
		return s.stmts(ctx, c.Stmts, streams)
	case *syntax.Subshell:
		return s.subshell(ctx, c.Stmts, streams)
	case *syntax.IfClause:
		return s.ifClause(ctx, c, streams)
	case *syntax.WhileClause:
		return s.while(ctx, c, streams)
	case *syntax.ForClause:
		return s.forClause(ctx, c, streams)
	case *syntax.CaseClause:
		return s.caseClause(ctx, c, streams)
	case *syntax.FuncDecl:
		if len(s.funcs) < maxVars && c.Name != nil {
			s.funcs[c.Name.Value] = c.Body
		}
		return 0
	case *syntax.DeclClause:
		return s.declare(ctx, c, streams)
	case *syntax.TestClause:
		return truth(s.testExpr(ctx, c.X, streams))
	case *syntax.ArithmCmd:
		return truth(s.arithm(ctx, c.X, streams) != 0)
	case *syntax.LetClause:
		last := 0
		for _, x := range c.Exprs {
			last = s.arithm(ctx, x, streams)
		}
		return truth(last != 0)
	case *syntax.TimeClause:
		if c.Stmt == nil {
			return 0
		}
		status := s.stmt(ctx, c.Stmt, streams)
		_, _ = io.WriteString(streams.Err, "\nreal\t0m0.003s\nuser\t0m0.001s\nsys\t0m0.002s\n")
		return status
	}
	return s.fail(streams, 2, "syntax error")
}

func (s *Shell) binary(ctx context.Context, c *syntax.BinaryCmd, streams Streams) int {
	switch c.Op {
	case syntax.AndStmt:
		if status := s.stmt(ctx, c.X, streams); status != 0 || s.over(ctx) {
			return status
		}
	case syntax.OrStmt:
		if status := s.stmt(ctx, c.X, streams); status == 0 || s.over(ctx) {
			return status
		}
	default: // a pipe: the left side runs to its end first
		between := newGather()
		left := Streams{streams.In, between, streams.Err}
		if c.Op == syntax.PipeAll {
			left.Err = between
		}
		s.apart(func() int { return s.stmt(ctx, c.X, left) })
		streams.In = &between.Buffer
		return s.apart(func() int { return s.stmt(ctx, c.Y, streams) })
	}
	return s.stmt(ctx, c.Y, streams)
}

func (s *Shell) subshell(ctx context.Context, list []*syntax.Stmt, streams Streams) int {
	return s.apart(func() int { return s.stmts(ctx, list, streams) })
}

// apart runs f so that variables, directory and an exit in it stay in it.
func (s *Shell) apart(f func() int) int {
	saved := *s
	s.vars, s.exported, s.funcs = clone(s.vars), clone(s.exported), clone(s.funcs)
	status := f()
	if s.exited {
		status = s.status
	}
	steps := s.steps
	*s = saved
	s.steps = steps
	return status
}

func clone[V any](m map[string]V) map[string]V {
	out := make(map[string]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
