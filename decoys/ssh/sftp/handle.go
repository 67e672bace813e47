package sftp

import (
	"encoding/binary"

	"github.com/decnet/decnet/decoys/shell"
)

// handle is one open file or directory.
type handle struct {
	path string
	file *shell.File // nil for a directory
	// plain says that a directory was opened as if it were a file.
	plain bool
	// entries are those of a directory that are still to be told.
	entries []*shell.Info
	told    int // how many were
	// held is what the file has in it, of the share of the session and the budget.
	held int64
	used bool
}

// handles are the open ones, by their number. The one that was closed last is used
// first, as OpenSSH does.
type handles struct {
	all  []*handle
	free []int
}

func (h *handles) add(n *handle) (name string, ok bool) {
	n.used = true
	i := len(h.all)
	if k := len(h.free); k > 0 {
		i = h.free[k-1]
		h.free = h.free[:k-1]
		h.all[i] = n
	} else {
		if len(h.all) >= maxHandles {
			return "", false
		}
		h.all = append(h.all, n)
	}
	return string(binary.BigEndian.AppendUint32(nil, uint32(i))), true //nolint:gosec // bounded
}

// number is that of a handle's name, or -1.
func (h *handles) number(name []byte) int {
	if len(name) != 4 {
		return -1
	}
	i := binary.BigEndian.Uint32(name)
	if uint64(i) >= uint64(len(h.all)) || !h.all[i].used {
		return -1
	}
	return int(i)
}

// file is the open file of a name, or nil.
func (h *handles) file(name []byte) *handle {
	if i := h.number(name); i >= 0 && h.all[i].file != nil {
		return h.all[i]
	}
	return nil
}

// dir is the open directory of a name, or nil.
func (h *handles) dir(name []byte) *handle {
	if i := h.number(name); i >= 0 && h.all[i].file == nil && !h.all[i].plain {
		return h.all[i]
	}
	return nil
}

// take takes a handle out.
func (h *handles) take(i int) *handle {
	n := h.all[i]
	h.all[i] = &handle{}
	h.free = append(h.free, i)
	return n
}

// hold makes room for a file that is to have n bytes.
func (s *server) hold(h *handle, n int64) bool {
	more := n - h.held
	if more <= 0 {
		return true
	}
	if s.held+more > maxOpen || !s.Memory.Take(more) {
		return false
	}
	s.held, h.held = s.held+more, n
	return true
}

// finish closes a handle and reports what was written.
func (s *server) finish(h *handle) error {
	defer func() {
		s.Memory.Give(h.held)
		s.held, h.held = s.held-h.held, 0
	}()
	if h.file == nil {
		return nil
	}
	content := h.file.Content()
	changed, err := h.file.Close()
	if changed && s.Written != nil {
		s.Written(h.path, content)
	}
	return err
}

// closeAll closes what the client has left open.
func (s *server) closeAll() {
	for _, h := range s.handles.all {
		_ = s.finish(h) // there is nobody left to tell
	}
}
