package telnet

import "strings"

// Control characters that mean something to a terminal.
const (
	ctrlC         = 0x03
	ctrlD         = 0x04
	ctrlO         = 0x0f
	ctrlQ         = 0x11
	ctrlR         = 0x12
	ctrlS         = 0x13
	ctrlU         = 0x15
	ctrlV         = 0x16
	ctrlW         = 0x17
	ctrlZ         = 0x1a
	ctrlBackslash = 0x1c
	del           = 0x7f
)

const (
	// maxLine bounds a line, in bytes: what Linux keeps of one that is not read.
	maxLine = 4095
	// maxLines bounds the lines that nobody has read.
	maxLines = 64
)

// A tty is a terminal of Linux while a program reads lines from it (termios(3), ICANON).
type tty struct {
	// show shows text.
	show func(string)
	// echo shows what is typed.
	echo bool
	// tabs says that a tab is shown as spaces.
	tabs    bool
	column  int
	line    []byte
	literal bool // after Ctrl-V
	// lines are those that are finished and not read. A line without a LF is
	// one that Ctrl-D has ended.
	lines []string
	// signal is told Ctrl-C, Ctrl-\ and Ctrl-Z.
	signal func(byte)
}

// print shows text and keeps count of the column.
func (t *tty) print(s string) {
	t.show(s)
	for i := range len(s) {
		switch s[i] {
		case '\r', '\n':
			t.column = 0
		case '\b':
			t.column--
		default:
			t.column++
		}
	}
}

// flush forgets what was typed.
func (t *tty) flush() { t.line, t.lines, t.literal = nil, nil, false }

// shown is a character as it is shown.
func (t *tty) shown(c byte) string {
	switch {
	case c == '\t' && t.tabs:
		return strings.Repeat(" ", 8-t.column%8)
	case c == '\t' || c >= ' ' && c != del:
		return string([]byte{c})
	}
	return "^" + string([]byte{c ^ 64})
}

func (t *tty) echoed(s string) {
	if t.echo {
		t.print(s)
	}
}

func (t *tty) add(c byte) {
	if len(t.line) < maxLine { // what is too much is shown all the same
		t.line = append(t.line, c)
	}
	t.echoed(t.shown(c))
}

func (t *tty) finish(end string) {
	if len(t.lines) < maxLines {
		t.lines = append(t.lines, string(t.line)+end)
	}
	t.line = nil
}

// type takes a character.
func (t *tty) typed(c byte) {
	if t.literal {
		t.literal = false
		t.add(c)
		return
	}
	switch c {
	case '\r', '\n':
		t.echoed("\r\n")
		t.finish("\n")
	case ctrlD:
		t.finish("")
	case ctrlC, ctrlBackslash, ctrlZ:
		t.flush()
		t.signal(c)
	case ctrlV:
		t.literal = true
		t.echoed("^\b")
	case ctrlR:
		t.echoed("^R\r\n" + string(t.line))
	case ctrlQ, ctrlS: // flow control
	case del:
		t.erase(1)
	case ctrlU:
		t.erase(len(t.line))
	case ctrlW:
		n := len(strings.TrimRight(string(t.line), " \t"))
		t.erase(len(t.line) - 1 - strings.LastIndexAny(string(t.line[:n]), " \t"))
	default:
		t.add(c)
	}
}

// erase takes n characters away.
func (t *tty) erase(n int) {
	for ; n > 0 && len(t.line) > 0; n-- {
		c := t.line[len(t.line)-1]
		t.line = t.line[:len(t.line)-1]
		t.echoed(strings.Repeat("\b \b", len(t.shown(c))))
	}
}
