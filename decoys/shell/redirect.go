package shell

import (
	"context"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// An openFile is a file that is open for writing.
type openFile struct {
	path   string
	extend bool
	*gather
}

// maxDescriptors bounds the files that exec keeps open.
const maxDescriptors = 16

// redirect applies redirections. done writes out what went to files, and
// reports whether it could. ok is false if one failed, which was said.
func (s *Shell) redirect(ctx context.Context, list []*syntax.Redirect, streams Streams) (out Streams, done func(Streams) bool, ok bool) {
	out = streams
	var targets []*openFile
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
			if to := s.word(ctx, r.Word, streams); !s.duplicate(&out, fd, to) {
				s.fail(streams, 1, to+": Bad file descriptor")
				return out, nil, false
			}
			continue
		}
		name := s.word(ctx, r.Word, streams)
		if strings.HasPrefix(name, "/dev/tcp/") || strings.HasPrefix(name, "/dev/udp/") {
			if s.dialect == bash {
				s.connect(ctx, name, streams)
				return out, nil, false
			}
		}
		if r.Op == syntax.RdrIn || r.Op == syntax.RdrInOut {
			data, err := s.FS.read(&s.user, s.abs(name))
			if err == errNotFound && r.Op == syntax.RdrInOut { //nolint:errorlint // our own value
				err = s.write(s.abs(name), "", true)
			}
			if err != nil {
				s.fail(streams, 1, s.cannot("open", name, err))
				return out, nil, false
			}
			if fd == "" || fd == "0" {
				out.In = strings.NewReader(data)
			}
			continue
		}
		t, err := s.open(name, r.Op == syntax.AppOut || r.Op == syntax.AppAll)
		if err != nil {
			s.fail(streams, 1, s.cannot("create", name, err))
			return out, nil, false
		}
		targets = append(targets, t)
		switch {
		case r.Op == syntax.RdrAll || r.Op == syntax.AppAll:
			out.Out, out.Err = t, t
		case fd == "2":
			out.Err = t
		case fd == "" || fd == "1":
			out.Out = t
		case len(s.files) < maxDescriptors:
			s.files[fd] = t
		}
	}
	return out, func(streams Streams) bool {
		for _, t := range targets {
			if err := s.flush(t); err != nil {
				s.fail(streams, 1, "write error: "+err.Error())
				return false
			}
		}
		return true
	}, true
}

// open opens a file for writing. It is made, or emptied, before the command runs.
func (s *Shell) open(name string, extend bool) (*openFile, error) {
	p := s.abs(name)
	if err := s.write(p, "", extend); err != nil {
		return nil, err
	}
	return &openFile{p, extend, newGather()}, nil
}

func (s *Shell) flush(t *openFile) error {
	if t.Len() == 0 {
		return nil
	}
	data := t.String()
	t.Reset()
	t.left = maxOutput
	err := s.write(t.path, data, t.extend)
	t.extend = true
	return err
}

// keep leaves the files of exec open.
func (s *Shell) keep(done func(Streams) bool) { done(Streams{nothing{}, io.Discard, io.Discard}) }

// flushFiles writes what went to files that exec opened.
func (s *Shell) flushFiles() {
	for _, t := range s.files {
		_ = s.flush(t) // without room, it is lost
	}
	if s.permanent != nil {
		for _, w := range []io.Writer{s.permanent.Out, s.permanent.Err} {
			if t, ok := w.(*openFile); ok {
				_ = s.flush(t) // likewise
			}
		}
	}
}

// cannot is what the dialect says of a file that cannot be opened.
func (s *Shell) cannot(verb, name string, err error) string {
	if s.dialect == bash {
		return name + ": " + err.Error()
	}
	reason := err.Error()
	if err == errNotFound { //nolint:errorlint // our own value
		reason = map[string]string{"open": "No such file", "create": "Directory nonexistent"}[verb]
		if s.dialect == ash {
			reason = map[string]string{"open": "no such file", "create": "nonexistent directory"}[verb]
		}
	}
	if s.dialect == ash {
		return "can't " + verb + " " + name + ": " + reason
	}
	return "cannot " + verb + " " + name + ": " + reason
}

// duplicate makes fd another name of to, as in 2>&1.
func (s *Shell) duplicate(out *Streams, fd, to string) bool {
	var w io.Writer
	switch {
	case to == "-" && fd == "0":
		out.In = nothing{}
		return true
	case to == "-":
		w = newGather()
	case to == "1":
		w = out.Out
	case to == "2":
		w = out.Err
	case to == "0":
		return true
	case s.files[to] != nil:
		w = s.files[to]
	default:
		return false
	}
	switch fd {
	case "2":
		out.Err = w
	case "", "1":
		out.Out = w
	default:
		delete(s.files, fd)
	}
	return true
}

// connect is bash's /dev/tcp/host/port: nothing is connected, and no route found.
func (s *Shell) connect(ctx context.Context, name string, streams Streams) {
	parts := strings.Split(strings.TrimPrefix(name, "/dev/"), "/")
	if len(parts) != 3 {
		s.fail(streams, 1, name+": No such file or directory")
		return
	}
	s.Download("bash", parts[0]+"://"+parts[1]+":"+parts[2])
	p := &proc{Shell: s, Streams: streams, ctx: ctx, args: []string{s.name}}
	if !isAddress(parts[1]) {
		p.sleep(s.NetworkDelay)
		s.fail(streams, 1, parts[1]+": Temporary failure in name resolution")
		s.fail(streams, 1, name+": Invalid argument")
		return
	}
	why := p.reach(parts[1], parts[2])
	s.fail(streams, 1, "connect: "+why)
	s.fail(streams, 1, name+": "+why)
}
