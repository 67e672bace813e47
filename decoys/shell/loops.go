package shell

import (
	"context"
	"path"

	"mvdan.cc/sh/v3/syntax"
)

func (s *Shell) ifClause(ctx context.Context, c *syntax.IfClause, streams Streams) int {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 || s.stmts(ctx, c.Cond, streams) == 0 {
			return s.stmts(ctx, c.Then, streams)
		}
		if s.over(ctx) {
			return s.status
		}
	}
	return 0
}

func (s *Shell) while(ctx context.Context, c *syntax.WhileClause, streams Streams) int {
	status := 0
	for !s.over(ctx) {
		if (s.stmts(ctx, c.Cond, streams) == 0) == c.Until || s.over(ctx) {
			break
		}
		status = s.stmts(ctx, c.Do, streams)
		if s.leave() {
			break
		}
	}
	return status
}

// leave handles break and continue at the end of a loop's body, and reports
// whether the loop ends.
func (s *Shell) leave() bool {
	s.next = false
	if s.breaks > 0 {
		s.breaks--
		return true
	}
	s.steps++ // an empty body must not loop for ever
	return false
}

func (s *Shell) forClause(ctx context.Context, c *syntax.ForClause, streams Streams) int {
	status := 0
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		values := s.params
		if loop.InPos.IsValid() {
			values = s.words(ctx, loop.Items, streams)
		}
		for _, v := range values {
			if s.over(ctx) {
				break
			}
			s.set(loop.Name.Value, v)
			status = s.stmts(ctx, c.Do, streams)
			if s.leave() {
				break
			}
		}
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			s.arithm(ctx, loop.Init, streams)
		}
		for !s.over(ctx) && (loop.Cond == nil || s.arithm(ctx, loop.Cond, streams) != 0) {
			status = s.stmts(ctx, c.Do, streams)
			if s.leave() {
				break
			}
			if loop.Post != nil {
				s.arithm(ctx, loop.Post, streams)
			}
		}
	}
	return status
}

func (s *Shell) caseClause(ctx context.Context, c *syntax.CaseClause, streams Streams) int {
	value := s.word(ctx, c.Word, streams)
	for _, item := range c.Items {
		for _, w := range item.Patterns {
			if match(s.pattern(ctx, w, streams), value) {
				return s.stmts(ctx, item.Stmts, streams)
			}
		}
	}
	return 0
}

// match reports whether a shell pattern matches all of value. Unlike in file
// names, * matches slashes too.
func match(pattern, value string) bool {
	const slash = "\x01"
	swap := func(s string) string {
		b := []byte(s)
		for i := range b {
			if b[i] == '/' {
				b[i] = slash[0]
			}
		}
		return string(b)
	}
	ok, err := path.Match(swap(pattern), swap(value))
	return ok && err == nil
}
