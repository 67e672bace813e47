package shell

import (
	"context"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// param is ${...} in all its forms that matter.
func (s *Shell) param(ctx context.Context, p *syntax.ParamExp, streams Streams) string {
	if p.Param == nil {
		return ""
	}
	name := p.Param.Value
	value, ok := s.get(name)
	if p.Excl {
		value, ok = s.get(value)
	}
	switch {
	case p.Length:
		if name == "@" || name == "*" {
			return strconv.Itoa(len(s.params))
		}
		return strconv.Itoa(len([]rune(value)))
	case p.Slice != nil:
		return s.slice(ctx, value, p.Slice, streams)
	case p.Repl != nil:
		return replace(value, s.pattern(ctx, p.Repl.Orig, streams), s.word(ctx, p.Repl.With, streams), p.Repl.All)
	case p.Exp != nil:
		return s.expansion(ctx, name, value, ok, p.Exp, streams)
	}
	return value
}

func (s *Shell) slice(ctx context.Context, value string, sl *syntax.Slice, streams Streams) string {
	from := 0
	if sl.Offset != nil {
		from = s.arithm(ctx, sl.Offset, streams)
	}
	if from < 0 {
		from += len(value)
	}
	if from < 0 || from > len(value) {
		return ""
	}
	to := len(value)
	if sl.Length != nil {
		if n := s.arithm(ctx, sl.Length, streams); n < 0 {
			to += n
		} else if n < to-from {
			to = from + n
		}
	}
	return value[from:max(from, to)]
}

func (s *Shell) expansion(ctx context.Context, name, value string, ok bool, e *syntax.Expansion, streams Streams) string {
	word := func() string { return s.word(ctx, e.Word, streams) }
	switch e.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if ok && (e.Op == syntax.AlternateUnset || value != "") {
			return word()
		}
		return ""
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
		if !ok || e.Op == syntax.DefaultUnsetOrNull && value == "" {
			return word()
		}
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		if !ok || e.Op == syntax.AssignUnsetOrNull && value == "" {
			value = word()
			s.set(name, value)
		}
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if !ok || e.Op == syntax.ErrorUnsetOrNull && value == "" {
			s.fail(streams, 1, name+": "+word())
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return trim(value, s.pattern(ctx, e.Word, streams), e.Op)
	case syntax.UpperAll:
		return strings.ToUpper(value)
	case syntax.LowerAll:
		return strings.ToLower(value)
	}
	return value
}

// trim removes the shortest or longest match of a pattern at one end. Only the
// first few thousand places are tried.
func trim(value, pattern string, op syntax.ParExpOperator) string {
	n := min(len(value), 4096)
	for i := range n + 1 {
		if op == syntax.RemLargePrefix || op == syntax.RemLargeSuffix {
			i = n - i
		}
		prefix := op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix
		if prefix && match(pattern, value[:i]) {
			return value[i:]
		}
		if !prefix && match(pattern, value[len(value)-i:]) {
			return value[:len(value)-i]
		}
	}
	return value
}

// replace replaces the first or all matches of a pattern. Patterns with
// metacharacters match greedily within a bounded window.
func replace(value, pattern, with string, all bool) string {
	if pattern == "" {
		return value
	}
	var b strings.Builder
	for value != "" {
		n := 0
		for i := min(len(value), 256); i > 0; i-- {
			if match(pattern, value[:i]) {
				n = i
				break
			}
		}
		if n == 0 {
			b.WriteByte(value[0])
			value = value[1:]
			continue
		}
		b.WriteString(with)
		if value = value[n:]; !all || b.Len() > maxOutput {
			break
		}
	}
	return b.String() + value
}
