package shell

import (
	"path"
	"slices"
	"strings"
	"time"
)

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
