package shell

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

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
	if line := int(st.Pos().Line()); line > 0 {
		s.lineNo = line
	}
	if st.Background {
		s.status = s.inBackground(ctx, st, streams)
		return s.status
	}
	redirected, done, ok := s.redirect(ctx, st.Redirs, streams)
	if !ok {
		s.status = 1
		return 1
	}
	status := 0
	if st.Cmd != nil {
		if s.options["xtrace"] {
			s.trace(st, streams)
		}
		status = s.command(ctx, st.Cmd, redirected)
		if isExec(st.Cmd) && len(st.Redirs) > 0 {
			s.permanent = &redirected
			s.keep(done)
			return status
		}
	}
	if !done(streams) {
		status = 1
	}
	if st.Negated {
		status = truth(status != 0)
	}
	s.status = status
	return status
}

// isExec reports exec without a command, whose redirections stay.
func isExec(c syntax.Command) bool {
	call, ok := c.(*syntax.CallExpr)
	return ok && len(call.Args) == 1 && call.Args[0].Lit() == "exec"
}

// trace is set -x.
func (s *Shell) trace(st *syntax.Stmt, streams Streams) {
	if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 {
		_, _ = io.WriteString(streams.Err, "+ "+strings.Join(s.words(context.Background(), c.Args, Streams{nothing{}, io.Discard, io.Discard}), " ")+"\n")
	}
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
		begin := time.Now()
		status := s.stmt(ctx, c.Stmt, streams)
		took := time.Since(begin).Seconds() + 0.002
		_, _ = fmt.Fprintf(streams.Err, "\nreal\t%dm%.3fs\nuser\t0m0.001s\nsys\t0m0.002s\n", int(took)/60, took-float64(int(took)/60*60))
		return status
	case *syntax.CoprocClause:
		return s.inBackground(ctx, c.Stmt, streams)
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
	s.vars, s.exported, s.funcs, s.readonly = maps.Clone(s.vars), maps.Clone(s.exported), maps.Clone(s.funcs), maps.Clone(s.readonly)
	s.aliases, s.traps, s.options = maps.Clone(s.aliases), map[string]string{}, maps.Clone(s.options)
	s.arrays = cloneArrays(s.arrays)
	s.locals = nil
	s.user.session = s
	status := f()
	if s.exited {
		status = s.status
	}
	s.exited = false
	steps, forks, substs := s.steps, s.forks, s.substs
	*s = saved
	s.steps, s.forks, s.substs = steps, forks, substs
	return status
}
