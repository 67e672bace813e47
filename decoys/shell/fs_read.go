package shell

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// charge counts n more bytes as written, if there is room for them.
func (f *FS) charge(n int) error {
	if n > 0 && f.bytes+n > maxFSBytes {
		return errNoSpace
	}
	f.bytes += n
	return nil
}

// stat returns a copy of the node at p without its children.
func (f *FS) stat(u *user, p string, follow bool) (node, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(u, p, follow)
	if err != nil {
		return node{}, err
	}
	return at.node().snapshot(u), nil
}

// snapshot is a copy for looking at.
func (n *node) snapshot(u *user) node {
	out := *n
	if n.kind == symlink && n.make != nil {
		out.target = n.make(u)
	}
	out.size, out.links, out.children = out.length(), n.links+1, nil
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
	case n.kind == directory && n.fixed:
		return 0
	case n.kind == directory:
		return 4096
	case n.kind == symlink && !n.fixed:
		return int64(len(n.target))
	case n.measured:
		return int64(len(n.make(root)))
	case n.size > 0:
		return n.size
	}
	return int64(len(n.data))
}

// read returns the content of the file at p.
func (f *FS) read(u *user, p string) (string, error) {
	f.mu.Lock()
	at, _, err := f.find(u, p, true)
	if err != nil {
		f.mu.Unlock()
		return "", err
	}
	n := at.node()
	switch {
	case n.kind == directory:
		err = errIsDir
	case !n.allows(u, 4):
		err = errPermission
	}
	data, generate := n.data, n.make
	f.mu.Unlock()
	if err == nil && generate != nil {
		return generate(u), nil
	}
	return data, err
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
	at, _, err := f.find(u, p, true)
	if err != nil {
		return nil, err
	}
	n := at.node()
	switch {
	case n.kind != directory:
		return nil, errNotDir
	case !n.allows(u, 4):
		return nil, errPermission
	}
	all := n.children
	if n.dynamic != nil {
		all = n.dynamic(u)
		maps.Copy(all, n.children)
	}
	out := make([]entry, 0, len(all))
	for name, child := range all {
		out = append(out, entry{name, child.snapshot(u)})
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
	case u.gid == n.gid || slices.Contains(u.groups, n.gid):
		return n.perm>>3&what == what
	}
	return n.perm&what == what
}

// real is the path of a file without links in it.
func (f *FS) real(u *user, p string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, last, err := f.find(u, p, true)
	if last != "" {
		return path.Join(at.path(), last), err
	}
	return at.path(), err
}
