package shell

import (
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of what an attacker may write to one file system.
const (
	maxFSBytes = 1 << 20
	maxFSNodes = 4096
	maxSymlink = 16
	maxPath    = 4096
)

// An errno is an error of the file system, worded as strerror(3) words it: the
// peer reads it.
type errno string

func (e errno) Error() string { return string(e) }

const (
	errNotFound    errno = "No such file or directory"
	errExists      errno = "File exists"
	errNotDir      errno = "Not a directory"
	errIsDir       errno = "Is a directory"
	errPermission  errno = "Permission denied"
	errNotEmpty    errno = "Directory not empty"
	errNoSpace     errno = "No space left on device"
	errLoop        errno = "Too many levels of symbolic links"
	errNameTooLong errno = "File name too long"
	errNotAllowed  errno = "Operation not permitted"
)

type kind byte

const (
	regular   kind = '-'
	directory kind = 'd'
	symlink   kind = 'l'
	device    kind = 'c'
)

// A node is one file. Its fields are guarded by the file system's mutex.
type node struct {
	kind     kind
	perm     uint16 // with setuid and sticky bits
	uid, gid int
	modified time.Time
	data     string
	// size is what ls shows where the data is not the whole file.
	size int64
	// make gives the data of files that are made when read, such as /proc's.
	make     func() string
	target   string
	children map[string]*node
	// fixed files cannot be changed, not even by root.
	fixed bool
	// links is set in copies only: the number of names.
	links int
}

// A user is who does something to files.
type user struct {
	name     string
	uid, gid int
	home     string
}

// FS is the files of one machine as one attacker sees them: what he writes is
// there when he comes back, and nobody else sees it. Nothing of it is on any
// disk. Safe for concurrent use.
type FS struct {
	mu    sync.Mutex
	root  *node
	bytes int
	nodes int
}

// walk returns the node at the absolute path p. If follow is false, a link at
// the end is returned itself.
func (f *FS) walk(p string, follow bool, depth int) (*node, error) {
	if depth > maxSymlink {
		return nil, errLoop
	}
	if len(p) > maxPath {
		return nil, errNameTooLong
	}
	n, at := f.root, "/"
	parts := strings.FieldsFunc(p, func(r rune) bool { return r == '/' })
	for i, part := range parts {
		if n.kind != directory {
			return nil, errNotDir
		}
		child, ok := n.children[part]
		if !ok {
			return nil, errNotFound
		}
		if child.kind == symlink && (follow || i < len(parts)-1) {
			target := child.target
			if !strings.HasPrefix(target, "/") {
				target = path.Join(at, target)
			}
			var err error
			if child, err = f.walk(target, true, depth+1); err != nil {
				return nil, err
			}
		}
		n, at = child, path.Join(at, part)
	}
	return n, nil
}

// stat returns a copy of the node at p without its children.
func (f *FS) stat(p string, follow bool) (node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(p, follow, 0)
	if err != nil {
		return node{}, err
	}
	return n.snapshot(), nil
}

// snapshot is a copy for looking at.
func (n *node) snapshot() node {
	out := *n
	out.size, out.links, out.children = n.length(), 1, nil
	if n.kind == directory {
		out.links = 2
		for _, child := range n.children {
			if child.kind == directory {
				out.links++
			}
		}
	}
	return out
}

func (n *node) length() int64 {
	switch {
	case n.kind == directory:
		return 4096
	case n.kind == symlink:
		return int64(len(n.target))
	case n.size > 0:
		return n.size
	}
	return int64(len(n.data))
}

// read returns the content of the file at p.
func (f *FS) read(u *user, p string) (string, error) {
	f.mu.Lock()
	n, err := f.walk(p, true, 0)
	if err == nil {
		switch {
		case n.kind == directory:
			err = errIsDir
		case !n.allows(u, 4):
			err = errPermission
		}
	}
	if err != nil {
		f.mu.Unlock()
		return "", err
	}
	data, generate := n.data, n.make
	f.mu.Unlock()
	if generate != nil {
		return generate(), nil
	}
	return data, nil
}

// entry is one name of a directory.
type entry struct {
	name string
	node
}

// list returns the entries of the directory at p in the order of their names.
func (f *FS) list(u *user, p string) ([]entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(p, true, 0)
	switch {
	case err != nil:
		return nil, err
	case n.kind != directory:
		return nil, errNotDir
	case !n.allows(u, 4):
		return nil, errPermission
	}
	out := make([]entry, 0, len(n.children))
	for name, child := range n.children {
		out = append(out, entry{name, child.snapshot()})
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// allows reports whether u may do what (4 read, 2 write, 1 run) to n.
func (n *node) allows(u *user, what uint16) bool {
	switch {
	case u.uid == 0:
		return what != 1 || n.kind == directory || n.perm&0o111 != 0
	case u.uid == n.uid:
		return n.perm>>6&what == what
	case u.gid == n.gid:
		return n.perm>>3&what == what
	}
	return n.perm&what == what
}
