package shell

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

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
		if s.broken() {
			break
		}
	}
	return status
}

// broken handles break and continue at the end of a loop's body, and reports
// whether the loop ends.
func (s *Shell) broken() bool {
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
		if c.Select {
			return s.selectLoop(ctx, loop.Name.Value, values, c.Do, streams)
		}
		for _, v := range values {
			if s.over(ctx) {
				break
			}
			s.set(loop.Name.Value, v)
			status = s.stmts(ctx, c.Do, streams)
			if s.broken() {
				break
			}
		}
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			s.arithm(ctx, loop.Init, streams)
		}
		for !s.over(ctx) && (loop.Cond == nil || s.arithm(ctx, loop.Cond, streams) != 0) {
			status = s.stmts(ctx, c.Do, streams)
			if s.broken() {
				break
			}
			if loop.Post != nil {
				s.arithm(ctx, loop.Post, streams)
			}
		}
	}
	return status
}

// selectLoop lets somebody choose one of the values again and again.
func (s *Shell) selectLoop(ctx context.Context, name string, values []string, body []*syntax.Stmt, streams Streams) int {
	status := 0
	show := true
	for !s.over(ctx) {
		if show {
			for i, v := range values {
				_, _ = fmt.Fprintf(streams.Err, "%d) %s\n", i+1, v)
			}
		}
		_, _ = io.WriteString(streams.Err, "#? ")
		line, err := readByteLine(streams.In)
		if err != nil && line == "" {
			_, _ = io.WriteString(streams.Err, "\n")
			return 1
		}
		if show = strings.TrimSpace(line) == ""; show {
			continue
		}
		s.set("REPLY", line)
		n := number(strings.TrimSpace(line))
		if s.set(name, ""); n >= 1 && n <= len(values) {
			s.set(name, values[n-1])
		}
		status = s.stmts(ctx, body, streams)
		if s.broken() {
			break
		}
	}
	return status
}

func (s *Shell) caseClause(ctx context.Context, c *syntax.CaseClause, streams Streams) int {
	value := s.word(ctx, c.Word, streams)
	through, status := false, 0
	for _, item := range c.Items {
		hit := through
		for _, w := range item.Patterns {
			hit = hit || match(s.pattern(ctx, w, streams), value)
		}
		if !hit {
			continue
		}
		status = s.stmts(ctx, item.Stmts, streams)
		if item.Op == syntax.Break {
			return status
		}
		through = item.Op == syntax.Fallthrough
	}
	return status
}

// match reports whether a shell pattern matches all of value. Unlike in file
// names, * matches slashes too.
func match(pattern, value string) bool {
	re, err := patternRegexp(pattern)
	return err == nil && re.MatchString(value)
}

// patternRegexp is a shell pattern as a regular expression for all of a text.
func patternRegexp(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPath {
		return nil, errNameTooLong
	}
	var b strings.Builder
	b.WriteString(`(?s)\A(?:`)
	var open []byte
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case strings.IndexByte("?*+@!", c) >= 0 && i+1 < len(pattern) && pattern[i+1] == '(':
			i++
			open = append(open, c)
			b.WriteString("(?:")
		case c == '|' && len(open) > 0:
			b.WriteByte('|')
		case c == ')' && len(open) > 0:
			last := open[len(open)-1]
			open = open[:len(open)-1]
			b.WriteString(")" + map[byte]string{'?': "?", '*': "*", '+': "+", '@': "", '!': ""}[last])
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteByte('.')
		case c == '[':
			if end := classEnd(pattern, i); end > 0 {
				class := pattern[i+1 : end]
				if strings.HasPrefix(class, "!") {
					class = "^" + class[1:]
				}
				b.WriteString("[" + strings.ReplaceAll(class, `\`, `\\`) + "]")
				i = end
				continue
			}
			b.WriteString(`\[`)
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteString(`)\z`)
	return regexp.Compile(b.String())
}

// classEnd is where the class that begins at i ends, 0 if it does not.
func classEnd(pattern string, i int) int {
	j := i + 1
	if j < len(pattern) && (pattern[j] == '!' || pattern[j] == '^') {
		j++
	}
	if j < len(pattern) && pattern[j] == ']' {
		j++
	}
	for ; j < len(pattern); j++ {
		if pattern[j] == '[' && j+1 < len(pattern) && pattern[j+1] == ':' {
			if k := strings.Index(pattern[j+2:], ":]"); k >= 0 {
				j += k + 3
				continue
			}
		}
		if pattern[j] == ']' {
			return j
		}
	}
	return 0
}
