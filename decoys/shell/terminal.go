package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// Terminal runs an interactive session on a terminal: in is what is typed, out
// what is shown. run starts a goroutine that reads in until that ends. The
// result is the exit status.
func (s *Shell) Terminal(ctx context.Context, in io.Reader, out io.Writer, run func(func())) int {
	defer s.settle("/")
	k := newKeys()
	run(func() { k.pump(in) })
	e := &editor{keys: k, out: out}
	shown := &crlf{w: out}
	typed := &cooked{ctx: ctx, editor: &editor{keys: k, out: out}}
	streams := Streams{typed, shown, shown}
	for !s.exited && ctx.Err() == nil {
		source, err := s.ask(ctx, e)
		switch {
		case errors.Is(err, errInterrupted):
			s.status = 130
			continue
		case err != nil: // Ctrl-D, or the terminal is gone
			e.print("logout\r\n")
			return s.status
		}
		command, cancel := context.WithCancel(ctx)
		k.onInterrupt(func() {
			_, _ = io.WriteString(out, "^C")
			cancel()
		})
		typed.ctx, typed.rest = command, nil
		s.Line(command, source, streams)
		k.onInterrupt(nil)
		if command.Err() != nil && ctx.Err() == nil {
			s.status = 130
			e.print("\r\n")
		}
		cancel()
		if e.history = append(e.history, source); len(e.history) > maxHistory {
			e.history = e.history[1:]
		}
	}
	if s.exited {
		e.print("logout\r\n")
	}
	return s.status
}

// ask reads a command, which may go over several lines.
func (s *Shell) ask(ctx context.Context, e *editor) (string, error) {
	on, off := "", ""
	if !s.System.oldBash() && s.Term != "dumb" { // readline 8.1 and later: bracketed paste
		on, off = "\x1b[?2004h", "\x1b[?2004l\r"
	}
	source, prompt := "", s.prompt()
	for range maxLines {
		line, err := e.read(ctx, on+prompt)
		e.print(off)
		if err != nil {
			return "", err
		}
		source += line
		if !Incomplete(source) {
			break
		}
		source += "\n"
		prompt = "> "
	}
	return source, nil
}

// prompt is PS1 of the distributions: plain for root of Debian, otherwise in
// colour where the terminal has any, and with a window title for xterm.
func (s *Shell) prompt() string {
	where := s.dir
	if home := s.vars["HOME"]; where == home || strings.HasPrefix(where, home+"/") {
		where = "~" + where[len(home):]
	}
	sign := "$"
	if s.user.uid == 0 {
		sign = "#"
	}
	host := s.System.persona.Hostname
	plain := s.user.name + "@" + host + ":" + where
	if s.user.uid == 0 && s.System.persona.OS.ID == "debian" {
		return plain + sign + " "
	}
	text := plain
	if strings.Contains(s.Term, "color") {
		text = "\x1b[01;32m" + s.user.name + "@" + host + "\x1b[00m:\x1b[01;34m" + where + "\x1b[00m"
	}
	if strings.HasPrefix(s.Term, "xterm") || strings.HasPrefix(s.Term, "rxvt") {
		text = "\x1b]0;" + s.user.name + "@" + host + ": " + where + "\a" + text
	}
	return text + sign + " "
}

// crlf is what a terminal does to line ends on their way out.
type crlf struct{ w io.Writer }

func (c *crlf) Write(p []byte) (int, error) {
	if _, err := c.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// isTerminal reports whether what is written to w is shown on a terminal.
func isTerminal(w io.Writer) bool {
	if l, ok := w.(*limit); ok {
		w = l.w
	}
	_, ok := w.(*crlf)
	return ok
}

// cooked is what a command reads from a terminal: lines, as they are finished.
type cooked struct {
	ctx    context.Context //nolint:containedctx // of the command that reads
	editor *editor
	rest   []byte
}

func (c *cooked) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		line, err := c.editor.read(c.ctx, "")
		if err != nil {
			return 0, io.EOF
		}
		c.rest = []byte(line + "\n")
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// OnTerminal is w as a terminal shows it: LF becomes CR LF.
func OnTerminal(w io.Writer) io.Writer { return &crlf{w} }
