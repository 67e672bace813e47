package sftp

import (
	"io/fs"
	"math"
	"time"
)

// onFile does something with one path that the client names.
func (s *server) onFile(id uint32, op, name string, do func(path string) error) {
	err := errNoFile
	if name != "" {
		err = do(s.abs(name))
	}
	s.told(op, name, "", err)
	s.result(id, err)
}

func (s *server) remove(id uint32, r reader) {
	if name := r.Text(); r.OK() {
		s.onFile(id, "remove", name, s.Files.Remove)
	}
}

func (s *server) rmdir(id uint32, r reader) {
	if name := r.Text(); r.OK() {
		s.onFile(id, "rmdir", name, s.Files.Rmdir)
	}
}

func (s *server) mkdir(id uint32, r reader) {
	name, a := r.Text(), r.attrs()
	if !r.OK() {
		return
	}
	perm := fs.FileMode(0o777)
	if a.flags&attrPerm != 0 {
		perm = a.bits()
	}
	s.onFile(id, "mkdir", name, func(p string) error { return s.Files.Mkdir(p, perm&^umask) })
}

// onFiles does something with two paths that the client names.
func (s *server) onFiles(id uint32, op string, r reader, do func(from, to string) error) {
	from, to := r.Text(), r.Text()
	if !r.OK() {
		return
	}
	err := errNoFile
	if from != "" && to != "" {
		err = do(from, to)
	}
	s.told(op, from, to, err)
	s.result(id, err)
}

// rename is that of the protocol, which replaces nothing.
func (s *server) rename(id uint32, r reader) {
	s.onFiles(id, "rename", r, func(from, to string) error {
		from, to = s.abs(from), s.abs(to)
		if _, err := s.Files.Lstat(from); err != nil {
			return err
		}
		if _, err := s.Files.Lstat(to); err == nil {
			return errFailure
		}
		return s.Files.Rename(from, to)
	})
}

func (s *server) posixRename(id uint32, r reader) {
	s.onFiles(id, "rename", r, func(from, to string) error { return s.Files.Rename(s.abs(from), s.abs(to)) })
}

func (s *server) hardlink(id uint32, r reader) {
	s.onFiles(id, "link", r, func(from, to string) error { return s.Files.Link(s.abs(from), s.abs(to)) })
}

// symlink has the target first, as OpenSSH has it and the draft has not.
func (s *server) symlink(id uint32, r reader) {
	s.onFiles(id, "symlink", r, func(target, at string) error { return s.Files.Symlink(target, s.abs(at)) })
}

func (s *server) setstat(id uint32, r reader) {
	name, a := r.Text(), r.attrs()
	if !r.OK() {
		return
	}
	s.onFile(id, "setstat", name, func(p string) error { return s.change(p, &a) })
}

func (s *server) fsetstat(id uint32, r reader) {
	name, a := r.Bytes(), r.attrs()
	if !r.OK() {
		return
	}
	h := s.handles.file(name)
	if h == nil {
		s.status(id, fxFailure)
		return
	}
	s.onFile(id, "setstat", h.path, func(p string) error { return s.change(p, &a) })
}

// change sets attributes in OpenSSH's order. The last error counts.
func (s *server) change(p string, a *attrs) (err error) {
	do := func(flag uint32, f func() error) {
		if a.flags&flag == 0 {
			return
		}
		if e := f(); e != nil {
			err = e
		}
	}
	do(attrSize, func() error {
		if a.size > math.MaxInt64 {
			return fs.ErrInvalid
		}
		return s.Files.Truncate(p, int64(a.size))
	})
	do(attrPerm, func() error { return s.Files.Chmod(p, a.bits()) })
	do(attrTimes, func() error { return s.Files.Chtimes(p, time.Unix(int64(a.mtime), 0).UTC()) })
	do(attrOwner, func() error { return s.Files.Chown(p, int(a.uid), int(a.gid)) })
	return err
}

// lsetstat is setstat that follows no link. What a link has of attributes nobody
// sees.
func (s *server) lsetstat(id uint32, r reader) {
	name, a := r.Text(), r.attrs()
	if !r.OK() {
		return
	}
	s.onFile(id, "setstat", name, func(p string) error {
		i, err := s.Files.Lstat(p)
		switch {
		case err != nil:
			return err
		case i.Mode()&fs.ModeSymlink != 0 && a.flags&attrPerm != 0:
			return errFailure // Linux cannot
		case i.Mode()&fs.ModeSymlink != 0:
			return nil
		}
		size := a.flags&attrSize != 0
		a.flags &^= attrSize
		if err := s.change(p, &a); err != nil || !size {
			return err
		}
		return fs.ErrInvalid
	})
}
