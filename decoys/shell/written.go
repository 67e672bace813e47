package shell

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// maxPending bounds the files that were extended and not reported yet.
const maxPending = 64

// lookup is FS.stat for this user.
func (s *Shell) lookup(p string, follow bool) (node, error) {
	return s.FS.stat(&s.user, p, follow)
}

// write replaces or extends the content of the file at the absolute path p, and
// takes note of it for Written.
func (s *Shell) write(p, data string, extend bool) error {
	if !extend {
		s.settle(p) // what was there was whole
	}
	if err := s.FS.create(&s.user, p, data, extend, 0o666&^s.umask); err != nil {
		return err
	}
	if data != "" && len(s.pending) < maxPending {
		s.pending[p] = extend
	}
	return nil
}

// remove is FS.remove.
func (s *Shell) remove(p string, all bool) error {
	s.settle(p)
	return s.FS.remove(&s.user, p, all)
}

// rename is FS.rename.
func (s *Shell) rename(from, to string) error {
	s.settle(from)
	s.settle(to)
	return s.FS.rename(&s.user, from, to)
}

// settle reports the files at p and below it that were written, before something
// else becomes of them.
func (s *Shell) settle(p string) {
	for _, name := range slices.Sorted(maps.Keys(s.pending)) {
		if name == p || strings.HasPrefix(name, strings.TrimSuffix(p, "/")+"/") {
			delete(s.pending, name)
			s.report(name)
		}
	}
}

// settleWhole reports the files that were written at once. Those that were extended
// may be extended again: they are reported when they are used or at the end.
func (s *Shell) settleWhole() {
	for _, name := range slices.Sorted(maps.Keys(s.pending)) {
		if !s.pending[name] {
			delete(s.pending, name)
			s.report(name)
		}
	}
}

func (s *Shell) report(name string) {
	if s.Written == nil {
		return
	}
	n, err := s.FS.stat(root, name, true)
	if err != nil || n.kind != regular || n.fixed || n.size == 0 {
		return
	}
	if data, err := s.FS.read(root, name); err == nil {
		s.Written(path.Clean(name), []byte(data))
	}
}
