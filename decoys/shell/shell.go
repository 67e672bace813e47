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
	"context"
	"io"
	"maps"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
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
	// maxHistory bounds what history lists.
	maxHistory = 500
)

// Config is one session.
type Config struct {
	System *System
	FS     *FS
	User   string
	// Source and Local are the ends of the connection.
	Source, Local netip.AddrPort
	// Login is when the session began.
	Login time.Time
	// Term is the terminal's type, empty without a terminal.
	Term string
	// NetworkDelay is how long a download takes to fail.
	NetworkDelay time.Duration
	// Command is told each command line, as it was entered, before it runs.
	Command func(line string)
	// Download is told each attempt to fetch something.
	Download func(tool, url string)
	// Written, if not nil, is told each file that a command wrote, with all of its
	// content, when it is finished: at the end of the command line, or, of a file that
	// was extended, when it is run, replaced or taken away, or at the end of the session.
	Written func(path string, data []byte)
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
	exported    map[string]bool
	funcs       map[string]*syntax.Stmt
	params      []string
	history     []string
	status      int
	exited      bool
	// name is $0, and line what comes after it in messages.
	name, line string
	tty        string
	pid        int
	umask      uint16
	// pending are the files that were written and not reported, and whether they were
	// only extended.
	pending map[string]bool

	steps, depth, nest int
	breaks             int // loops to leave
	next               bool
	returning          bool
}

// New returns the shell of a session in which nothing happened yet.
func New(c Config) *Shell {
	a := c.System.makeHome(c.FS, c.User)
	s := &Shell{
		Config: c, user: c.FS.userOf(a), dir: a.home, oldDir: a.home,
		vars: map[string]string{}, exported: map[string]bool{}, funcs: map[string]*syntax.Stmt{}, name: "-bash",
		pid: lastPID(c.Login) + 3, umask: 0o022, pending: map[string]bool{},
	}
	s.user.session = s
	if c.Term != "" {
		s.tty = "pts/0"
	}
	env := map[string]string{
		"HOME": a.home, "USER": a.name, "LOGNAME": a.name, "SHELL": "/bin/bash", "PWD": a.home, "SHLVL": "1", "LANG": "en_US.UTF-8",
		"PATH":       "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"SSH_CLIENT": c.Source.Addr().String() + " " + strconv.Itoa(int(c.Source.Port())) + " " + strconv.Itoa(int(c.Local.Port())),
		"SSH_CONNECTION": c.Source.Addr().String() + " " + strconv.Itoa(int(c.Source.Port())) + " " +
			c.Local.Addr().String() + " " + strconv.Itoa(int(c.Local.Port())),
	}
	if a.uid != 0 {
		env["PATH"] = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
	}
	if c.System.persona.OS.ID == "ubuntu" {
		env["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"
	}
	if c.Term != "" {
		env["TERM"], env["SSH_TTY"] = c.Term, "/dev/pts/0"
	}
	maps.Copy(s.vars, env)
	for name := range env {
		s.exported[name] = true
	}
	return s
}

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

// now is the machine's clock.
func (s *Shell) now() time.Time { return time.Now().UTC() }

// fail says msg in the name of the shell.
func (s *Shell) fail(io Streams, status int, msg string) int {
	_, _ = io.Err.Write([]byte(s.name + ": " + s.line + msg + "\n"))
	return status
}

// enter starts the bounds of one line anew.
func (s *Shell) enter() {
	s.steps, s.depth, s.nest, s.breaks, s.next, s.returning = 0, 0, 0, 0, false, false
}

// deeper runs f one level down, unless that is too deep already.
func (s *Shell) deeper(io Streams, f func() int) int {
	if s.nest >= maxNest {
		s.steps = maxSteps // whatever called itself is not called again
		return s.fail(io, 1, "maximum nesting level exceeded")
	}
	s.nest++
	defer func() { s.nest-- }()
	return f()
}

// over reports that nothing more of the line is to be run.
func (s *Shell) over(ctx context.Context) bool {
	return s.exited || s.breaks > 0 || s.next || s.returning || s.steps >= maxSteps || ctx.Err() != nil
}
