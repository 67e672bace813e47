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
		if s.lastJob == 0 {
			return "", false
		}
		return strconv.Itoa(s.lastJob), true
	case "#":
		return strconv.Itoa(len(s.params)), true
	case "@", "*":
		return strings.Join(s.params, " "), true
	case "-":
		return s.flags(), true
	case "0":
		return s.name, true
	case "LINENO":
		return strconv.Itoa(s.lineNo), true
	case "COLUMNS":
		if s.tty != "" {
			return strconv.Itoa(s.columns), true
		}
	case "_":
		return s.lastArg, true
	}
	if s.dialect == bash || name == "PPID" || s.dialect == ash && (name == "RANDOM" || name == "HOSTNAME") {
		if v, ok := s.bashVar(name); ok {
			return v, true
		}
	}
	if n, err := strconv.Atoi(name); err == nil {
		if n >= 1 && n <= len(s.params) {
			return s.params[n-1], true
		}
		return "", false
	}
	if value, ok = s.vars[name]; ok {
		return value, true
	}
	if a, isArray := s.arrays[name]; isArray {
		value, ok = a.values["0"]
	}
	return value, ok
}

// flags is $-.
func (s *Shell) flags() string {
	out := "h"
	if s.tty != "" {
		out += "im"
	}
	for _, o := range []struct{ name, letter string }{{"errexit", "e"}, {"nounset", "u"}, {"xtrace", "x"}, {"noglob", "f"}} {
		if s.options[o.name] {
			out += o.letter
		}
	}
	if s.dialect != bash {
		return strings.Trim(out, "h")
	}
	out += "B"
	switch {
	case s.tty != "":
		out += "Hs"
	case s.name == "bash":
		out += "c"
	}
	return out
}

// bashVar is a variable that bash makes up.
func (s *Shell) bashVar(name string) (string, bool) {
	switch name {
	case "UID", "EUID":
		return strconv.Itoa(s.user.uid), true
	case "HOSTNAME":
		return s.hostname(), true
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
	case "MACHTYPE":
		return "x86_64-pc-linux-gnu", true
	case "BASHPID":
		return strconv.Itoa(s.pid), true
	case "BASH_VERSINFO":
		return s.System.distro.bash[:1], true
	case "EPOCHSECONDS":
		return strconv.FormatInt(time.Now().Unix(), 10), true
	case "SHELLOPTS":
		return "braceexpand:emacs:hashall:histexpand:history:interactive-comments:monitor", true
	}
	return "", false
}

// set gives a variable a value, within the bounds.
func (s *Shell) set(name, value string) {
	if _, ok := s.vars[name]; !ok && len(s.vars) >= maxVars || s.readonly[name] {
		return
	}
	if len(value) > maxValue {
		value = value[:maxValue]
	}
	if a, ok := s.arrays[name]; ok {
		a.put("0", value)
		s.arrays[name] = a
		return
	}
	s.vars[name] = value
	if s.options["allexport"] {
		s.exported[name] = true
	}
}

func (s *Shell) unset(name string) {
	delete(s.vars, name)
	delete(s.arrays, name)
	delete(s.exported, name)
}

func (s *Shell) assign(ctx context.Context, a *syntax.Assign, streams Streams) int {
	s.status = 0 // a substitution in the value sets it
	name := a.Name.Value
	if s.readonly[name] {
		if s.dialect == bash {
			return s.fail(streams, 1, name+": readonly variable")
		}
		return s.fail(streams, 2, name+": is read only")
	}
	switch {
	case a.Array != nil:
		s.assignArray(ctx, name, a, streams)
	case a.Index != nil:
		s.assignElement(ctx, name, a, streams)
	default:
		value := s.word(ctx, a.Value, streams)
		if a.Append {
			old, _ := s.get(name)
			value = old + value
		}
		s.set(name, value)
	}
	return s.status
}

func (s *Shell) assignArray(ctx context.Context, name string, a *syntax.Assign, streams Streams) {
	arr, ok := s.arrays[name]
	if !ok || !a.Append {
		arr = newArray(arr.assoc)
	}
	if old, had := s.vars[name]; had {
		if delete(s.vars, name); a.Append && !ok {
			arr.put("0", old)
		}
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			arr.put(s.key(ctx, &arr, e.Index, streams), s.word(ctx, e.Value, streams))
			continue
		}
		if e.Value == nil {
			continue
		}
		for _, v := range s.words(ctx, []*syntax.Word{e.Value}, streams) {
			arr.put(strconv.Itoa(arr.end()), v)
		}
	}
	if ok || len(s.arrays) < maxVars {
		s.arrays[name] = arr
	}
}
