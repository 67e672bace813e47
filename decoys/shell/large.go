package shell

import "io/fs"

const (
	// MaxWhole bounds a file that a transfer puts on the machine with all of its
	// content, in bytes.
	MaxWhole = 4 << 20
	// head is how much of a larger one is there.
	head = 64 << 10
)

// WriteLarge makes the file at p, or replaces its content, with one of size bytes of
// which content is the beginning. The file is as long as it should be; what is in it
// is only the beginning of that, since the machine is made of memory.
func (f *Files) WriteLarge(p string, content []byte, size int64, perm fs.FileMode) error {
	if int64(len(content)) == size && size <= MaxWhole {
		return f.Write(p, content, perm)
	}
	if total, free, _ := f.fs.system.Disk(); uint64(size) > min(total, free) { //nolint:gosec // not negative
		return errNoSpace
	}
	if err := f.Write(p, content[:min(len(content), head)], perm); err != nil {
		return err
	}
	at, err := f.Real(p)
	if err != nil {
		return err
	}
	return f.fs.change(root, at, func(n *node) {
		if n.kind == regular {
			n.size = size
		}
	})
}
