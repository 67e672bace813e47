package shell

import (
	"bytes"
	"errors"
	"io"
)

var errTooMuch = errors.New("too much output")

// limit is a writer that takes only so much and forgets the rest.
type limit struct {
	w    io.Writer
	left int
}

func (l *limit) Write(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooMuch
	}
	if len(p) > l.left {
		p = p[:l.left]
	}
	l.left -= len(p)
	return l.w.Write(p)
}

// limited bounds what one line may print.
func limited(s Streams) Streams {
	s.Out = &limit{s.Out, maxOutput}
	s.Err = &limit{s.Err, maxOutput}
	return s
}

// gather is a bounded buffer, for pipes and substitutions.
type gather struct {
	bytes.Buffer
	limit
}

func newGather() *gather {
	g := &gather{}
	g.limit = limit{&g.Buffer, maxOutput}
	return g
}

func (g *gather) Write(p []byte) (int, error) { return g.limit.Write(p) }

// input reads all of a command's standard input, up to the bound.
func input(in io.Reader) string {
	if in == nil {
		return ""
	}
	// An error is the end of the input, whatever it is.
	b, _ := io.ReadAll(io.LimitReader(in, maxOutput))
	return string(b)
}

// nothing is an empty input.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
