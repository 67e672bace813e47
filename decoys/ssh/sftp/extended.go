package sftp

import (
	"encoding/binary"
	"math"
	"strings"
)

// Flags and numbers of statvfs(3) on the machine's one disk.
const (
	blockSize = 4096
	nameMax   = 255
)

func (s *server) statvfs(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	err := errNoFile
	if name != "" {
		_, err = s.Files.Stat(s.abs(name))
	}
	if err != nil {
		s.result(id, err)
		return
	}
	s.sendDisk(id)
}

func (s *server) fstatvfs(id uint32, r reader) {
	name := r.Bytes()
	switch {
	case !r.OK():
	case s.handles.file(name) == nil:
		s.status(id, fxFailure)
	default:
		s.sendDisk(id)
	}
}

func (s *server) sendDisk(id uint32) {
	d := &s.Disk
	w := begin(fxpExtendedReply).uint32(id)
	for _, n := range []uint64{blockSize, blockSize, d.Blocks, d.Free, d.Available, d.Files, d.FreeFiles, d.FreeFiles, d.ID, 0, nameMax} {
		w.uint64(n)
	}
	s.send(w)
}

func (s *server) fsync(id uint32, r reader) {
	name := r.Bytes()
	switch {
	case !r.OK():
	case s.handles.file(name) == nil:
		s.status(id, fxNoSuchFile)
	default:
		s.status(id, fxOK)
	}
}

func (s *server) limits(id uint32, _ reader) {
	s.send(begin(fxpExtendedReply).uint32(id).uint64(maxPacket).uint64(maxData).uint64(maxData).uint64(maxHandles))
}

func (s *server) expandPath(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	rest, tilde := strings.CutPrefix(name, "~")
	if !tilde {
		if name == "" {
			name = "."
		}
		s.sendReal(id, s.abs(name))
		return
	}
	user, rest, slash := strings.Cut(rest, "/")
	home := s.Files.Home()
	if user != "" {
		var ok bool
		if home, ok = s.homeOf(user); !ok {
			s.say(id, fxNoSuchFile, "no such user")
			return
		}
	}
	if slash {
		home += "/" + rest
	}
	s.sendReal(id, home)
}

func (s *server) homeDirectory(id uint32, r reader) {
	user := r.Text()
	if !r.OK() {
		return
	}
	home, ok := s.homeOf(user)
	if !ok {
		s.status(id, fxFailure)
		return
	}
	s.sendName(id, home)
}

// usersGroups answers lists of numbers with lists of names.
func (s *server) usersGroups(id uint32, r reader) {
	uids, gids := r.Bytes(), r.Bytes()
	if !r.OK() || len(uids)%4 != 0 || len(gids)%4 != 0 {
		r.Fail()
		return
	}
	users, groups := names(numbersOf(uids), s.column("/etc/passwd", 7, 2, 0)), names(numbersOf(gids), s.column("/etc/group", 4, 2, 0))
	s.send(begin(fxpExtendedReply).uint32(id).string(users).string(groups))
}

func numbersOf(b []byte) (numbers []uint32) {
	for ; len(b) >= 4; b = b[4:] {
		numbers = append(numbers, binary.BigEndian.Uint32(b))
	}
	return numbers
}

// copyData copies a part of an open file to another. A length of 0 is all the rest.
func (s *server) copyData(id uint32, r reader) {
	from, off, n, to, at := r.Bytes(), r.Uint64(), r.Uint64(), r.Bytes(), r.Uint64()
	if !r.OK() {
		return
	}
	source, sink := s.handles.file(from), s.handles.file(to)
	switch {
	case source == nil || sink == nil || source == sink:
		s.status(id, fxFailure)
		return
	case off > math.MaxInt64 || at > math.MaxInt64:
		s.status(id, fxBadMessage)
		return
	}
	if n == 0 {
		n = maxOpen
	}
	b := make([]byte, min(n, uint64(source.file.Size()))) //nolint:gosec // not negative
	got, err := source.file.ReadAt(b, int64(off))
	if got == 0 && err != nil && codeOf(err) != fxFailure {
		s.result(id, err)
		return
	}
	s.result(id, s.writeAt(sink, b[:got], int64(at)))
}
