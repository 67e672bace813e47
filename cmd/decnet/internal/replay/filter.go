package replay

import (
	"strings"
	"unicode"
)

// A Filter takes out of text for a terminal whatever does more than show text: titles,
// the clipboard, questions that the terminal answers as if somebody typed, modes, other
// character sets, printing. What is left is printable text, line ends, tabs, backspaces,
// colours, moves of the cursor and erasing of what is on the screen. It goes on where the
// text before has ended. The zero value is ready to use.
type Filter struct {
	state    state
	sequence []rune
	skipped  int
}

type state int

const (
	ground    state = iota
	escaped         // after ESC
	control         // after ESC [
	swallow         // in a string such as ESC ] … BEL
	swallowed       // in such a string, after ESC
	charset         // before the letter of a character set
)

const (
	// maxSequence bounds a control sequence, in runes: longer ones are dropped.
	maxSequence = 64
	// maxString is after how many runes a string counts as ended that does not end.
	maxString = 8192
	esc       = '\x1b'
)

// Clean returns what may be shown of text.
func (f *Filter) Clean(text string) string {
	var out strings.Builder
	for _, r := range text {
		f.next(&out, r)
	}
	return out.String()
}

func (f *Filter) next(out *strings.Builder, r rune) {
	switch f.state {
	case ground:
		f.ground(out, r)
	case escaped:
		f.escape(r)
	case control:
		f.control(out, r)
	case charset:
		f.state = ground
	case swallow:
		f.skipped++
		switch {
		case r == esc:
			f.state = swallowed
		case r == '\a' || r == 0x9c || r == 0x18 || r == 0x1a || f.skipped > maxString:
			f.state = ground
		}
	case swallowed: // ESC \ ends it, and so does any other sequence
		f.escape(r)
	}
}

func (f *Filter) ground(out *strings.Builder, r rune) {
	switch {
	case r == esc:
		f.state = escaped
	case r == '\n' || r == '\r' || r == '\t' || r == '\b':
		out.WriteRune(r)
	case r == 0x9b: // CSI in one character
		f.state, f.sequence = control, f.sequence[:0]
	case r == 0x90 || r == 0x98 || r == 0x9d || r == 0x9e || r == 0x9f: // DCS, SOS, OSC, PM, APC
		f.state, f.skipped = swallow, 0
	case unicode.IsPrint(r):
		out.WriteRune(r)
	}
}

// escape is what comes after ESC. None of the sequences of two characters is shown.
func (f *Filter) escape(r rune) {
	f.state = ground
	switch r {
	case esc:
		f.state = escaped
	case '[':
		f.state, f.sequence = control, f.sequence[:0]
	case ']', 'P', 'X', '^', '_', 'k': // the last is a title of screen's
		f.state, f.skipped = swallow, 0
	case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ':
		f.state = charset
	}
}

// shown are the control sequences that are: moves, erasing, colours.
const shown = "ABCDEFGHJKLMPXdf@m"

func (f *Filter) control(out *strings.Builder, r rune) {
	switch {
	case r == esc:
		f.state = escaped
	case r < ' ': // a control character within is as if before; it is not needed
	case r >= 0x40 && r <= 0x7e:
		f.state = ground
		if strings.ContainsRune(shown, r) && f.allowed(r) {
			out.WriteString("\x1b[" + string(f.sequence) + string(r))
		}
	case r > 0x7e || len(f.sequence) >= maxSequence:
		f.state = ground
	default:
		f.sequence = append(f.sequence, r)
	}
}

// allowed holds parameters to numbers, and keeps what was scrolled away.
func (f *Filter) allowed(final rune) bool {
	for _, r := range f.sequence {
		if (r < '0' || r > '9') && r != ';' && r != ':' {
			return false
		}
	}
	return final != 'J' || !strings.Contains(string(f.sequence), "3")
}
