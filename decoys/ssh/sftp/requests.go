package sftp

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"

	"github.com/decnet/decnet/decoys/shell"
)

// Flags of open (section 6.3 of the draft).
const (
	openRead   = 1
	openWrite  = 2
	openAppend = 4
	openCreate = 8
	openTrunc  = 16
	openExcl   = 32
)

func openFlags(f uint32) int {
	flags := os.O_RDONLY
	switch {
	case f&openRead != 0 && f&openWrite != 0:
		flags = os.O_RDWR
	case f&openWrite != 0:
		flags = os.O_WRONLY
	}
	for bit, flag := range map[uint32]int{openAppend: os.O_APPEND, openCreate: os.O_CREATE, openTrunc: os.O_TRUNC, openExcl: os.O_EXCL} {
		if f&bit != 0 {
			flags |= flag
		}
	}
	return flags
}

// umask is that of a session.
const umask = 0o022

func (s *server) open(id uint32, r reader) {
	name, flags, a := r.Text(), r.Uint32(), r.attrs()
	if !r.OK() {
		return
	}
	perm := fs.FileMode(0o666)
	if a.flags&attrPerm != 0 {
		perm = a.bits()
	}
	h, err := s.openFile(name, openFlags(flags), perm&^umask)
	op := "read"
	if flags&openWrite != 0 {
		op = "write"
	}
	s.told(op, name, "", err)
	if err != nil {
		s.result(id, err)
		return
	}
	s.give(id, h)
}

func (s *server) openFile(name string, flags int, perm fs.FileMode) (*handle, error) {
	if name == "" {
		return nil, errNoFile
	}
	if len(s.handles.all)-len(s.handles.free) >= maxHandles {
		return nil, errFailure
	}
	if flags == os.O_RDONLY { // which a directory may be opened with
		if i, err := s.Files.Stat(s.abs(name)); err == nil && i.IsDir() {
			_, err := s.Files.List(s.abs(name))
			return &handle{path: s.abs(name), plain: true}, err
		}
	}
	f, err := s.Files.Open(s.abs(name), flags, perm)
	if err != nil {
		return nil, err
	}
	h := &handle{path: s.abs(name), file: f, writes: flags&(os.O_WRONLY|os.O_RDWR) != 0, appends: flags&os.O_APPEND != 0}
	if !s.hold(h, f.Size()) {
		_, _ = f.Close() // nothing was written
		return nil, errFailure
	}
	return h, nil
}

// give tells the client its new handle.
func (s *server) give(id uint32, h *handle) {
	name, ok := s.handles.add(h)
	if !ok {
		_ = s.finish(h) // nothing was written
		s.status(id, fxFailure)
		return
	}
	s.send(begin(fxpHandle).uint32(id).string(name))
}

func (s *server) close(id uint32, r reader) {
	name := r.Bytes()
	if !r.OK() {
		return
	}
	i := s.handles.number(name)
	if i < 0 {
		s.status(id, fxNoSuchFile)
		return
	}
	s.result(id, s.finish(s.handles.take(i)))
}

func (s *server) read(id uint32, r reader) {
	name, off, n := r.Bytes(), r.Uint64(), r.Uint32()
	if !r.OK() {
		return
	}
	h := s.handles.file(name)
	switch {
	case h == nil:
		s.status(id, fxFailure)
		return
	case off > math.MaxInt64:
		s.status(id, fxBadMessage)
		return
	}
	b := make([]byte, min(n, maxData))
	got, err := h.file.ReadAt(b, int64(off))
	switch {
	case n > 0 && got == 0 && (err == nil || errors.Is(err, io.EOF)):
		s.status(id, fxEOF)
	case n > 0 && got == 0:
		s.result(id, err)
	default:
		s.send(begin(fxpData).uint32(id).string(string(b[:got])))
	}
}

func (s *server) write(id uint32, r reader) {
	name, off, data := r.Bytes(), r.Uint64(), r.Bytes()
	if !r.OK() {
		return
	}
	h := s.handles.file(name)
	switch {
	case h == nil:
		s.status(id, fxFailure)
	case off > math.MaxInt64:
		s.status(id, fxBadMessage)
	default:
		s.result(id, s.writeAt(h, data, int64(off)))
	}
}

// writeAt writes to a file, if there is room. What is beyond the size that is kept of one
// is only counted.
func (s *server) writeAt(h *handle, data []byte, off int64) error {
	if h.appends {
		off = h.size()
	}
	end := off + int64(len(data))
	if end < off || uint64(end) > s.Disk.Blocks*blockSize { //nolint:gosec // not negative
		return errFailure // as when there is no space left
	}
	h.hash(data, off)
	if room := max(0, shell.MaxWhole-off); h.writes && int64(len(data)) > room {
		h.beyond = max(h.beyond, end)
		if data = data[:room]; off > h.file.Size() || room == 0 {
			return nil
		}
	}
	if !s.hold(h, max(h.file.Size(), off+int64(len(data)))) {
		return errFailure
	}
	_, err := h.file.WriteAt(data, off)
	return err
}

func (s *server) stat(id uint32, r reader)  { s.describe(id, r, s.Files.Stat) }
func (s *server) lstat(id uint32, r reader) { s.describe(id, r, s.Files.Lstat) }

func (s *server) describe(id uint32, r reader, look func(string) (*shell.Info, error)) {
	name := r.Text()
	if !r.OK() {
		return
	}
	if name == "" {
		s.status(id, fxNoSuchFile)
		return
	}
	i, err := look(s.abs(name))
	if err != nil {
		s.result(id, err)
		return
	}
	s.send(begin(fxpAttrs).uint32(id).stat(i))
}

// fstat describes an open file, whose size is that of what was written so far.
func (s *server) fstat(id uint32, r reader) {
	name := r.Bytes()
	if !r.OK() {
		return
	}
	n := s.handles.number(name)
	if n < 0 || s.handles.all[n].file == nil && !s.handles.all[n].plain {
		s.status(id, fxFailure)
		return
	}
	h := s.handles.all[n]
	i, err := s.Files.Stat(h.path)
	if err != nil {
		s.result(id, err)
		return
	}
	w := begin(fxpAttrs).uint32(id).stat(i)
	if h.file != nil {
		size := (&writer{}).uint64(uint64(h.size())) //nolint:gosec // not negative
		copy(w.data[13:], size.data)                 // after length, type, id and flags
	}
	s.send(w)
}

func (s *server) realpath(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	if name == "" {
		name = "."
	}
	s.sendReal(id, s.abs(name))
}

func (s *server) sendReal(id uint32, name string) {
	at, err := s.Files.Real(name)
	if err != nil {
		s.result(id, err)
		return
	}
	s.sendName(id, at)
}

// sendName sends one name without attributes.
func (s *server) sendName(id uint32, name string) {
	s.send(begin(fxpName).uint32(id).uint32(1).string(name).string(name).uint32(0))
}

func (s *server) readlink(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	target, err := "", errNoFile
	if name != "" {
		target, err = s.Files.Readlink(s.abs(name))
	}
	if err != nil {
		s.result(id, err)
		return
	}
	s.sendName(id, target)
}
