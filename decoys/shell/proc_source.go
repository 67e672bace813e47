package shell

import (
	"io"
	"maps"
	"path"
	"strings"
)

// source runs a script with its own parameters and variables.
func (s *Shell) source(p *proc, script string, params []string, name string, d dialect) int {
	return s.deeper(p.Streams, func() int {
		return s.apart(func() int {
			s.params, s.name, s.lined, s.dialect, s.lineNo = params, name, true, d, 1
			if !s.options["expand_aliases"] {
				s.aliases = map[string]string{}
			}
			how := ""
			if _, isShell := dialectOf(path.Base(name), d); isShell && p.args[0] != name { // -c
				s.lined = d == bash && !s.System.oldBash()
				how = "-c: "
			}
			for _, v := range []map[string]string{s.vars} {
				maps.DeleteFunc(v, func(k, _ string) bool { return !s.exported[k] })
			}
			file, err := s.parse(script)
			if err != nil {
				s.syntaxError(script, err, p.Streams, how)
				return s.status
			}
			status := 0
			for _, st := range file.Stmts {
				if s.over(p.ctx) {
					break
				}
				s.status = s.top(p.ctx, st, p.Streams)
				status = s.status
			}
			if s.exited {
				status = s.status
			}
			s.status = status
			s.atExit(p.ctx, p.Streams)
			return s.status
		})
	})
}

// environ is the exported variables, in no order as bash has none either.
func (s *Shell) environ() map[string]string {
	env := maps.Clone(s.vars)
	maps.DeleteFunc(env, func(name, _ string) bool { return !s.exported[name] })
	return env
}

// readByteLine reads a line and no byte more, without its end.
func readByteLine(in io.Reader) (string, error) {
	var b strings.Builder
	var c [1]byte
	for b.Len() < maxValue {
		n, err := in.Read(c[:])
		if n == 0 && err != nil {
			return b.String(), err
		}
		if n == 0 {
			continue
		}
		if c[0] == '\n' {
			break
		}
		b.WriteByte(c[0])
	}
	return b.String(), nil
}
