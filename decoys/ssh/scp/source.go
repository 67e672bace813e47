package scp

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/decnet/decnet/decoys/shell"
)

// maxDepth bounds folders within each other that are sent.
const maxDepth = 64

// source sends files to the client: scp -f.
func (s *program) source(names []string) {
	for _, name := range names {
		if s.ended {
			return
		}
		s.send(name, 0)
	}
}

// send sends one file, or a folder with all that is in it.
func (s *program) send(name string, depth int) {
	for len(name) > 1 && strings.HasSuffix(name, "/") {
		name = name[:len(name)-1]
	}
	i, err := s.Files.Stat(s.abs(name))
	if name == "" {
		err = fs.ErrNotExist
	}
	var content []byte
	if err == nil && i.Mode().IsRegular() {
		content, err = s.Files.Read(s.abs(name))
	}
	s.asked("read", name, err)
	switch {
	case name == "":
		s.fail(": No such file or directory")
	case err != nil:
		s.fail("%s: %v", name, err)
	case i.IsDir() && s.recursive && depth < maxDepth:
		s.sendDir(name, i, depth)
	case !i.Mode().IsRegular():
		s.fail("%s: not a regular file", name)
	default:
		s.sendFile(name, i, content)
	}
}

// announce sends a record, with the times before it if they were asked for, and reports
// whether the client wants what it announces.
func (s *program) announce(i *shell.Info, format string, args ...any) bool {
	if s.times {
		t := i.ModTime().Unix()
		_, _ = fmt.Fprintf(s.Out, "T%d 0 %d 0\n", t, t) // who is gone is seen when reading
		if s.response() < 0 {
			return false
		}
	}
	text := fmt.Sprintf(format, args...)
	if s.verbose {
		_, _ = io.WriteString(s.Err, "Sending file modes: "+text)
	}
	_, _ = io.WriteString(s.Out, text) // as above
	return s.response() >= 0
}

func (s *program) sendFile(name string, i *shell.Info, content []byte) {
	if !s.announce(i, "C%04o %d %s\n", modeOf(i.Mode()), len(content), path.Base(name)) {
		return
	}
	_, _ = s.Out.Write(append(content, 0)) // as above
	s.response()
}

func (s *program) sendDir(name string, i *shell.Info, depth int) {
	entries, err := s.Files.List(s.abs(name))
	if err != nil {
		s.fail("%s: %v", name, err)
		return
	}
	verbose := s.verbose
	s.verbose = false // the genuine one says nothing of folders here
	wanted := s.announce(i, "D%04o %d %.1024s\n", modeOf(i.Mode()), 0, path.Base(name))
	s.verbose = verbose
	if !wanted {
		return
	}
	for _, e := range entries {
		if s.ended || s.ctx.Err() != nil {
			return
		}
		s.send(name+"/"+e.Name(), depth+1)
	}
	_, _ = io.WriteString(s.Out, "E\n") // as above
	s.response()
}
