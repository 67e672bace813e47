package shell

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// get is the value of a variable or special parameter.
func (s *Shell) get(name string) (value string, ok bool) {
	switch name {
	case "?":
		return strconv.Itoa(s.status), true
	case "$":
		return strconv.Itoa(s.pid), true
	case "!":
		return "", true
	case "#":
		return strconv.Itoa(len(s.params)), true
	case "@", "*":
		return strings.Join(s.params, " "), true
	case "-":
		return map[bool]string{true: "himBHs", false: "hBc"}[s.tty != ""], true
	case "0":
		return s.name, true
	case "UID", "EUID":
		return strconv.Itoa(s.user.uid), true
	case "HOSTNAME":
		return s.System.persona.Hostname, true
	case "RANDOM":
		return strconv.Itoa(int(time.Now().UnixNano()>>7) & 0x7fff), true
	case "SECONDS":
		return strconv.Itoa(int(time.Since(s.Login).Seconds())), true
	case "PPID":
		return strconv.Itoa(s.pid - 1), true
	case "BASH":
		return "/bin/bash", true
	case "BASH_VERSION":
		return s.System.bashVersion(), true
	case "OSTYPE":
		return "linux-gnu", true
	case "HOSTTYPE":
		return "x86_64", true
	}
	if n, err := strconv.Atoi(name); err == nil {
		if n >= 1 && n <= len(s.params) {
			return s.params[n-1], true
		}
		return "", false
	}
	value, ok = s.vars[name]
	return value, ok
}

func (s *System) bashVersion() string {
	return map[string]string{"debian12": "5.2.15(1)-release", "ubuntu22": "5.1.16(1)-release", "ubuntu20": "5.0.17(1)-release"}[s.persona.Distro.Slug]
}

// set gives a variable a value, within the bounds.
func (s *Shell) set(name, value string) {
	if _, ok := s.vars[name]; !ok && len(s.vars) >= maxVars {
		return
	}
	if len(value) > maxValue {
		value = value[:maxValue]
	}
	s.vars[name] = value
}

func (s *Shell) assign(ctx context.Context, a *syntax.Assign, streams Streams) int {
	s.status = 0 // a substitution in the value sets it
	value := ""
	if a.Array != nil { // an array is its first value
		if len(a.Array.Elems) > 0 {
			value = s.word(ctx, a.Array.Elems[0].Value, streams)
		}
	} else {
		value = s.word(ctx, a.Value, streams)
	}
	if a.Append {
		value = s.vars[a.Name.Value] + value
	}
	s.set(a.Name.Value, value)
	return s.status
}

// declare is export, declare, local, readonly and typeset.
func (s *Shell) declare(ctx context.Context, c *syntax.DeclClause, streams Streams) int {
	if c.Variant.Value == "export" && len(c.Args) == 0 {
		return cmdExport(&proc{Shell: s, Streams: streams, ctx: ctx, args: []string{"export"}})
	}
	for _, a := range c.Args {
		if a.Name == nil { // an option
			continue
		}
		if !a.Naked {
			s.assign(ctx, a, streams)
		}
		if c.Variant.Value == "export" {
			s.exported[a.Name.Value] = true
		}
	}
	return 0
}

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
