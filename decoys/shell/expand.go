package shell

import (
	"context"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// A fragment is a piece of an expanded word.
type fragment struct {
	text string
	// quoted text is neither split nor a pattern; split text came from an
	// expansion and falls into words at white space.
	quoted, split bool
	// parted begins a new word, as the values of "$@" do.
	parted bool
}

// words expands a list of words into the arguments they stand for.
func (s *Shell) words(ctx context.Context, list []*syntax.Word, streams Streams) []string {
	var out []string
	total := 0
	for _, w := range s.braces(list) {
		for _, f := range s.fields(s.fragments(ctx, w, streams)) {
			if total += len(f) + 1; total > maxOutput || len(out) >= maxSteps {
				return out
			}
			out = append(out, f)
		}
	}
	return out
}

// braces expands {a,b} and {1..3}, of which there may be only so many.
func (s *Shell) braces(list []*syntax.Word) []*syntax.Word {
	if s.dialect != bash {
		return list
	}
	var out []*syntax.Word
	for _, w := range list {
		if !hasBrace(w) {
			out = append(out, w)
			continue
		}
		c := *w // the tree may be evaluated again
		c.Parts = slices.Clone(w.Parts)
		syntax.SplitBraces(&c)
		for expanded, err := range expand.BracesSeq(&expand.Config{}, &c) {
			if err != nil || len(out) > 4*maxMatches {
				return out
			}
			out = append(out, expanded)
		}
	}
	return out
}

func hasBrace(w *syntax.Word) bool {
	n := 0
	for _, part := range w.Parts {
		if l, ok := part.(*syntax.Lit); ok {
			n += strings.Count(l.Value, "{")
		}
	}
	return n > 0 && n <= maxBraces
}

// maxBraces bounds the braces of one word: what they stand for grows with their
// number as a power does.
const maxBraces = 10

// word expands a word that is not split, such as the value of an assignment.
func (s *Shell) word(ctx context.Context, w *syntax.Word, streams Streams) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	for _, f := range s.fragments(ctx, w, streams) {
		if f.parted && b.Len() > 0 {
			b.WriteByte(' ')
		}
		if b.WriteString(f.text); b.Len() > maxOutput {
			break
		}
	}
	return b.String()
}

// pattern expands a word to a pattern in which what was quoted is literal.
func (s *Shell) pattern(ctx context.Context, w *syntax.Word, streams Streams) string {
	var b strings.Builder
	for _, f := range s.fragments(ctx, w, streams) {
		b.WriteString(asPattern(f))
	}
	return b.String()
}

func asPattern(f fragment) string {
	if !f.quoted {
		return f.text
	}
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(f.text)
}

// fields splits fragments into words and matches those that are patterns
// against the names of files.
func (s *Shell) fields(fragments []fragment) []string {
	var out []string
	var text, pattern strings.Builder
	begun := false
	end := func() {
		if begun {
			out = append(out, s.glob(text.String(), pattern.String())...)
		}
		text.Reset()
		pattern.Reset()
		begun = false
	}
	for _, f := range fragments {
		if f.parted {
			end()
		}
		if !f.split {
			begun = begun || f.quoted || f.text != ""
			text.WriteString(f.text)
			pattern.WriteString(asPattern(f))
			continue
		}
		for i, part := range s.split(f.text) {
			if i > 0 {
				end()
			}
			if part != "" {
				begun = true
				text.WriteString(part)
				pattern.WriteString(part)
			}
		}
	}
	end()
	return out
}

// split cuts text where IFS says.
func (s *Shell) split(text string) []string {
	ifs, ok := s.vars["IFS"]
	switch {
	case !ok || ifs == " \t\n":
		return splitSpace(text)
	case ifs == "":
		return []string{text}
	case strings.Trim(ifs, " \t\n") == "":
		return splitAny(text, ifs)
	}
	return strings.Split(strings.Map(func(r rune) rune {
		if strings.ContainsRune(ifs, r) {
			return '\x00'
		}
		return r
	}, text), "\x00")
}

// splitAny cuts at each run of the white space in ifs; the ends may be empty.
func splitAny(text, ifs string) []string {
	space := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(ifs, r):
			return ' '
		case strings.ContainsRune(" \t\n", r):
			return 0xF000 + r // stays as it is
		}
		return r
	}, text)
	out := splitSpace(space)
	for i := range out {
		out[i] = strings.NewReplacer("\uf020", " ", "\uf009", "\t", "\uf00a", "\n").Replace(out[i])
	}
	return out
}

// splitSpace cuts s at each run of white space; the ends may be empty.
func splitSpace(s string) []string {
	var out []string
	begin, inside := 0, false
	for i := range len(s) {
		space := s[i] == ' ' || s[i] == '\t' || s[i] == '\n'
		if space && !inside {
			out = append(out, s[begin:i])
		}
		if inside && !space {
			begin = i
		}
		inside = space
	}
	if inside {
		return append(out, "")
	}
	return append(out, s[begin:])
}
