package shell

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Incomplete reports whether source is the beginning of a command that goes on
// in the next line.
func Incomplete(source string) bool {
	if strings.HasSuffix(source, `\`) && !strings.HasSuffix(source, `\\`) {
		return true
	}
	_, err := parse(source + "\n")
	return err != nil && (syntax.IsIncomplete(err) || strings.Contains(err.Error(), "unclosed here-document"))
}

// text is the source of one statement without what separates it from the next.
func text(source string, stmt *syntax.Stmt) string {
	begin, end := int(stmt.Pos().Offset()), int(stmt.End().Offset())
	if begin > end || end > len(source) {
		return source
	}
	return strings.TrimSpace(strings.TrimRight(strings.TrimSpace(source[begin:end]), ";"))
}

// syntaxError says what the shell says of a line that it does not understand.
func (s *Shell) syntaxError(source string, err error, streams Streams, how string) {
	s.status = 2
	lines := strings.Split(source, "\n")
	near, number, whole := "newline", 1, false
	if pe, ok := errors.AsType[syntax.ParseError](err); ok {
		number = min(max(1, int(pe.Pos.Line())), len(lines))
		if whole = pe.Incomplete; !whole {
			rest := source[min(len(source), int(pe.Pos.Offset())):]
			if token := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" \t\n", r) }); len(token) > 0 && rest[0] != '\n' {
				near = token[0]
			}
		}
	}
	if end := strings.TrimSpace(source); whole && (strings.HasSuffix(end, " (") || end == "for" || strings.HasSuffix(end, " for")) {
		whole = false
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(streams.Err, format+"\n", args...) }
	quote := ""
	for _, q := range []string{`"`, "'", "`"} {
		if whole && quote == "" && strings.Count(source, q)%2 == 1 {
			quote = q
		}
	}
	switch s.dialect {
	case dash:
		what := fmt.Sprintf("%q unexpected", near)
		switch {
		case quote != "":
			what = "Unterminated quoted string"
		case whole:
			what = "end of file unexpected"
		}
		say("%s: %d: Syntax error: %s", s.name, number, what)
		return
	case ash:
		what := fmt.Sprintf("unexpected %q", near)
		switch {
		case quote != "":
			what = "unterminated quoted string"
		case whole:
			what = "unexpected end of file"
		}
		where := ""
		if s.lined {
			where = fmt.Sprintf("line %d: ", number)
		}
		say("%s: %ssyntax error: %s", s.name, where, what)
		return
	case bash:
	}
	where := ""
	if how != "" || s.lined {
		where = how + "line "
	}
	at := func(n int) string {
		if where == "" {
			return ""
		}
		return where + strconv.Itoa(n) + ": "
	}
	switch {
	case quote != "":
		say("%s: %sunexpected EOF while looking for matching `%s'", s.name, at(number), quote)
		if s.System.oldBash() || strings.HasPrefix(s.System.distro.bash, "5.1") {
			say("%s: %ssyntax error: unexpected end of file", s.name, at(len(lines)+1))
		}
	case whole:
		say("%s: %ssyntax error: unexpected end of file", s.name, at(len(lines)+1))
	default:
		say("%s: %ssyntax error near unexpected token `%s'", s.name, at(number), near)
		if where != "" {
			say("%s: %s`%s'", s.name, at(number), lines[number-1])
		}
	}
}
