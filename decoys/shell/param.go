package shell

import (
	"context"
	"maps"
	"slices"
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
	value, ok := s.value(ctx, p, streams)
	if p.Excl {
		if p.Names != 0 {
			return strings.Join(s.namesWith(name), " ")
		}
		value, ok = s.get(value)
	}
	if !ok && s.options["nounset"] && p.Exp == nil && name != "@" && name != "*" {
		s.fail(streams, 1, name+": unbound variable")
		s.exited = s.tty == ""
		s.status = 1
	}
	switch {
	case p.Length:
		if list, isList := s.listOf(ctx, p, streams); isList {
			return strconv.Itoa(len(list))
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

// value is that of the variable or element that an expansion names.
func (s *Shell) value(ctx context.Context, p *syntax.ParamExp, streams Streams) (string, bool) {
	if list, ok := s.listOf(ctx, p, streams); ok {
		return strings.Join(list, " "), len(list) > 0
	}
	if p.Index == nil {
		return s.get(p.Param.Value)
	}
	arr, ok := s.arrays[p.Param.Value]
	if !ok {
		value, is := s.get(p.Param.Value)
		return value, is && s.arithm(ctx, p.Index, streams) == 0
	}
	value, ok := arr.values[s.key(ctx, &arr, p.Index, streams)]
	return value, ok
}

// listOf are the values of $@ and ${name[@]}, or of ${!name[@]} the keys.
func (s *Shell) listOf(ctx context.Context, p *syntax.ParamExp, streams Streams) ([]string, bool) {
	if p.Param == nil {
		return nil, false
	}
	name := p.Param.Value
	var list []string
	if name == "@" || name == "*" {
		list = s.params
	} else {
		w, ok := p.Index.(*syntax.Word)
		if !ok || w.Lit() != "@" && w.Lit() != "*" {
			return nil, false
		}
		arr, isArray := s.arrays[name]
		switch v, is := s.get(name); {
		case isArray && p.Excl:
			return arr.keys, true
		case isArray:
			list = arr.list()
		case is && p.Excl:
			return []string{"0"}, true
		case is:
			list = []string{v}
		}
	}
	if p.Slice != nil {
		from, to := 0, len(list)
		if p.Slice.Offset != nil {
			from = s.arithm(ctx, p.Slice.Offset, streams)
		}
		if name == "@" || name == "*" {
			from--
			if from < 0 && from >= -1 {
				from = 0
			}
		}
		if from < 0 {
			from += len(list) + 1
		}
		from = min(max(from, 0), len(list))
		if p.Slice.Length != nil {
			to = min(to, from+max(0, s.arithm(ctx, p.Slice.Length, streams)))
		}
		list = list[from:max(from, to)]
	}
	if p.Exp != nil || p.Repl != nil {
		out := make([]string, len(list))
		for i, v := range list {
			if p.Repl != nil {
				out[i] = replace(v, s.pattern(ctx, p.Repl.Orig, streams), s.word(ctx, p.Repl.With, streams), p.Repl.All)
			} else {
				out[i] = s.expansion(ctx, name, v, true, p.Exp, streams)
			}
		}
		list = out
	}
	return list, true
}

// namesWith are the variables whose names begin with prefix.
func (s *Shell) namesWith(prefix string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	return out
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
			message := word()
			if message == "" {
				message = "parameter null or not set"
			}
			s.status = s.fail(streams, 1, name+": "+message)
			s.exited = s.tty == ""
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return trim(value, s.pattern(ctx, e.Word, streams), e.Op)
	case syntax.UpperAll:
		return strings.ToUpper(value)
	case syntax.LowerAll:
		return strings.ToLower(value)
	case syntax.UpperFirst, syntax.LowerFirst:
		if value == "" {
			return ""
		}
		if e.Op == syntax.UpperFirst {
			return strings.ToUpper(value[:1]) + value[1:]
		}
		return strings.ToLower(value[:1]) + value[1:]
	case syntax.OtherParamOps:
		return quoteWord(value)
	}
	return value
}
