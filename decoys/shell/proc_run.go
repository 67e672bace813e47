package shell

import (
	"path"
	"slices"
	"strings"
	"time"
)

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
	if status, ok := s.brought(base, &run); ok {
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
