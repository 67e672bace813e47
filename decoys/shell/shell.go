// Package shell is a shell on a machine that does not exist. In come command
// lines of an attacker, out go the output that the persona's machine would give,
// and calls that report each command line once, in order, before it runs.
//
// Lines are parsed with mvdan.cc/sh and evaluated here, over files in memory
// (FS) and commands of our own. Nothing touches the real machine: no process is
// started, no file opened, no name resolved, no connection made. Time, output,
// steps, nesting and files are bounded.
package shell

import (
	"fmt"
	"io"
	"maps"
	"net/netip"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"github.com/decnet/decnet/decoys/decoy"
)

// Bounds of one shell.
const (
	// maxSource bounds what is parsed at once, in bytes.
	maxSource = 64 << 10
	// maxSteps bounds the commands one line may run, loops included.
	maxSteps = 4000
	// maxDepth bounds statements within each other, and maxNest functions,
	// substitutions and scripts.
	maxDepth = 3000
	maxNest  = 40
	// maxOutput bounds what one line may print or pass on, in bytes.
	maxOutput = 1 << 20
	// maxVars and maxValue bound variables, in number and bytes.
	maxVars  = 512
	maxValue = 16 << 10
	// maxBusy bounds what one line may take without the time that it waits.
	maxBusy = 10 * time.Second
	// maxHistory bounds what history lists.
	maxHistory = 500
)

// Config is one session.
type Config struct {
	System *System
	FS     *FS
	User   string
	// Service is what the session came by: "telnet", or empty for ssh.
	Service string
	// Source and Local are the ends of the connection.
	Source, Local netip.AddrPort
	// Login is when the session began.
	Login time.Time
	// Term is the terminal's type, empty without a terminal; Columns is its width in
	// characters, 80 if it is not given.
	Term    string
	Columns int
	// Env are variables that the service sets.
	Env map[string]string
	// NetworkDelay is how long a download takes to fail.
	NetworkDelay time.Duration
	// Command is told each command line, as it was entered, before it runs.
	Command func(line string, typed decoy.Typed)
	// Download is told each attempt to fetch something.
	Download func(tool, url string)
	// Password, if not nil, is told each password that is set, as passwd does it.
	Password func(user, password string)
	// Written, if not nil, is told each file that a command wrote, with all of its
	// content, when it is finished: at the end of the command line, or, of a file that
	// was extended, when it is run, replaced or taken away, or at the end of the session.
	Written func(path string, data []byte)
	// Programs are commands that the service brings along, by name.
	Programs map[string]Program
}

// Streams are a command's standard input, output and error.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// A Shell is one session's. It is used by one goroutine at a time.
type Shell struct {
	Config
	user        user
	dir, oldDir string
	vars        map[string]string
	arrays      map[string]array
	exported    map[string]bool
	readonly    map[string]bool
	funcs       map[string]*syntax.Stmt
	aliases     map[string]string
	traps       map[string]string
	options     map[string]bool // of set and shopt that are on
	params      []string
	locals      []map[string]saved // of the functions that run
	history     []string
	status      int
	exited      bool
	// dialect says how errors are worded; name is $0, in front of them, and lined
	// that the number of the line, lineNo, follows.
	dialect    dialect
	name       string
	lined      bool
	lineNo     int
	tty        string
	running    []string // the program that runs, and its file
	runningAt  string
	pid, forks int
	columns    *atomic.Int32 // of the terminal; 0 is the usual
	signal     string        // that ended the session
	umask      uint16
	jobs       []*job
	background *job          // what runs now, if that is in the background
	lastJob    int           // pid of the last job, $!
	lastArg    string        // $_
	leftOver   time.Duration // of the sleep that was interrupted
	permanent  *Streams
	files      map[string]*openFile // of exec, by descriptor
	substs     int                  // process substitutions so far
	shells     []level              // those that this one was begun from
	typed      *cooked              // what is typed at the terminal
	entry      decoy.Typed          // how the line was typed that runs
	// pending are the files that were written and not reported, and whether they were
	// only extended.
	pending map[string]bool

	// since is when the line began, waited how long it has waited since.
	since              time.Time
	waited             time.Duration
	steps, depth, nest int
	breaks             int // loops to leave
	next               bool
	returning          bool
}

// New returns the shell of a session in which nothing happened yet. The session
// is there for others to see until Exec, Script or Terminal returns.
func New(c Config) *Shell {
	a := c.System.makeHome(c.FS, c.User)
	s := &Shell{
		Config: c, user: c.FS.userOf(a), dir: a.home, oldDir: a.home, vars: map[string]string{}, arrays: map[string]array{},
		exported: map[string]bool{}, readonly: map[string]bool{}, funcs: map[string]*syntax.Stmt{}, aliases: map[string]string{},
		traps: map[string]string{}, options: map[string]bool{}, pid: lastPID(c.Login) + 3, umask: 0o022, pending: map[string]bool{},
		dialect: c.System.login(), columns: new(atomic.Int32), files: map[string]*openFile{},
	}
	s.name = "-" + path.Base(c.System.shell())
	s.user.session = s
	if c.Columns > 0 {
		s.Resize(c.Columns)
	}
	if n, err := s.lookup(a.home, true); err != nil || n.kind != directory {
		s.dir = "/"
	}
	c.FS.enter(s)
	s.environment(a)
	return s
}

// environment sets the variables that a login has.
func (s *Shell) environment(a account) {
	c, d := &s.Config, &s.System.distro
	env := map[string]string{
		"HOME": a.home, "USER": a.name, "LOGNAME": a.name, "SHELL": c.System.shell(), "PWD": s.dir, "SHLVL": "1", "LANG": "en_US.UTF-8",
		"PATH": d.path,
	}
	if c.Source.IsValid() && c.Service != telnet {
		env["SSH_CLIENT"] = fmt.Sprintf("%s %d %d", c.Source.Addr(), c.Source.Port(), c.Local.Port())
		env["SSH_CONNECTION"] = fmt.Sprintf("%s %d %s %d", c.Source.Addr(), c.Source.Port(), c.Local.Addr(), c.Local.Port())
	}
	if a.uid != 0 {
		env["PATH"] = d.userPath
	}
	if d.family == "rhel" {
		env["PATH"] = strings.ReplaceAll(env["PATH"], "/root", a.home)
		env["MAIL"] = "/var/spool/mail/" + a.name
	}
	if s.System.busybox() {
		env["LANG"], env["PAGER"] = "C.UTF-8", "less"
	}
	if s.tty != "" {
		env["TERM"] = c.Term
		if c.Service != telnet {
			env["SSH_TTY"] = "/dev/" + s.tty
		}
		s.options["emacs"], s.options["monitor"] = true, true
		s.aliases = loginAliases(d.family, a.uid)
	}
	maps.Copy(env, c.Env)
	maps.Copy(s.vars, env)
	for name := range env {
		s.exported[name] = true
	}
}

// loginAliases are those that an interactive shell begins with.
func loginAliases(family string, uid int) map[string]string {
	switch {
	case family == "rhel" && uid == 0:
		return map[string]string{
			"cp": "cp -i", "mv": "mv -i", "rm": "rm -i", "ls": "ls --color=auto", "ll": "ls -l --color=auto", "grep": "grep --color=auto",
			"egrep": "egrep --color=auto", "fgrep": "fgrep --color=auto", "l.": "ls -d .* --color=auto",
		}
	case family == "rhel":
		return map[string]string{"ls": "ls --color=auto", "ll": "ls -l --color=auto", "grep": "grep --color=auto"}
	case family == "debian" && uid != 0:
		return map[string]string{"ls": "ls --color=auto", "grep": "grep --color=auto", "ll": "ls -alF", "la": "ls -A", "l": "ls -CF"}
	case family == "arch":
		return map[string]string{"ls": "ls --color=auto", "grep": "grep --color=auto"}
	}
	return map[string]string{}
}

// Resize tells the width of the terminal, in characters. It may be called while a
// command runs.
func (s *Shell) Resize(columns int) {
	if columns > 0 {
		s.columns.Store(int32(min(columns, 500)))
	}
}

// width is the terminal's.
func (s *Shell) width() int {
	if n := s.columns.Load(); n > 0 {
		return int(n)
	}
	return 80
}

// Signal is the name of the signal that ended the session, empty if none did.
func (s *Shell) Signal() string { return s.signal }

// Exited reports whether the session ended itself.
func (s *Shell) Exited() bool { return s.exited }

// Status is the exit status of the last command.
func (s *Shell) Status() int { return s.status }

// abs makes a path absolute.
func (s *Shell) abs(p string) string {
	if !strings.HasPrefix(p, "/") {
		p = s.dir + "/" + p
	}
	return path.Clean(p)
}
