package shell

import (
	"path"
	"slices"
	"strings"
	"time"
)

func cmdTrue(*proc) int { return 0 }

func cmdFalse(*proc) int { return 1 }

// cmdQuiet is what says nothing when all is well, and nothing is to be seen of it.
func cmdQuiet(p *proc) int {
	for _, a := range p.args[1:] {
		switch a {
		case "--help":
			return p.helpText()
		case "--version":
			return p.version()
		}
	}
	return 0
}

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

// cmdCommand is command, builtin and exec.
func cmdCommand(p *proc) int {
	args := p.args[1:]
	if p.args[0] == "command" && len(args) > 0 && (args[0] == "-v" || args[0] == "-V") {
		return cmdType(p)
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		if args[0] == "-a" && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return 0
	}
	run := &proc{Shell: p.Shell, Streams: p.Streams, ctx: p.ctx, args: args}
	return p.deeper(p.Streams, func() int {
		status := 0
		if b, ok := p.builtin(args[0]); ok && p.args[0] != "exec" {
			return b(run)
		}
		switch {
		case p.args[0] == "builtin":
			return p.complain(p.Streams, 1, "builtin", args[0]+": not a shell builtin")
		case strings.Contains(args[0], "/"):
			status = p.runPath(run)
		case p.which(args[0]) == "":
			if p.args[0] == "exec" {
				return p.complain(p.Streams, 127, p.dialectWord("exec", "exec"), args[0]+": not found")
			}
			return p.notFound(run)
		default:
			status = p.runFile(run, p.which(args[0]))
		}
		if p.args[0] == "exec" {
			if d, ok := dialectOf(path.Base(args[0]), p.System.distro.sh); ok && len(args) == 1 && p.tty != "" {
				if len(p.shells) > 0 { // it takes the place of this one
					p.shells = p.shells[:len(p.shells)-1]
				}
				p.dialect = d
				return 0
			}
			p.status, p.exited = status, true
		}
		return status
	})
}

// keywords are bash's reserved words.
var keywords = strings.Fields("if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc")

// cmdType is type, command -v and which: where a command comes from.
func cmdType(p *proc) int {
	status, short := 0, p.args[0] != "type"
	long := len(p.args) > 1 && p.args[1] == "-V"
	for _, name := range p.args[1:] {
		if strings.HasPrefix(name, "-") {
			short = short || name == "-p" || name == "-P"
			continue
		}
		if len(p.args) > 1 && p.args[1] == "-t" {
			status = max(status, p.typeWord(name))
			continue
		}
		_, builtin := p.builtin(name)
		at := p.which(name)
		if strings.Contains(name, "/") {
			if n, err := p.lookup(p.abs(name), true); err == nil && n.allows(&p.user, 1) {
				at = name
			}
		}
		shells := p.args[0] != "which"
		alias, aliased := p.aliases[name]
		_, function := p.funcs[name]
		switch {
		case shells && aliased && short && !long:
			p.printf("alias %s='%s'\n", name, alias)
		case shells && aliased:
			p.printf("%s is aliased to `%s'\n", name, alias)
		case shells && slices.Contains(keywords, name) && short && !long, shells && function && short && !long, shells && builtin && short && !long:
			p.print(name + "\n")
		case shells && slices.Contains(keywords, name):
			p.printf("%s is a shell keyword\n", name)
		case shells && function:
			p.printf("%s is a function\n", name)
		case shells && builtin:
			p.printf("%s is a shell builtin\n", name)
		case at != "" && short && !long:
			p.print(at + "\n")
		case at != "":
			p.printf("%s is %s\n", name, at)
		case short && !long:
			status = 1
			if p.args[0] == "which" && p.System.rhel() {
				dirs := p.vars["PATH"]
				p.say("/usr/bin/which: no %s in (%s)\n", name, dirs)
			}
		case p.dialect == bash:
			status = p.complain(p.Streams, 1, p.args[0], name+": not found")
		default:
			p.printf("%s: not found\n", name)
			status = 127
		}
	}
	return status
}

func (p *proc) typeWord(name string) int {
	_, builtin := p.builtin(name)
	switch {
	case p.aliases[name] != "":
		p.print("alias\n")
	case slices.Contains(keywords, name):
		p.print("keyword\n")
	case p.funcs[name] != nil:
		p.print("function\n")
	case builtin:
		p.print("builtin\n")
	case p.which(name) != "":
		p.print("file\n")
	default:
		return 1
	}
	return 0
}

// cmdRun is nohup, nice, timeout, setsid and the like: what is left after their own
// options and values is a command.
func cmdRun(p *proc) int {
	withValue := map[string]string{"nice": "n", "ionice": "cnp", "timeout": "ks", "stdbuf": "ioe", "chrt": "p", "taskset": "", "watch": "n", "flock": "wEc", "unshare": "", "nsenter": "t", "setpriv": ""}[p.args[0]]
	i := 1
	for i < len(p.args) && len(p.args[i]) > 1 && p.args[i][0] == '-' {
		a := p.args[i]
		i++
		if len(a) == 2 && strings.Contains(withValue, a[1:]) {
			i++
		}
	}
	limit := maxSleep
	switch p.args[0] {
	case "timeout":
		if i >= len(p.args) {
			return p.missing("missing operand")
		}
		d, ok := interval(p.args[i])
		if !ok {
			p.errorf(125, p.either("invalid time interval ‘%s’", "invalid number '%s'"), p.args[i])
			return p.try(125)
		}
		limit, i = d, i+1
	case "taskset", "flock", "chroot", "setarch":
		i++
	}
	if i >= len(p.args) {
		switch p.args[0] {
		case "nice":
			p.print("0\n")
			return 0
		case "nsenter", "unshare", "chroot":
			return 0
		}
		return p.missing("missing operand")
	}
	switch p.args[0] {
	case "nohup":
		if isTerminal(p.Out) {
			p.say("nohup: ignoring input and appending output to 'nohup.out'\n")
			t, err := p.open("nohup.out", true)
			if err != nil {
				return p.errorf(125, "failed to open 'nohup.out': %v", err)
			}
			p.Out, p.Err = t, t
			status := p.again(i)
			_ = p.flush(t) // without room, it is lost
			return status
		}
		if p.background == nil && p.tty != "" {
			p.say("nohup: ignoring input\n")
		}
	case "watch":
		p.print("\x1b[H\x1b[2J")
		return p.runArgs([]string{"sh", "-c", strings.Join(p.args[i:], " ")}, p.Streams)
	}
	if limit >= maxSleep {
		return p.again(i)
	}
	return p.limited(i, limit)
}

// limited runs the arguments from i on for so long.
func (p *proc) limited(i int, limit time.Duration) int {
	run := *p
	ctx, cancel := contextWithTimeout(p.ctx, limit)
	defer cancel()
	run.ctx = ctx
	status := run.again(i)
	if ctx.Err() != nil && p.ctx.Err() == nil {
		return 124
	}
	return status
}

func cmdXargs(p *proc) int {
	o, n, replace, null, delimiter := 1, 0, "", false, ""
	quietEmpty := false
	for o < len(p.args) && strings.HasPrefix(p.args[o], "-") {
		a := p.args[o]
		o++
		value := func() string {
			if len(a) > 2 {
				return a[2:]
			}
			if o < len(p.args) {
				o++
				return p.args[o-1]
			}
			return ""
		}
		switch {
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-L"):
			n = max(1, number(value()))
		case strings.HasPrefix(a, "-I"):
			replace = value()
		case strings.HasPrefix(a, "-d"):
			delimiter = unescape(value())
		case strings.HasPrefix(a, "-P"), strings.HasPrefix(a, "-s"):
			value()
		case a == "-0" || a == "--null":
			null = true
		case a == "-r" || a == "--no-run-if-empty":
			quietEmpty = true
		}
	}
	text := input(p.In)
	var words []string
	switch {
	case null:
		words = strings.Split(strings.TrimSuffix(text, "\x00"), "\x00")
	case delimiter != "":
		words = strings.Split(strings.TrimSuffix(text, "\n"), delimiter)
	case replace != "":
		for _, l := range lines(text) {
			words = append(words, strings.TrimSpace(l))
		}
	default:
		words = shellWords(text)
	}
	if text == "" {
		words = nil
	}
	base := []string{"echo"}
	if o < len(p.args) {
		base = p.args[o:]
	}
	if len(words) == 0 && (quietEmpty || replace != "") {
		return 0
	}
	run := func(args []string) int {
		if got := p.runArgs(args, Streams{nothing{}, p.Out, p.Err}); got != 0 {
			if got == 127 || got == 126 {
				return got
			}
			return 123
		}
		return 0
	}
	status := 0
	if replace != "" {
		for _, w := range words[:min(len(words), maxSteps)] {
			args := make([]string, len(base))
			for i, b := range base {
				args[i] = strings.ReplaceAll(b, replace, w)
			}
			status = max(status, run(args))
		}
		return status
	}
	if n == 0 {
		n = max(1, len(words))
	}
	for first := true; first || len(words) > 0; first = false {
		k := min(n, len(words))
		status = max(status, run(append(slices.Clone(base), words[:k]...)))
		words = words[k:]
		if p.over(p.ctx) {
			break
		}
	}
	return status
}

// shellWords cuts text at white space outside of quotes.
func shellWords(text string) []string {
	var out []string
	var b strings.Builder
	quote, begun := byte(0), false
	for i := range len(text) {
		c := text[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, begun = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if begun || b.Len() > 0 {
				out = append(out, b.String())
			}
			b.Reset()
			begun = false
		default:
			b.WriteByte(c)
		}
	}
	if begun || b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

// cmdSudo runs a command as root. Who may not is told so.
func cmdSudo(p *proc) int {
	i, who, list, login := 1, "root", false, false
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		a := p.args[i]
		i++
		switch a {
		case "-u", "-g", "-p", "-C", "-h":
			if a == "-u" && i < len(p.args) {
				who = p.args[i]
			}
			i++
		case "-l", "-ll", "-v", "-k", "-K":
			list = true
		case "-i", "-s", "-Si":
			login = true
		case "-V", "--version":
			p.print("Sudo version 1.9.13p3\n")
			return 0
		}
	}
	a, ok := p.FS.account(who)
	if !ok {
		return p.errorf(1, "unknown user %s", who)
	}
	if p.user.uid != 0 && !p.mayAdminister() {
		return 1
	}
	if list {
		p.printf("Matching Defaults entries for %s on %s:\n    env_reset, mail_badpass, secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin\n\n"+
			"User %[1]s may run the following commands on %[2]s:\n    (ALL : ALL) ALL\n", p.user.name, p.System.persona.Hostname)
		return 0
	}
	for i < len(p.args) && strings.Contains(p.args[i], "=") {
		i++
	}
	if i >= len(p.args) && !login {
		p.say("usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\n" +
			"usage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n")
		return 1
	}
	if i >= len(p.args) && p.tty != "" {
		return p.levelAs(a, true)
	}
	saved, home := p.user, p.vars["HOME"]
	user, logname := p.vars["USER"], p.vars["LOGNAME"]
	p.become(a)
	p.set("SUDO_USER", saved.name)
	defer func() {
		p.user = saved
		p.user.session = p.Shell
		p.vars["HOME"], p.vars["USER"], p.vars["LOGNAME"] = home, user, logname
		delete(p.vars, "SUDO_USER")
	}()
	if i >= len(p.args) {
		return p.runArgs([]string{"sh"}, p.Streams)
	}
	args := p.args[i:]
	if !strings.Contains(args[0], "/") && p.which(args[0]) == "" {
		return p.errorf(1, "%s: command not found", args[0])
	}
	return p.runArgs(args, p.Streams)
}

// mayAdminister reports whether sudo lets this user: those of the group that may.
func (p *proc) mayAdminister() bool {
	admin := slices.ContainsFunc(p.FS.groups(), func(g group) bool {
		return g.name == p.System.adminGroup() && slices.Contains(g.members, p.user.name)
	})
	if p.tty == "" && !slices.Contains(p.args, "-S") || slices.Contains(p.args, "-n") {
		if slices.Contains(p.args, "-n") {
			p.errorf(1, "a password is required")
		} else {
			p.errorf(1, "a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper")
			p.errorf(1, "a password is required")
		}
		return false
	}
	p.say("[sudo] password for %s: ", p.user.name)
	answer, err := p.secret()
	if err != nil || answer == "" {
		p.say("\nsudo: no password was provided\n")
		return false
	}
	p.sleep(time.Second)
	if !admin {
		p.say("%s is not in the sudoers file.\n", p.user.name)
	}
	return admin
}

// levelAs begins a shell of somebody else's at the terminal.
func (p *proc) levelAs(a account, login bool) int {
	p.shells = append(p.shells, level{p.user, p.dialect, p.name, p.dir})
	if len(p.shells) > maxNest {
		p.shells = p.shells[:maxNest]
	}
	p.become(a)
	if d, ok := dialectOf(path.Base(a.shell), p.System.distro.sh); ok {
		p.dialect, p.name = d, path.Base(a.shell)
	}
	if login {
		p.dir = a.home
		p.set("PWD", p.dir)
	}
	return 0
}

func cmdSu(p *proc) int {
	who, command, login := "root", "", false
	for i := 1; i < len(p.args); i++ {
		switch a := p.args[i]; {
		case a == "-" || a == "-l" || a == "--login":
			login = true
		case a == "-c" || a == "--command":
			if i+1 < len(p.args) {
				i++
				command = p.args[i]
			}
		case a == "-s" || a == "-g":
			i++
		case strings.HasPrefix(a, "-"):
		default:
			who = a
		}
	}
	a, ok := p.FS.account(who)
	if !ok {
		return p.errorf(1, p.either("user %s does not exist or the user entry does not contain all the required fields", "unknown user %s"), who)
	}
	if p.user.uid != 0 {
		p.say("Password: ")
		_, _ = p.secret() // none is the right one
		p.sleep(2 * time.Second)
		return p.errorf(1, p.either("Authentication failure", "incorrect password"))
	}
	if strings.HasSuffix(a.shell, "nologin") || strings.HasSuffix(a.shell, "false") {
		p.print("This account is currently not available.\n")
		return 1
	}
	if command == "" && p.tty != "" {
		return p.levelAs(a, login)
	}
	saved, home, user := p.user, p.vars["HOME"], p.vars["USER"]
	p.become(a)
	defer func() {
		p.user = saved
		p.user.session = p.Shell
		p.vars["HOME"], p.vars["USER"], p.vars["LOGNAME"] = home, user, user
	}()
	if command == "" {
		command = input(p.In)
	}
	return p.runArgs([]string{path.Base(a.shell), "-c", command}, p.Streams)
}

// secret reads a line that is not shown.
func (p *proc) secret() (string, error) {
	if c, ok := p.In.(*cooked); ok {
		c.editor.hidden = true
		defer func() { c.editor.hidden = false }()
	}
	line, err := readByteLine(p.In)
	return line, err
}
