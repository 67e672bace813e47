package shell

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	ctrlA     = 0x01
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlE     = 0x05
	ctrlK     = 0x0b
	ctrlL     = 0x0c
	ctrlU     = 0x15
	ctrlW     = 0x17
	ctrlB     = 0x02
	ctrlF     = 0x06
	ctrlN     = 0x0e
	ctrlP     = 0x10
	ctrlR     = 0x12
	ctrlT     = 0x14
	ctrlY     = 0x19
	ctrlZ     = 0x1a
	backspace = 0x08
	escape    = 0x1b
	deleteKey = 0x7f
)

// errInterrupted is Ctrl-C while a line is typed.
var errInterrupted = errors.New("interrupted")

// maxTypedLine bounds one line, in characters.
const maxTypedLine = 16 << 10

// An editor reads lines from a terminal and shows them as they are typed.
type editor struct {
	keys   *keys
	out    io.Writer
	prompt string
	line   []rune
	at     int
	// partial is the beginning of a character of several bytes.
	partial []byte
	// history is what the arrow keys go through, place where they are in it.
	history []string
	place   int
	// sawCR makes the LF of a CR LF no line of its own.
	sawCR bool
	// hidden does not show what is typed, as of a password.
	hidden bool
	// complete is what Tab does: it returns what to put in, and what to list.
	complete func(before string) (insert string, list []string)
	tabbed   bool
	edits    int    // keys other than characters, since the line began
	cut      []rune // what Ctrl-K, Ctrl-U or Ctrl-W took away
}

func (e *editor) print(s string) { _, _ = io.WriteString(e.out, s) }

// read shows the prompt and returns the next line.
func (e *editor) read(ctx context.Context, prompt string) (string, error) {
	e.prompt, e.line, e.at, e.place = prompt, e.line[:0], 0, len(e.history)
	e.print(prompt)
	for {
		c, err := e.keys.next(ctx)
		if err != nil {
			if errors.Is(err, io.EOF) && len(e.line) > 0 {
				return string(e.line), nil
			}
			return "", err
		}
		wasCR := e.sawCR
		e.sawCR = c == '\r'
		switch c {
		case '\n', '\r':
			if c == '\n' && wasCR {
				continue
			}
			e.print("\r\n")
			return string(e.line), nil
		case ctrlC:
			e.print("^C\r\n")
			return "", errInterrupted
		case ctrlD:
			if len(e.line) == 0 {
				return "", io.EOF
			}
			e.remove(e.at, e.at+1)
		default:
			if c < ' ' && c != escape || c == deleteKey {
				e.edits++
			}
			if err := e.key(ctx, c); err != nil {
				return "", err
			}
		}
	}
}

func (e *editor) key(ctx context.Context, c byte) error {
	switch c {
	case deleteKey, backspace:
		if e.at > 0 {
			e.move(e.at - 1)
			e.remove(e.at, e.at+1)
		}
	case ctrlA:
		e.move(0)
	case ctrlE:
		e.move(len(e.line))
	case ctrlK:
		e.remove(e.at, len(e.line))
	case ctrlU:
		end := e.at
		e.move(0)
		e.remove(0, end)
	case ctrlW:
		begin := strings.LastIndexByte(strings.TrimRight(string(e.line[:e.at]), " "), ' ') + 1
		begin = utf8.RuneCountInString(string(e.line[:e.at])[:begin])
		end := e.at
		e.move(begin)
		e.remove(begin, end)
	case ctrlL:
		e.print("\x1b[H\x1b[2J" + e.prompt + string(e.line))
		at := e.at
		e.at = len(e.line)
		e.move(at)
	case '\t':
		e.tab()
		return nil
	case ctrlB:
		e.move(max(0, e.at-1))
	case ctrlF:
		e.move(min(len(e.line), e.at+1))
	case ctrlP:
		e.recall(e.place - 1)
	case ctrlN:
		e.recall(e.place + 1)
	case ctrlY:
		for _, c := range []byte(string(e.cut)) {
			e.insert(c)
		}
	case ctrlT:
		if n := len(e.line); n > 1 && e.at > 0 {
			at := min(e.at, n-1)
			a, b := e.line[at-1], e.line[at]
			e.move(at - 1)
			e.remove(at-1, at+1)
			for _, c := range []byte(string(b) + string(a)) {
				e.insert(c)
			}
		}
	case escape:
		e.tabbed = false
		return e.sequence(ctx)
	default:
		if c >= ' ' {
			e.insert(c)
		}
	}
	e.tabbed = false
	return nil
}

// sequence handles what a function key sends (ECMA-48 section 5.4).
func (e *editor) sequence(ctx context.Context) error {
	c, err := e.keys.next(ctx)
	if err != nil || c != '[' && c != 'O' {
		return err
	}
	params := ""
	for len(params) < 16 {
		if c, err = e.keys.next(ctx); err != nil {
			return err
		}
		if c >= '@' && c <= '~' {
			break
		}
		params += string(rune(c))
	}
	if c != '~' || params != "200" && params != "201" { // a paste, which its terminal marks
		e.edits++
	}
	switch {
	case c == 'A':
		e.recall(e.place - 1)
	case c == 'B':
		e.recall(e.place + 1)
	case c == 'C' && e.at < len(e.line):
		e.move(e.at + 1)
	case c == 'D' && e.at > 0:
		e.move(e.at - 1)
	case c == 'H', c == '~' && params == "1":
		e.move(0)
	case c == 'F', c == '~' && params == "4":
		e.move(len(e.line))
	case c == '~' && params == "3":
		e.remove(e.at, e.at+1)
	}
	return nil
}
