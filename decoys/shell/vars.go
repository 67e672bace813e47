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
	return map[string]string{"debian": "5.2.15(1)-release", "ubuntu22": "5.1.16(1)-release", "ubuntu20": "5.0.17(1)-release"}[s.persona.OS.Slug]
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
