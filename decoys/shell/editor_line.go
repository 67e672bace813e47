package shell

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// recall replaces the line by one of the history.
func (e *editor) recall(place int) {
	if place < 0 || place > len(e.history) {
		return
	}
	e.move(0)
	e.remove(0, len(e.line))
	e.place = place
	if place < len(e.history) {
		for _, c := range []byte(e.history[place]) {
			if c >= ' ' {
				e.insert(c)
			}
		}
	}
}

// insert puts a byte in, once the character it belongs to is complete.
func (e *editor) insert(c byte) {
	e.partial = append(e.partial, c)
	if !utf8.FullRune(e.partial) {
		return
	}
	r, _ := utf8.DecodeRune(e.partial)
	e.partial = e.partial[:0]
	if len(e.line) >= maxTypedLine {
		return
	}
	e.line = append(e.line, 0)
	copy(e.line[e.at+1:], e.line[e.at:])
	e.line[e.at] = r
	e.at++
	if e.hidden {
		return
	}
	e.print(string(r))
	e.redraw("")
}

// redraw shows what follows the cursor again, then wipe, and goes back.
func (e *editor) redraw(wipe string) {
	tail := string(e.line[e.at:]) + wipe
	if tail != "" {
		e.print(tail + strings.Repeat("\b", utf8.RuneCountInString(tail)))
	}
}

// move takes the cursor to a place of the line.
func (e *editor) move(to int) {
	if e.hidden {
		e.at = to
		return
	}
	if to < e.at {
		e.print(strings.Repeat("\b", e.at-to))
	} else {
		e.print(string(e.line[e.at:to]))
	}
	e.at = to
}

// remove deletes characters at the cursor, which is at from.
func (e *editor) remove(from, to int) {
	if to = min(to, len(e.line)); from >= to {
		return
	}
	if to-from > 1 {
		e.cut = slices.Clone(e.line[from:to])
	}
	e.line = append(e.line[:from], e.line[to:]...)
	if e.hidden {
		return
	}
	e.redraw(strings.Repeat(" ", to-from))
}

// tab completes the word before the cursor. What is not unique is listed when Tab
// is hit twice.
func (e *editor) tab() {
	if e.complete == nil {
		e.print("\a")
		return
	}
	insert, list := e.complete(string(e.line[:e.at]))
	for _, c := range []byte(insert) {
		e.insert(c)
	}
	if insert == "" {
		if e.tabbed && len(list) > 0 {
			e.print("\r\n" + strings.ReplaceAll(strings.Join(list, "\n"), "\n", "\r\n") + "\r\n" + e.prompt + string(e.line))
			at := e.at
			e.at = len(e.line)
			e.move(at)
		} else {
			e.print("\a")
		}
	}
	e.tabbed = insert == ""
}
