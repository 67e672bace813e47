package shell

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"
)

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
	host, _, _ := strings.Cut(s.hostname(), ".")
	name := s.user.name
	last := where[strings.LastIndexByte(where, '/')+1:]
	if where == "/" {
		last = "/"
	}
	xterm := strings.HasPrefix(s.Term, "xterm") || strings.HasPrefix(s.Term, "rxvt")
	plain := name + "@" + host + ":" + where
	switch {
	case s.dialect == dash:
		return sign + " "
	case s.dialect == ash && s.System.openwrt():
		return name + "@" + host + ":" + where + sign + " "
	case s.dialect == ash && s.System.busybox():
		return host + ":" + where + sign + " "
	case s.System.distro.family == "rhel":
		title := ""
		if xterm {
			title = "\x1b]0;" + name + "@" + host + ":" + where + "\a"
		}
		return title + "[" + name + "@" + host + " " + last + "]" + sign + " "
	case s.System.distro.family == "arch":
		return "[" + name + "@" + host + " " + last + "]" + sign + " "
	case s.System.persona.OS.ID == "kali" && s.user.uid != 0:
		return "┌──(" + name + "㉿" + host + ")-[" + where + "]\r\n└─" + sign + " "
	case s.user.uid == 0 && s.System.persona.OS.ID == "debian":
		return plain + sign + " "
	}
	text := plain
	if strings.Contains(s.Term, "color") {
		text = "\x1b[01;32m" + name + "@" + host + "\x1b[00m:\x1b[01;34m" + where + "\x1b[00m"
	}
	if xterm {
		text = "\x1b]0;" + name + "@" + host + ": " + where + "\a" + text
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
	for {
		switch inner := w.(type) {
		case *limit:
			w = inner.w
		case *later:
			w = inner.w
		case *crlf:
			return true
		default:
			return false
		}
	}
}

// cooked is what a command reads from a terminal: lines, as they are finished.
type cooked struct {
	ctx    context.Context //nolint:containedctx // of the command that reads
	editor *editor
	rest   []byte
	shell  *Shell
}

func (c *cooked) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		begin := time.Now()
		defer func() { c.shell.waited += time.Since(begin) }()
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
