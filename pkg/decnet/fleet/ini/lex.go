package ini

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// MaxBytes is how long a file may be.
const MaxBytes = 512 << 10

// section is one [section] with its keys.
type section struct {
	name string
	line int
	keys []entry
}

// entry is one key of a section.
type entry struct {
	name, value string
	line        int
}

// lexer cuts a file into sections.
type lexer struct {
	file     string
	problems *fleet.Problems
	sections []section
	// open says that the last key may go on in an indented line.
	open bool
}

// lex reads the file. Line ends may be LF, CRLF or CR. A comment begins with #
// or ; at the start of a line or after white space. A value in double quotes is
// taken as it stands between them. An indented line continues the value above.
func lex(file string, data []byte, problems *fleet.Problems) []section {
	l := &lexer{file: file, problems: problems}
	if len(data) > MaxBytes {
		problems.Add(file, fmt.Sprintf("%d bytes are too many: want at most %d", len(data), MaxBytes))
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			l.problem(number, "is no text: want UTF-8")
			return l.sections
		}
		l.line(number, strings.TrimRight(string(line), " \t\n"))
		if problems.Full() {
			break
		}
	}
	return l.sections
}

func (l *lexer) problem(line int, what string) {
	l.problems.Add(fmt.Sprintf("%s:%d", l.file, line), what)
}

func (l *lexer) line(number int, line string) {
	text := strings.TrimLeft(line, " \t")
	switch {
	case text == "" || text[0] == '#' || text[0] == ';':
		l.open = l.open && text != ""
	case text[0] == '[':
		l.header(number, text)
	case len(l.sections) == 0:
		l.problem(number, fmt.Sprintf("%q is before the first [section]", short(text)))
	case len(text) < len(line) && l.open:
		l.continuation(number, text)
	default:
		l.key(number, text)
	}
}

func (l *lexer) header(number int, text string) {
	l.open = false
	name, rest, found := strings.Cut(text[1:], "]")
	name = strings.TrimSpace(name)
	if rest = strings.TrimSpace(rest); !found || name == "" || rest != "" && rest[0] != '#' && rest[0] != ';' {
		l.problem(number, fmt.Sprintf("%q is no section: want [name]", short(text)))
		return
	}
	l.sections = append(l.sections, section{name: name, line: number})
}

func (l *lexer) key(number int, text string) {
	l.open = false
	i := strings.IndexAny(text, "=:")
	if i <= 0 {
		l.problem(number, fmt.Sprintf("%q is no setting: want key = value", short(text)))
		return
	}
	s := &l.sections[len(l.sections)-1]
	name := strings.ToLower(strings.TrimSpace(text[:i]))
	value, err := valueOf(strings.TrimSpace(text[i+1:]))
	if err != nil {
		l.problem(number, fmt.Sprintf("[%s] %s: %v", s.name, name, err))
		return
	}
	s.keys = append(s.keys, entry{name, value, number})
	l.open = true
}

// continuation appends a line to the value above, as Python's configparser does.
func (l *lexer) continuation(number int, text string) {
	s := &l.sections[len(l.sections)-1]
	above := &s.keys[len(s.keys)-1]
	if word, _, found := strings.Cut(text, "="); found && known(strings.ToLower(strings.TrimSpace(word))) {
		l.problem(number, fmt.Sprintf("[%s] an indented line continues the value of line %d: take away the white space before %q", s.name, above.line, strings.TrimSpace(word)))
		return
	}
	value, err := valueOf(text)
	if err != nil {
		l.problem(number, fmt.Sprintf("[%s] %s: %v", s.name, above.name, err))
		return
	}
	above.value = strings.TrimPrefix(above.value+"\n"+value, "\n")
}

// valueOf takes comments and quotes away.
func valueOf(text string) (string, error) {
	if strings.HasPrefix(text, `"`) {
		value, rest, found := strings.Cut(text[1:], `"`)
		if rest = strings.TrimSpace(rest); !found || rest != "" && rest[0] != '#' && rest[0] != ';' {
			return "", fmt.Errorf("%s: want the closing quote at the end of the value", short(text))
		}
		return value, nil
	}
	for i := 1; i < len(text); i++ {
		if (text[i] == '#' || text[i] == ';') && (text[i-1] == ' ' || text[i-1] == '\t') {
			return strings.TrimRight(text[:i], " \t"), nil
		}
	}
	if text != "" && (text[0] == '#' || text[0] == ';') {
		return "", nil
	}
	return text, nil
}

// short keeps what is quoted in an error to a line.
func short(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
