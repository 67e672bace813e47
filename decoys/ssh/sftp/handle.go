package sftp

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/shell"
)

// handle is one open file or directory.
type handle struct {
	path string
	file *shell.File // nil for a directory
	// writes says that it may be written, and appends that whatever is goes to its end.
	writes, appends bool
	// plain says that a directory was opened as if it were a file.
	plain bool
	// entries are those of a directory that are still to be told.
	entries []*shell.Info
	told    int // how many were
	// held is what the file has in it, of the share of the session and the budget.
	held int64
	// beyond is where the file ends that is larger than what is kept of it; 0 for all
	// others.
	beyond int64
	// sum is the SHA-256 of what was written, as long as that came in order from the
	// beginning: summed bytes, or -1 if it did not.
	sum    hash.Hash
	summed int64
	used   bool
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

// size is how long the file of a handle is, in bytes.
func (h *handle) size() int64 { return max(h.file.Size(), h.beyond) }

// hash notes what is written at an offset.
func (h *handle) hash(data []byte, off int64) {
	if h.sum == nil {
		h.sum = sha256.New()
	}
	if off != h.summed {
		h.summed = -1
		return
	}
	h.sum.Write(data)
	h.summed += int64(len(data))
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
	size := max(int64(len(content)), h.beyond)
	if h.beyond > 0 {
		changed, err = true, s.Files.WriteLarge(h.path, content, size, 0o644) // it is there
	}
	if changed && s.Written != nil {
		file := capture.File{Path: h.path, Content: content, Size: size}
		if h.sum != nil && h.summed == size {
			file.Sum = hex.EncodeToString(h.sum.Sum(nil))
		}
		s.Written(file)
	}
	return err
}

// closeAll closes what the client has left open.
func (s *server) closeAll() {
	for _, h := range s.handles.all {
		_ = s.finish(h) // there is nobody left to tell
	}
}
