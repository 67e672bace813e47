package shell

import (
	"context"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirect applies redirections. done writes out what went to files, and
// reports whether it could. ok is false if one failed, which was said.
func (s *Shell) redirect(ctx context.Context, list []*syntax.Redirect, streams Streams) (out Streams, done func(Streams) bool, ok bool) {
	out = streams
	type target struct {
		path   string
		extend bool
		*gather
	}
	var targets []target
	for _, r := range list {
		fd := ""
		if r.N != nil {
			fd = r.N.Value
		}
		switch r.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			out.In = strings.NewReader(s.word(ctx, r.Hdoc, streams))
			continue
		case syntax.WordHdoc:
			out.In = strings.NewReader(s.word(ctx, r.Word, streams) + "\n")
			continue
		case syntax.DplOut, syntax.DplIn:
			s.duplicate(&out, fd, s.word(ctx, r.Word, streams))
			continue
		}
		name := s.word(ctx, r.Word, streams)
		if r.Op == syntax.RdrIn {
			data, err := s.FS.read(&s.user, s.abs(name))
			if err != nil {
				s.fail(streams, 1, name+": "+err.Error())
				return out, nil, false
			}
			out.In = strings.NewReader(data)
			continue
		}
		extend := r.Op == syntax.AppOut || r.Op == syntax.AppAll
		// The file is made, or emptied, before the command runs.
		if err := s.write(s.abs(name), "", extend); err != nil {
			s.fail(streams, 1, name+": "+err.Error())
			return out, nil, false
		}
		t := target{s.abs(name), extend, newGather()}
		targets = append(targets, t)
		switch {
		case r.Op == syntax.RdrAll || r.Op == syntax.AppAll:
			out.Out, out.Err = t, t
		case fd == "2":
			out.Err = t
		default:
			out.Out = t
		}
	}
	return out, func(streams Streams) bool {
		for _, t := range targets {
			if t.Len() == 0 {
				continue
			}
			if err := s.write(t.path, t.String(), t.extend); err != nil {
				s.fail(streams, 1, "write error: "+err.Error())
				return false
			}
		}
		return true
	}, true
}

// duplicate makes fd another name of to, as in 2>&1.
func (s *Shell) duplicate(out *Streams, fd, to string) {
	switch {
	case to == "-" && fd == "0":
		out.In = nothing{}
	case to == "-" && fd == "2":
		out.Err = newGather()
	case to == "-":
		out.Out = newGather()
	case fd == "2" && to == "1":
		out.Err = out.Out
	case (fd == "" || fd == "1") && to == "2":
		out.Out = out.Err
	}
}
