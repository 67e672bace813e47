package shell

import (
	"slices"
	"strings"
)

func cmdTest(p *proc) int {
	args := p.args[1:]
	if p.args[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			return p.complain(p.Streams, 2, "[", p.dialectWord("missing `]'", "missing ]"))
		}
		args = args[:len(args)-1]
	}
	if len(args) == 3 && slices.Contains([]string{"-eq", "-ne", "-lt", "-le", "-gt", "-ge"}, args[1]) {
		for _, v := range []string{args[0], args[2]} {
			if strings.Trim(strings.TrimSpace(v), "-+0123456789") != "" || strings.TrimSpace(v) == "" {
				return p.complain(p.Streams, 2, p.args[0], p.dialectWord(v+": integer expression expected", "Illegal number: "+v))
			}
		}
	}
	if len(args) == 2 && !strings.HasPrefix(args[0], "-") && args[0] != "!" {
		return p.complain(p.Streams, 2, p.args[0], p.dialectWord(args[0]+": unary operator expected", args[0]+": unexpected operator"))
	}
	return truth(p.testArgs(args))
}

// dialectWord chooses what bash says or what the others do.
func (s *Shell) dialectWord(bashSays, others string) string {
	if s.dialect == bash {
		return bashSays
	}
	return others
}

// cmdSh is sh, bash, dash and ash: another shell, a script or one of the input.
func cmdSh(p *proc) int {
	d, _ := dialectOf(p.args[0], p.System.distro.sh)
	args := p.args[1:]
	options, command, stdin := map[string]bool{}, false, false
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		a := args[0]
		args = args[1:]
		switch {
		case a == "--version" && d == bash:
			p.printf("GNU bash, version %s (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\n"+
				"License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\n"+
				"This is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n", p.System.bashVersion())
			return 0
		case a == "--":
		case strings.HasPrefix(a, "--"):
			continue
		case a == "-o" && len(args) > 0:
			options[args[0]] = true
			args = args[1:]
			continue
		}
		if a == "--" {
			break
		}
		command, stdin = command || strings.Contains(a, "c"), stdin || strings.Contains(a, "s")
		for i := 1; i < len(a); i++ {
			if name, ok := setLetters[a[i]]; ok {
				options[name] = a[0] == '-'
			}
		}
	}
	run := func(script string, params []string, name string) int {
		saved := p.options
		p.options = map[string]bool{}
		for name, on := range options {
			p.options[name] = on
		}
		defer func() { p.options = saved }()
		return p.source(p, script, params, name, d)
	}
	switch {
	case command && len(args) == 0:
		return p.errorf(2, "-c: option requires an argument")
	case command:
		script, params, name := args[0], args[1:], p.args[0]
		if len(params) > 0 {
			name, params = params[0], params[1:]
		}
		inner := *p
		inner.args = append([]string{"\x00"}, p.args[1:]...) // it is not the file of a script
		p = &inner
		return run(script, params, name)
	case len(args) == 0 || stdin:
		if p.tty != "" && isTerminal(p.Out) && !stdin {
			return p.nested(d)
		}
		return run(input(p.In), args, p.args[0])
	}
	at := args[0]
	data, err := p.FS.read(&p.user, p.abs(at))
	if err != nil && !strings.Contains(at, "/") {
		if found := p.which(at); found != "" {
			data, err = p.FS.read(&p.user, found)
		}
	}
	switch {
	case err == errIsDir: //nolint:errorlint // our own value
		return p.errorf(126, "%s: Is a directory", at)
	case err != nil && d == bash:
		return p.errorf(127, "%s: %v", at, err)
	case err != nil && d == dash:
		return p.errorf(2, "0: cannot open %s: No such file", at)
	case err != nil:
		return p.errorf(2, "can't open '%s': %v", at, err)
	case strings.ContainsRune(data[:min(len(data), 80)], 0):
		return p.errorf(126, "%s: cannot execute binary file", at)
	}
	p.settle(p.abs(at))
	return run(data, args[1:], at)
}

// nested is a shell within the one at the terminal: it looks the same, and its exit
// leads back.
func (p *proc) nested(d dialect) int {
	p.shells = append(p.shells, level{p.user, p.dialect, p.name, p.dir})
	if len(p.shells) > maxNest {
		p.shells = p.shells[:maxNest]
	}
	p.dialect, p.name = d, p.args[0]
	return 0
}

// level is a shell that another one at the same terminal has begun.
type level struct {
	user    user
	dialect dialect
	name    string
	dir     string
}

// leaveLevel goes back to the shell that began this one, if one did.
func (s *Shell) leaveLevel() bool {
	if len(s.shells) == 0 {
		return false
	}
	last := s.shells[len(s.shells)-1]
	s.shells = s.shells[:len(s.shells)-1]
	s.user, s.dialect, s.name, s.dir = last.user, last.dialect, last.name, last.dir
	s.user.session = s
	s.vars["HOME"], s.vars["USER"], s.vars["LOGNAME"], s.vars["PWD"] = s.user.home, s.user.name, s.user.name, s.dir
	s.exited = false
	return true
}

// become makes somebody else of the user of this shell, for su and sudo.
func (s *Shell) become(a account) {
	s.user = s.FS.userOf(a)
	s.user.session = s
	s.vars["HOME"], s.vars["USER"], s.vars["LOGNAME"] = a.home, a.name, a.name
}

func cmdSource(p *proc) int {
	if len(p.args) < 2 {
		return p.complain(p.Streams, 2, p.args[0], "filename argument required")
	}
	at := p.args[1]
	data, err := p.FS.read(&p.user, p.abs(at))
	if err != nil {
		switch p.dialect {
		case dash:
			return p.complain(p.Streams, 2, p.args[0], "cannot open "+at+": No such file")
		case ash:
			return p.complain(p.Streams, 2, p.args[0], "can't open '"+at+"': "+err.Error())
		case bash:
		}
		return p.fail(p.Streams, 1, at+": "+err.Error())
	}
	file, err := p.parse(data)
	if err != nil {
		p.syntaxError(data, err, p.Streams, "")
		return 2
	}
	params := p.params
	if len(p.args) > 2 {
		p.params = p.args[2:]
	}
	status := p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
	if p.returning {
		status, p.returning = p.status, false
	}
	p.params = params
	return status
}

func cmdEval(p *proc) int {
	script := strings.Join(p.args[1:], " ")
	file, err := p.parse(script)
	if err != nil {
		p.syntaxError(script, err, p.Streams, "")
		return p.status
	}
	return p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
}
