package shell

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"
)

// A proc is one command that runs: its shell, streams and arguments.
type proc struct {
	*Shell
	Streams
	ctx  context.Context //nolint:containedctx // the lifetime of the command
	args []string
}

// command is a builtin or a program; it returns its exit status.
type command func(*proc) int

func (p *proc) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.Out, format, args...) }

func (p *proc) print(text string) { _, _ = io.WriteString(p.Out, text) }

// errorf says something on standard error in the name of the program, and
// returns status for it.
func (p *proc) errorf(status int, format string, args ...any) int {
	_, _ = fmt.Fprintf(p.Err, p.args[0]+": "+format+"\n", args...)
	return status
}

// usage is what coreutils say of an option they do not know.
func (p *proc) usage(option byte) int {
	p.errorf(1, "invalid option -- '%c'", option)
	_, _ = fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.args[0])
	return 1
}

// options takes single-letter options from the arguments. Those in withValue take
// a value. unknown is 0 or the first letter that is in neither; long options
// are kept under their name.
func (p *proc) options(known, withValue string) (set map[string]string, rest []string, unknown byte) {
	set = map[string]string{}
	args := p.args[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return set, append(rest, args[i+1:]...), unknown
		case strings.HasPrefix(a, "--"):
			name, value, _ := strings.Cut(a[2:], "=")
			set["--"+name] = value
		case len(a) > 1 && a[0] == '-':
			for j := 1; j < len(a); j++ {
				letter := a[j : j+1]
				if strings.Contains(withValue, letter) {
					if set[letter] = a[j+1:]; a[j+1:] == "" && i+1 < len(args) {
						i++
						set[letter] = args[i]
					}
					break
				}
				if !strings.Contains(known, letter) && unknown == 0 {
					unknown = a[j]
				}
				set[letter] = ""
			}
		default:
			rest = append(rest, a)
		}
	}
	return set, rest, unknown
}

func has(set map[string]string, name string) bool {
	_, ok := set[name]
	return ok
}

// files reads the named files, or the input if there are none, and hands each
// to use. It returns 1 if one could not be read, which it says in the words of
// format, with the file and the error.
func (p *proc) files(names []string, format string, use func(name, data string)) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		if name == "-" {
			use(name, input(p.In))
			continue
		}
		data, err := p.FS.read(&p.user, p.abs(name))
		if err != nil {
			status = p.errorf(1, format, name, err)
			continue
		}
		use(name, data)
	}
	return status
}

// sleep waits, and reports false if the command was interrupted.
func (p *proc) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.ctx.Done():
		return false
	}
}

// runPath runs a command given as a path.
func (s *Shell) runPath(p *proc) int {
	name := p.args[0]
	n, err := s.lookup(s.abs(name), true)
	switch {
	case err != nil:
		return s.fail(p.Streams, 127, name+": "+err.Error())
	case n.kind == directory:
		return s.fail(p.Streams, 126, name+": Is a directory")
	case !n.allows(&s.user, 1):
		return s.fail(p.Streams, 126, name+": Permission denied")
	}
	return s.runFile(p, s.abs(name))
}

// runFile runs the file at an absolute path: one of our programs, or a script.
func (s *Shell) runFile(p *proc, at string) int {
	base := at[strings.LastIndexByte(at, '/')+1:]
	s.settle(at)
	data, err := s.FS.read(&s.user, at)
	if err != nil {
		return s.fail(p.Streams, 126, p.args[0]+": "+err.Error())
	}
	if data == elfHeader {
		run := *p
		run.args = append([]string{base}, p.args[1:]...)
		if c, ok := s.System.programs[base]; ok {
			return c(&run)
		}
		return 0 // programs whose absence would be noticed, and that say nothing
	}
	if strings.HasPrefix(data, "\x7fELF") || strings.ContainsRune(data, 0) {
		return s.fail(p.Streams, 126, p.args[0]+": cannot execute binary file: Exec format error")
	}
	return s.source(p, data, p.args[1:], p.args[0])
}

// source runs a script with its own parameters and variables.
func (s *Shell) source(p *proc, script string, params []string, name string) int {
	return s.deeper(p.Streams, func() int {
		return s.apart(func() int {
			s.params, s.name, s.line = params, name, "line 1: "
			file, err := parse(script)
			if err != nil {
				s.syntaxError(script, err, p.Streams, "")
				return s.status
			}
			return s.stmts(p.ctx, file.Stmts, p.Streams)
		})
	})
}

// environ is the exported variables, in no order as bash has none either.
func (s *Shell) environ() map[string]string {
	env := maps.Clone(s.vars)
	maps.DeleteFunc(env, func(name, _ string) bool { return !s.exported[name] })
	return env
}
