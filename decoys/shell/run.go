package shell

import (
	"bufio"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Exec runs a command given as a whole, as "ssh host command" does, and returns
// its exit status. Each item of the list is reported as a command of its own.
func (s *Shell) Exec(ctx context.Context, script string, streams Streams) int {
	s.name, s.line = "bash", "line 1: "
	if s.System.oldBash() {
		s.line = ""
	}
	streams = limited(streams)
	file, err := parse(script)
	if err != nil {
		s.Command(script)
		s.syntaxError(script, err, streams, "-c: ")
		return s.status
	}
	s.enter()
	for _, stmt := range file.Stmts {
		s.Command(text(script, stmt))
		s.status = s.stmt(ctx, stmt, streams)
		s.settleWhole()
		if s.exited || ctx.Err() != nil {
			break
		}
	}
	s.settle("/")
	return s.status
}

// Script reads command lines until the input ends or the session does, as a
// shell without a terminal does, and returns the exit status.
func (s *Shell) Script(ctx context.Context, streams Streams) int {
	s.line = "line 1: "
	in := bufio.NewReaderSize(streams.In, 4096)
	streams.In = in
	for !s.exited && ctx.Err() == nil {
		source, end := readCommand(in)
		s.Line(ctx, source, streams)
		if end {
			break
		}
	}
	s.settle("/")
	return s.status
}

// maxLines bounds the lines of one command: each is parsed with those before it.
const maxLines = 400

// readCommand reads lines until they make a whole command.
func readCommand(in *bufio.Reader) (source string, end bool) {
	for range maxLines {
		line, err := readLine(in)
		source += line
		if err != nil {
			return source, true
		}
		if !Incomplete(source) {
			return source, false
		}
		source += "\n"
	}
	return source, false
}

// readLine reads a line of bounded length, without its end.
func readLine(in *bufio.Reader) (string, error) {
	var b strings.Builder
	for b.Len() < maxSource {
		c, err := in.ReadByte()
		if err != nil {
			return b.String(), err
		}
		if c == '\n' {
			break
		}
		if c != 0 {
			b.WriteByte(c)
		}
	}
	return strings.TrimSuffix(b.String(), "\r"), nil
}

// Line runs one command line as it was entered. An empty one is none.
func (s *Shell) Line(ctx context.Context, source string, streams Streams) {
	if strings.TrimSpace(source) == "" {
		return
	}
	s.Command(source)
	s.remember(source)
	streams = limited(streams)
	file, err := parse(source)
	if err != nil {
		s.syntaxError(source, err, streams, "")
		return
	}
	s.enter()
	defer s.settleWhole()
	for _, stmt := range file.Stmts {
		s.status = s.stmt(ctx, stmt, streams)
		if s.exited || ctx.Err() != nil {
			return
		}
	}
}

func (s *Shell) remember(source string) {
	if s.history = append(s.history, source); len(s.history) > maxHistory {
		s.history = s.history[1:]
	}
}

// parse turns source into a tree. Deep nesting is refused, so that neither the
// parser nor the evaluation can use up much of a stack.
func parse(source string) (*syntax.File, error) {
	if len(source) > maxSource || tooDeep(source) {
		return nil, errors.New("too long")
	}
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(source), "")
}

var compound = regexp.MustCompile(`\b(if|while|until|for|case|select|time|function|coproc)\b`)

// tooDeep bounds from above how deep the tree of source can be, without looking
// into quotes: brackets count until they are closed, words that begin something
// and pipes count altogether.
func tooDeep(source string) bool {
	depth, pipes := 0, 0
	for i := range len(source) {
		switch source[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth = max(0, depth-1)
		case '|':
			pipes++
		}
		if depth > 200 || pipes > 2000 {
			return true
		}
	}
	return len(compound.FindAllStringIndex(source, 501)) > 500
}

// Incomplete reports whether source is the beginning of a command that goes on
// in the next line.
func Incomplete(source string) bool {
	if strings.HasSuffix(source, `\`) && !strings.HasSuffix(source, `\\`) {
		return true
	}
	_, err := parse(source + "\n")
	return err != nil && syntax.IsIncomplete(err)
}

// text is the source of one statement without what separates it from the next.
func text(source string, stmt *syntax.Stmt) string {
	begin, end := int(stmt.Pos().Offset()), int(stmt.End().Offset())
	if begin > end || end > len(source) {
		return source
	}
	return strings.TrimSpace(strings.TrimRight(strings.TrimSpace(source[begin:end]), ";"))
}

// syntaxError says what bash says of a line that it does not understand.
func (s *Shell) syntaxError(source string, err error, streams Streams, how string) {
	s.status = 2
	line, _, _ := strings.Cut(source, "\n")
	near := "newline"
	if pe, ok := errors.AsType[syntax.ParseError](err); ok && !pe.Incomplete {
		rest := line[min(len(line), int(pe.Pos.Offset())):]
		if fields := strings.Fields(rest); len(fields) > 0 {
			near = fields[0]
		}
	}
	where := s.line
	if how != "" {
		where = how + "line 1: "
	}
	_, _ = io.WriteString(streams.Err, s.name+": "+where+"syntax error near unexpected token `"+near+"'\n")
	if how != "" || s.line != "" {
		_, _ = io.WriteString(streams.Err, s.name+": "+where+"`"+line+"'\n")
	}
}
