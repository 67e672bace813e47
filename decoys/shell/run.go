package shell

import (
	"bufio"
	"context"
	"errors"
	"path"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/decnet/decnet/decoys/decoy"
)

// Exec runs a command given as a whole, as "ssh host command" does, and returns
// its exit status. Each item of the list is reported as a command of its own.
func (s *Shell) Exec(ctx context.Context, script string, streams Streams) int {
	defer s.leave()
	s.name = path.Base(s.System.shell())
	s.lined = s.dialect == bash && !s.System.oldBash()
	streams = limited(streams)
	streams.In = &patient{orNothing(streams.In), s}
	file, err := s.parse(script)
	if err != nil {
		s.Command(script, decoy.Typed{})
		s.syntaxError(script, err, streams, "-c: ")
		return s.status
	}
	s.enter()
	for _, stmt := range file.Stmts {
		s.Command(text(script, stmt), decoy.Typed{})
		s.status = s.top(ctx, stmt, streams)
		s.settleWhole()
		if s.exited || ctx.Err() != nil {
			break
		}
	}
	s.atExit(ctx, streams)
	s.settle("/")
	return s.status
}

// Script reads command lines until the input ends or the session does, as a
// shell without a terminal does, and returns the exit status.
func (s *Shell) Script(ctx context.Context, streams Streams) int {
	defer s.leave()
	s.lined = s.dialect == bash
	in := bufio.NewReaderSize(&patient{orNothing(streams.In), s}, 4096)
	streams.In = in
	for !s.exited && ctx.Err() == nil {
		source, end := readCommand(in)
		s.Line(ctx, source, streams)
		if end {
			break
		}
	}
	s.atExit(ctx, streams)
	s.settle("/")
	return s.status
}

// top runs a statement that is in no other, with what exec made of the streams.
func (s *Shell) top(ctx context.Context, stmt *syntax.Stmt, streams Streams) int {
	if s.permanent != nil {
		streams = *s.permanent
	}
	status := s.stmt(ctx, stmt, streams)
	s.flushFiles()
	if status != 0 && s.options["errexit"] && !stmt.Negated {
		if b, ok := stmt.Cmd.(*syntax.BinaryCmd); !ok || b.Op != syntax.AndStmt && b.Op != syntax.OrStmt {
			s.exited = true
		}
	}
	return status
}

// atExit runs what trap set for the end.
func (s *Shell) atExit(ctx context.Context, streams Streams) {
	script, ok := s.traps["EXIT"]
	if !ok || ctx.Err() != nil {
		return
	}
	status := s.status
	s.exited, s.traps = false, map[string]string{}
	if file, err := s.parse(script); err == nil {
		s.enter()
		s.stmts(ctx, file.Stmts, streams)
	}
	if !s.exited {
		s.status = status
	}
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
	s.Command(source, s.entry)
	s.remember(source)
	streams = limited(streams)
	file, err := s.parse(source)
	if err != nil {
		s.syntaxError(source, err, streams, "")
		return
	}
	s.enter()
	defer s.settleWhole()
	for _, stmt := range file.Stmts {
		s.status = s.top(ctx, stmt, streams)
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

// parse is parse, with the aliases of an interactive shell.
func (s *Shell) parse(source string) (*syntax.File, error) {
	file, err := parse(source)
	if s.dialect != bash && err == nil {
		err = s.posixOnly(file)
	}
	return file, err
}

// posixOnly is what dash and ash say of an array.
func (s *Shell) posixOnly(file *syntax.File) error {
	var bad error
	syntax.Walk(file, func(n syntax.Node) bool {
		if a, ok := n.(*syntax.ArrayExpr); ok && bad == nil {
			bad = syntax.ParseError{Pos: a.Pos(), Text: "array"}
		}
		return bad == nil
	})
	return bad
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
