package shell

import (
	"context"
	"io"
	"strconv"
	"strings"
	"time"
)

// now is the machine's clock.
func (s *Shell) now() time.Time { return time.Now().UTC() }

// fail says msg in the name of the shell.
func (s *Shell) fail(io Streams, status int, msg string) int { return s.complain(io, status, "", msg) }

// complain says msg of a builtin in the name of the shell, in the form of its
// dialect.
func (s *Shell) complain(io Streams, status int, builtin, msg string) int {
	where := ""
	switch {
	case s.dialect == dash:
		where = strconv.Itoa(max(1, s.lineNo)) + ": "
	case s.dialect == ash && builtin != "" && !s.interactive():
		where = builtin + ": line " + strconv.Itoa(max(0, s.lineNo-1)) + ": "
		builtin = ""
	case s.lined:
		where = "line " + strconv.Itoa(max(1, s.lineNo)) + ": "
	}
	if builtin != "" {
		where += builtin + ": "
	}
	_, _ = io.Err.Write([]byte(s.name + ": " + where + msg + "\n"))
	return status
}

// interactive reports a shell that talks to somebody at a terminal.
func (s *Shell) interactive() bool { return s.tty != "" && strings.HasPrefix(s.name, "-") && !s.lined }

// enter starts the bounds of one line anew.
func (s *Shell) enter() {
	s.since, s.waited = time.Now(), 0
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
	return s.exited || s.breaks > 0 || s.next || s.returning || s.steps >= maxSteps || ctx.Err() != nil || time.Since(s.since)-s.waited > maxBusy
}

// patient is an input for which it does not count as work to wait.
type patient struct {
	r io.Reader
	s *Shell
}

func (p *patient) Read(b []byte) (int, error) {
	begin := time.Now()
	defer func() { p.s.waited += time.Since(begin) }()
	return p.r.Read(b)
}
