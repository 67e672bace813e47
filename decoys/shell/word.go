package shell

import (
	"context"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (s *Shell) fragments(ctx context.Context, w *syntax.Word, streams Streams) []fragment {
	if w == nil {
		return nil
	}
	var out []fragment
	total := 0
	for i, part := range w.Parts {
		for _, f := range s.part(ctx, part, i == 0, streams) {
			if total += len(f.text); total > maxOutput {
				return out
			}
			out = append(out, f)
		}
	}
	return out
}

// part expands one part of a word. first allows a leading ~.
func (s *Shell) part(ctx context.Context, part syntax.WordPart, first bool, streams Streams) []fragment {
	switch p := part.(type) {
	case *syntax.Lit:
		return s.literal(p.Value, first)
	case *syntax.SglQuoted:
		if p.Dollar {
			return []fragment{{text: unescape(p.Value), quoted: true}}
		}
		return []fragment{{text: p.Value, quoted: true}}
	case *syntax.DblQuoted:
		return s.quoted(ctx, p, streams)
	case *syntax.ParamExp:
		if list, ok := s.listOf(ctx, p, streams); ok && !p.Length {
			if p.Exp != nil && len(list) == 0 {
				break
			}
			return several(list, false)
		}
	case *syntax.CmdSubst:
		return []fragment{{text: s.substitute(ctx, p.Stmts, streams), split: true}}
	case *syntax.ArithmExp:
		return []fragment{{text: strconv.Itoa(s.arithm(ctx, p.X, streams)), split: true}}
	case *syntax.ProcSubst:
		return []fragment{{text: s.processSubst(ctx, p, streams), quoted: true}}
	case *syntax.ExtGlob:
		return []fragment{{text: p.Op.String() + p.Pattern.Value + ")"}}
	}
	if p, ok := part.(*syntax.ParamExp); ok {
		return []fragment{{text: s.param(ctx, p, streams), split: true}}
	}
	return nil
}

// processSubst is <(...) and >(...): a file that the command reads, or writes to.
func (s *Shell) processSubst(ctx context.Context, p *syntax.ProcSubst, streams Streams) string {
	name := "/dev/fd/" + strconv.Itoa(63-s.substs%32)
	s.substs++
	data := ""
	if p.Op == syntax.CmdIn {
		out := newGather()
		s.deeper(streams, func() int { return s.subshell(ctx, p.Stmts, Streams{nothing{}, out, streams.Err}) })
		data = out.String()
	}
	_ = s.FS.remove(root, name, false)
	_ = s.FS.write(root, name, data, false) // without room, it is empty
	return name
}

func (s *Shell) quoted(ctx context.Context, q *syntax.DblQuoted, streams Streams) []fragment {
	out := []fragment{{quoted: true}} // "" is a word
	for _, part := range q.Parts {
		if l, ok := part.(*syntax.Lit); ok {
			out = append(out, fragment{text: dequote(l.Value), quoted: true})
			continue
		}
		if p, ok := part.(*syntax.ParamExp); ok && !p.Length {
			if list, isList := s.listOf(ctx, p, streams); isList && all(p) {
				out = append(out, several(list, true)...)
				continue
			}
		}
		for _, f := range s.part(ctx, part, false, streams) {
			out = append(out, fragment{text: f.text, quoted: true})
		}
	}
	return out
}

// all reports that an expansion is one of @, whose values stay words of their own
// in quotes, and not of *.
func all(p *syntax.ParamExp) bool {
	if w, ok := p.Index.(*syntax.Word); ok {
		return w.Lit() == "@"
	}
	return p.Param.Value == "@"
}

func several(list []string, quoted bool) []fragment {
	out := make([]fragment, len(list))
	for i, p := range list {
		out[i] = fragment{text: p, quoted: quoted, split: !quoted, parted: i > 0}
	}
	return out
}

// literal removes backslashes and expands a leading ~.
func (s *Shell) literal(value string, first bool) []fragment {
	var out []fragment
	if first && strings.HasPrefix(value, "~") {
		name, rest, _ := strings.Cut(value[1:], "/")
		if home, ok := s.homeOf(name); ok {
			out = append(out, fragment{text: home, quoted: true})
			if value = rest; len(rest) > 0 || strings.HasSuffix(value, "/") {
				value = "/" + rest
			}
		}
	}
	for value != "" {
		i := strings.IndexByte(value, '\\')
		if i < 0 || i+1 >= len(value) {
			return append(out, fragment{text: value})
		}
		if i > 0 {
			out = append(out, fragment{text: value[:i]})
		}
		if value[i+1] != '\n' {
			out = append(out, fragment{text: value[i+1 : i+2], quoted: true})
		}
		value = value[i+2:]
	}
	return out
}

func (s *Shell) homeOf(name string) (string, bool) {
	if name == "" {
		return s.vars["HOME"], true
	}
	a, ok := s.FS.account(name)
	return a.home, ok
}

// dequote removes the backslashes that mean something inside double quotes.
func dequote(v string) string {
	if !strings.Contains(v, `\`) {
		return v
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\$`, `$`, "\\`", "`", "\\\n", "").Replace(v)
}

// substitute is $(...): its output without the last line ends.
func (s *Shell) substitute(ctx context.Context, list []*syntax.Stmt, streams Streams) string {
	out := newGather()
	s.status = s.deeper(streams, func() int { return s.subshell(ctx, list, Streams{streams.In, out, streams.Err}) })
	return strings.ReplaceAll(strings.TrimRight(out.String(), "\n"), "\x00", "")
}
