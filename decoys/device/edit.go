package device

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
)

// An edit is a line that is typed.
type edit struct {
	t      *Term
	prompt string
	line   []byte
	at     int
	place  int
	hidden bool
	edits  int
}

// Line reads a line. The one that is hidden is not shown, and not kept.
func (t *Term) Line(prompt string, hidden bool) (string, error) {
	t.Print(prompt)
	e := &edit{t: t, prompt: prompt, hidden: hidden, place: len(t.history)}
	before, began := t.pieces.n, time.Time{}
	for {
		c, err := t.Key()
		if err != nil {
			return "", err
		}
		if began.IsZero() {
			began = t.pieces.at
		}
		switch {
		case c == '\n':
			t.Print("\n")
			line := string(e.line)
			t.typed = decoy.Typed{Keys: max(1, t.pieces.n-before), Edits: e.edits, Took: t.pieces.at.Sub(began)}
			if !hidden && strings.TrimSpace(line) != "" {
				if t.history = append(t.history, line); len(t.history) > MaxHistory {
					t.history = slices.Delete(t.history, 0, 1)
				}
			}
			return line, nil
		case c == 0x03:
			t.Print("\n")
			return "", ErrInterrupted
		case c == 0x04 && len(e.line) == 0:
			return "", io.EOF
		case c == '?' && t.Help != nil && !hidden:
			t.Print("?\n" + t.Help(string(e.line[:e.at])) + e.prompt + string(e.line))
			e.back(len(e.line) - e.at)
		default:
			if c < ' ' || c == 0x7f {
				e.edits++
			}
			if err := e.key(c); err != nil {
				return "", err
			}
		}
	}
}

func (e *edit) show(s string) {
	if !e.hidden {
		e.t.Print(s)
	}
}

func (e *edit) back(n int) { e.show(strings.Repeat("\b", n)) }

// key is one that edits.
func (e *edit) key(c byte) error {
	switch c {
	case 0x7f, 0x08:
		e.remove(e.at-1, e.at)
	case 0x04:
		if e.at < len(e.line) {
			e.at++
			e.show(string(e.line[e.at-1 : e.at]))
			e.remove(e.at-1, e.at)
		}
	case 0x15, 0x18:
		e.remove(0, e.at)
	case 0x17:
		n := len(strings.TrimRight(string(e.line[:e.at]), " "))
		e.remove(strings.LastIndexByte(string(e.line[:n]), ' ')+1, e.at)
	case 0x0b:
		n := len(e.line) - e.at
		e.show(strings.Repeat(" ", n))
		e.back(n)
		e.line = e.line[:e.at]
	case 0x01:
		e.back(e.at)
		e.at = 0
	case 0x05:
		e.show(string(e.line[e.at:]))
		e.at = len(e.line)
	case 0x02:
		e.move(-1)
	case 0x06:
		e.move(1)
	case 0x10:
		e.recall(e.place - 1)
	case 0x0e:
		e.recall(e.place + 1)
	case 0x12, 0x0c:
		e.show("\n" + e.prompt + string(e.line))
		e.back(len(e.line) - e.at)
	case '\t':
		if e.t.Complete != nil {
			e.insert(e.t.Complete(string(e.line[:e.at])))
		}
	case 0x1b:
		return e.sequence()
	default:
		if c >= ' ' {
			e.insert(string([]byte{c}))
		}
	}
	return nil
}

// sequence is what an arrow key sends.
func (e *edit) sequence() error {
	c, err := e.t.Key()
	if err != nil || c != '[' && c != 'O' {
		return err
	}
	if c, err = e.t.Key(); err != nil {
		return err
	}
	switch c {
	case 'A':
		e.recall(e.place - 1)
	case 'B':
		e.recall(e.place + 1)
	case 'C':
		e.move(1)
	case 'D':
		e.move(-1)
	}
	return nil
}

func (e *edit) move(n int) {
	switch {
	case n < 0 && e.at > 0:
		e.back(1)
		e.at--
	case n > 0 && e.at < len(e.line):
		e.show(string(e.line[e.at : e.at+1]))
		e.at++
	}
}

func (e *edit) insert(s string) {
	if s == "" || len(e.line)+len(s) > MaxLine {
		return
	}
	e.line = slices.Insert(e.line, e.at, []byte(s)...)
	e.show(string(e.line[e.at:]))
	e.at += len(s)
	e.back(len(e.line) - e.at)
}

// remove takes the characters from begin to end away, where end is the cursor.
func (e *edit) remove(begin, end int) {
	if begin < 0 || begin >= end {
		return
	}
	n := end - begin
	e.back(n)
	rest := string(e.line[end:])
	e.show(rest + strings.Repeat(" ", n))
	e.back(len(rest) + n)
	e.line = slices.Delete(e.line, begin, end)
	e.at = begin
}

// recall puts a line of the history in the place of the one that is typed.
func (e *edit) recall(place int) {
	if e.hidden || place < 0 || place > len(e.t.history) {
		return
	}
	e.place = place
	e.show(string(e.line[e.at:]))
	e.at = len(e.line)
	e.remove(0, e.at)
	if place < len(e.t.history) {
		e.insert(e.t.history[place])
	}
}
