package sftp

import (
	"path"

	"github.com/decnet/decnet/decoys/shell"
)

// perReply is how many names OpenSSH puts in one answer.
const perReply = 100

func (s *server) opendir(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	var entries []*shell.Info
	err := errNoFile
	if name != "" {
		entries, err = s.entries(s.abs(name))
	}
	s.told("list", name, "", err)
	if err != nil {
		s.result(id, err)
		return
	}
	h := &handle{path: s.abs(name), entries: entries}
	if !s.hold(h, entrySize*int64(len(entries))) {
		s.status(id, fxFailure)
		return
	}
	s.give(id, h)
}

// entries are those of a directory with the two that every one has.
func (s *server) entries(p string) ([]*shell.Info, error) {
	list, err := s.Files.List(p)
	if err != nil {
		return nil, err
	}
	self, err := s.Files.Stat(p)
	if err != nil {
		return nil, err
	}
	parent, err := s.Files.Stat(path.Join(p, ".."))
	if err != nil {
		parent = self
	}
	return append([]*shell.Info{self, parent}, list...), nil
}

func (s *server) readdir(id uint32, r reader) {
	name := r.Bytes()
	if !r.OK() {
		return
	}
	h := s.handles.dir(name)
	if h == nil {
		s.status(id, fxFailure)
		return
	}
	n := min(len(h.entries), perReply)
	if n == 0 {
		s.status(id, fxEOF)
		return
	}
	w := begin(fxpName).uint32(id).uint32(uint32(n))
	for _, i := range h.entries[:n] {
		name := i.Name()
		switch h.told {
		case 0:
			name = "."
		case 1:
			name = ".."
		}
		h.told++
		w.string(name).string(longName(i, name, now())).stat(i)
	}
	h.entries = h.entries[n:]
	s.send(w)
}
