package shell

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// A proc is one command that runs: its shell, streams and arguments.
type proc struct {
	*Shell
	Streams
	ctx  context.Context //nolint:containedctx // the lifetime of the command
	args []string
	// asApplet is set for what BusyBox runs on a machine that has other commands too.
	asApplet bool
}

// command is a builtin or a program; it returns its exit status.
type command func(*proc) int

func (p *proc) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.Out, format, args...) }

func (p *proc) print(text string) { _, _ = io.WriteString(p.Out, text) }

// say writes to standard error.
func (p *proc) say(format string, args ...any) { _, _ = fmt.Fprintf(p.Err, format, args...) }

// small reports that the command is BusyBox's.
func (p *proc) small() bool { return p.asApplet || p.System.busybox() }

// words chooses between what the GNU programs and BusyBox say.
func (p *proc) either(gnu, busybox string) string {
	if p.small() {
		return busybox
	}
	return gnu
}

// errorf says something on standard error in the name of the program, and
// returns status for it.
func (p *proc) errorf(status int, format string, args ...any) int {
	p.say(p.args[0]+": "+format+"\n", args...)
	return status
}

// missing is what coreutils say of arguments that are not right.
func (p *proc) missing(what string) int {
	if p.small() {
		return p.help(1)
	}
	p.errorf(1, "%s", what)
	return p.try(1)
}

func (p *proc) try(status int) int {
	p.say("Try '%s --help' for more information.\n", p.args[0])
	return status
}

// help is how BusyBox explains a command.
func (p *proc) help(status int) int {
	p.say("%s\n\nUsage: %s\n", p.System.busyboxBanner(), appletUsage(p.args[0]))
	return status
}

// An opts is the options of a command: the values of each, by its letter, and what
// is left.
type opts struct {
	set  map[byte][]string
	rest []string
}

func (o *opts) has(letters string) bool {
	for i := range len(letters) {
		if _, ok := o.set[letters[i]]; ok {
			return true
		}
	}
	return false
}

// get is the last value of an option.
func (o *opts) get(letter byte) string {
	if v := o.set[letter]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func (o *opts) add(letter byte, value string) { o.set[letter] = append(o.set[letter], value) }

// maxArguments bounds the values of options that count.
const maxArguments = 1000

// opt reads the options that spec lists: letters, those with a value followed by a
// colon, then long names with the letter that each stands for, such as
// "ln: lines=n". An option that is not among them is said to be unknown, and ok is
// false; status is what the command then ends with.
func (p *proc) opt(spec string, status int) (o *opts, bad int, ok bool) {
	fields := strings.Fields(spec)
	letters := fields[0]
	long := map[string]byte{}
	for _, f := range fields[1:] {
		name, letter, _ := strings.Cut(f, "=")
		long[name] = letter[0]
	}
	o = &opts{set: map[byte][]string{}}
	takes := func(c byte) bool {
		i := strings.IndexByte(letters, c)
		return i >= 0 && i+1 < len(letters) && letters[i+1] == ':'
	}
	args := p.args[1:]
	for i := 0; i < len(args) && i < maxArguments; i++ {
		a := args[i]
		switch {
		case a == "--":
			o.rest = append(o.rest, args[i+1:]...)
			return o, 0, true
		case strings.HasPrefix(a, "--"):
			name, value, given := strings.Cut(a[2:], "=")
			c, known := long[name]
			if !known {
				for full, letter := range long { // it may be shortened
					if name != "" && strings.HasPrefix(full, name) {
						c, known = letter, true
					}
				}
			}
			switch {
			case name == "help" && !known:
				return o, p.helpText(), false
			case name == "version" && !known:
				return o, p.version(), false
			case !known:
				p.errorf(status, "unrecognized option '%s'", a)
				return o, p.afterBad(status), false
			}
			if takes(c) && !given && i+1 < len(args) {
				i++
				value = args[i]
			}
			o.add(c, value)
		case len(a) > 1 && a[0] == '-':
			for j := 1; j < len(a); j++ {
				c := a[j]
				if takes(c) {
					value := a[j+1:]
					if value == "" {
						if i+1 >= len(args) {
							p.errorf(status, "option requires an argument -- '%c'", c)
							return o, p.afterBad(status), false
						}
						i++
						value = args[i]
					}
					o.add(c, value)
					break
				}
				if strings.IndexByte(letters, c) < 0 || c == ':' {
					p.errorf(status, "invalid option -- '%c'", c)
					return o, p.afterBad(status), false
				}
				o.add(c, "")
			}
		default:
			o.rest = append(o.rest, a)
		}
	}
	return o, 0, true
}

func (p *proc) afterBad(status int) int {
	if p.small() {
		return p.help(1)
	}
	return p.try(status)
}

func (p *proc) helpText() int {
	if p.small() {
		return p.help(0)
	}
	p.printf("Usage: %s [OPTION]... [FILE]...\n\n      --help        display this help and exit\n      --version     output version information and exit\n", p.args[0])
	return 0
}

func (p *proc) version() int {
	if p.small() {
		p.errorf(1, "unrecognized option '--version'")
		return p.help(1)
	}
	d := p.System.distro
	year := map[string]string{"9.1": "2022", "8.32": "2020", "8.30": "2018", "9.4": "2023", "9.3": "2023", "8.22": "2013", "9.5": "2024"}[d.coreutils]
	p.printf("%s (GNU coreutils) %s\nCopyright (C) %s Free Software Foundation, Inc.\n"+
		"License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"+
		"This is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n", p.args[0], d.coreutils, year)
	return 0
}

// files reads the named files, or the input if there are none, and hands each
// to use. It returns 1 if one could not be read, which it says in the words of
// format, with the file and the error.
func (p *proc) files(names []string, format string, use func(name, data string)) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	if p.small() {
		format = "%s: %v"
		if p.args[0] == "cat" || p.args[0] == "wc" {
			format = "can't open '%s': %v"
		}
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

// sleep waits, and reports false if the command was interrupted. In the background
// only the clock of the job goes on.
func (p *proc) sleep(d time.Duration) bool {
	if p.background != nil {
		if p.background.took += max(0, d); p.background.took >= longest {
			return false
		}
		return p.ctx.Err() == nil
	}
	timer := time.NewTimer(min(d, maxSleep))
	defer timer.Stop()
	begin := time.Now()
	defer func() { p.waited += time.Since(begin) }()
	select {
	case <-timer.C:
		return true
	case <-p.ctx.Done():
		p.leftOver = d
		return false
	}
}

// again runs the arguments from n on as a command.
func (p *proc) again(n int) int {
	if len(p.args) <= n {
		return 0
	}
	return p.runArgs(p.args[n:], p.Streams)
}

// runArgs runs a command that another one runs: no alias, function or builtin.
func (p *proc) runArgs(args []string, streams Streams) int {
	return p.deeper(streams, func() int {
		p.steps++
		run := &proc{Shell: p.Shell, Streams: streams, ctx: p.ctx, args: args, asApplet: p.asApplet}
		if p.over(p.ctx) {
			return 1
		}
		if strings.Contains(args[0], "/") {
			if _, err := p.lookup(p.abs(args[0]), true); err != nil {
				return p.errorf(127, p.either("failed to run command ‘%s’: %v", "can't execute '%s': %v"), args[0], err)
			}
			return p.runPath(run)
		}
		if at := p.which(args[0]); at != "" {
			return p.runFile(run, at)
		}
		return p.errorf(127, p.either("failed to run command ‘%s’: %v", "can't execute '%s': %v"), args[0], errNotFound)
	})
}

// runPath runs a command given as a path.
func (s *Shell) runPath(p *proc) int {
	name := p.args[0]
	n, err := s.lookup(s.abs(name), true)
	switch {
	case err == errNotFound && s.dialect != bash: //nolint:errorlint // our own value
		return s.fail(p.Streams, 127, name+": not found")
	case err != nil:
		return s.fail(p.Streams, 127, name+": "+err.Error())
	case n.kind == directory && s.dialect == bash:
		return s.fail(p.Streams, 126, name+": Is a directory")
	case n.kind == directory, !n.allows(&s.user, 1), n.kind != regular:
		return s.fail(p.Streams, 126, name+": Permission denied")
	}
	return s.runFile(p, s.abs(name))
}

// runFile runs the file at an absolute path: one of our programs, a script, or what
// an attacker brought along, which only seems to run.
func (s *Shell) runFile(p *proc, at string) int {
	s.settle(at)
	s.forks++
	if s.background != nil {
		s.steps += 10 // it may well be a loop without an end
	}
	data, err := s.FS.read(root, at)
	if err != nil {
		return s.fail(p.Streams, 126, p.args[0]+": "+err.Error())
	}
	if name, ok := programIn(data); ok {
		return s.runProgram(p, at, name)
	}
	switch {
	case strings.HasPrefix(data, "\x7fELF"):
		return s.pretend(p, at, data)
	case data != "" && strings.ContainsRune(data[:min(len(data), 80)], 0):
		return s.notExecutable(p)
	}
	return s.script(p, data, at)
}

// runProgram runs one of the machine's own programs under the name it has there.
func (s *Shell) runProgram(p *proc, at, name string) int {
	run := *p
	base := path.Base(at)
	applet := name == "busybox" && base != "busybox" // a link, or a copy by another name
	if applet {
		name = base
	}
	run.args = append([]string{base}, p.args[1:]...)
	outer, outerAt := s.running, s.runningAt
	s.running, s.runningAt = p.args, at
	if real, err := s.FS.real(&s.user, at); err == nil {
		s.runningAt = real
	}
	defer func() { s.running, s.runningAt = outer, outerAt }()
	if status, ok := s.brought(name, &run); ok {
		return status
	}
	if c, ok := s.System.programs[name]; ok {
		if name != base && name != "busybox" {
			run.args[0] = name
		}
		return c(&run)
	}
	if applet && !slices.Contains(s.System.applets(), name) {
		return run.errorf(127, "applet not found")
	}
	return cmdQuiet(&run)
}

// script runs a script with what its first line asks for.
func (s *Shell) script(p *proc, data, at string) int {
	first, _, _ := strings.Cut(data, "\n")
	if line, ok := strings.CutPrefix(first, "#!"); ok {
		words := strings.Fields(line)
		if len(words) == 0 {
			return 0
		}
		if _, err := s.lookup(words[0], true); err != nil {
			if s.dialect != bash {
				return s.fail(p.Streams, 127, p.args[0]+": not found")
			}
			text := p.args[0] + ": " + words[0] + ": bad interpreter: No such file or directory"
			if strings.HasPrefix(s.System.distro.bash, "5.2") {
				text = p.args[0] + ": cannot execute: required file not found"
			}
			return s.fail(p.Streams, 126, text)
		}
		interpreter := path.Base(words[0])
		if interpreter == "env" && len(words) > 1 {
			interpreter = words[1]
		}
		if d, ok := dialectOf(interpreter, s.System.distro.sh); ok {
			return s.source(p, data, p.args[1:], p.args[0], d)
		}
		return p.runArgs(append(append(words, at), p.args[1:]...), p.Streams)
	}
	return s.source(p, data, p.args[1:], p.args[0], s.dialect)
}

// dialectOf is the dialect of a shell by its name; sh is that of sh.
func dialectOf(name string, sh dialect) (dialect, bool) {
	switch name {
	case "sh":
		return sh, true
	case "bash", "rbash":
		return bash, true
	case "dash":
		return dash, true
	case "ash":
		return ash, true
	}
	return 0, false
}

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
