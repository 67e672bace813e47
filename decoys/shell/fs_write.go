package shell

import (
	"path"
	"strings"
	"time"
)

// parent returns the directory that holds p, if u may write there, and p's name.
func (f *FS) parent(u *user, p string) (*node, string, error) {
	p = path.Clean("/" + p)
	name := path.Base(p)
	dir, err := f.walk(path.Dir(p), true, 0)
	switch {
	case err != nil:
		return nil, "", err
	case dir.kind != directory:
		return nil, "", errNotDir
	case len(name) > 255:
		return nil, "", errNameTooLong
	case dir.fixed: // nobody makes a file in /proc
		return nil, "", errNotFound
	case !dir.allows(u, 2):
		return nil, "", errPermission
	}
	return dir, name, nil
}

// write replaces or extends the content of p and makes the file if need be.
func (f *FS) write(u *user, p, data string, extend bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(p, true, 0)
	if err == nil {
		return f.overwrite(u, n, data, extend)
	}
	dir, name, err := f.parent(u, p)
	if err != nil {
		return err
	}
	if f.bytes+len(data) > maxFSBytes || f.nodes >= maxFSNodes {
		return errNoSpace
	}
	f.nodes++
	f.bytes += len(data)
	dir.children[name] = &node{kind: regular, perm: 0o644, uid: u.uid, gid: u.gid, modified: time.Now(), data: data}
	dir.modified = time.Now()
	return nil
}

func (f *FS) overwrite(u *user, n *node, data string, extend bool) error {
	switch {
	case n.kind == directory:
		return errIsDir
	case n.kind == device:
		return nil // /dev/null takes everything
	case n.fixed || !n.allows(u, 2):
		return errPermission
	}
	if extend {
		data = n.data + data
	}
	if f.bytes+len(data)-len(n.data) > maxFSBytes {
		return errNoSpace
	}
	f.bytes += len(data) - len(n.data)
	n.data, n.size, n.make, n.modified = data, 0, nil, time.Now()
	return nil
}

// mkdir makes the directory p.
func (f *FS) mkdir(u *user, p string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.walk(p, false, 0); err == nil {
		return errExists
	}
	dir, name, err := f.parent(u, p)
	if err != nil {
		return err
	}
	if f.nodes >= maxFSNodes {
		return errNoSpace
	}
	f.nodes++
	dir.children[name] = &node{
		kind: directory, perm: 0o755, uid: u.uid, gid: u.gid, modified: time.Now(), children: map[string]*node{},
	}
	return nil
}

// remove takes p away; a directory only if it is empty or all is set.
func (f *FS) remove(u *user, p string, all bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(p, false, 0)
	if err != nil {
		return err
	}
	dir, name, err := f.parent(u, p)
	switch {
	case err != nil:
		return err
	case n.fixed:
		return errNotAllowed
	case n.kind == directory && len(n.children) > 0 && !all:
		return errNotEmpty
	case dir.perm&0o1000 != 0 && u.uid != 0 && u.uid != n.uid:
		return errNotAllowed
	}
	delete(dir.children, name)
	f.release(n)
	dir.modified = time.Now()
	return nil
}

// release gives back what n and everything below it take up.
func (f *FS) release(n *node) {
	f.nodes--
	f.bytes -= len(n.data)
	for _, child := range n.children {
		f.release(child)
	}
}

// rename moves the file or directory from to the path to.
func (f *FS) rename(u *user, from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(from, false, 0)
	if err != nil {
		return err
	}
	from, to = path.Clean("/"+from), path.Clean("/"+to)
	if from == to || strings.HasPrefix(to+"/", from+"/") || n.fixed {
		return errNotAllowed
	}
	oldDir, oldName, err := f.parent(u, from)
	if err != nil {
		return err
	}
	newDir, newName, err := f.parent(u, to)
	if err != nil {
		return err
	}
	if old, ok := newDir.children[newName]; ok {
		if old.kind == directory || old.fixed {
			return errExists
		}
		f.release(old)
	}
	delete(oldDir.children, oldName)
	newDir.children[newName] = n
	return nil
}

// change applies edit to the node at p, which must be u's own.
func (f *FS) change(u *user, p string, edit func(*node)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.walk(p, true, 0)
	switch {
	case err != nil:
		return err
	case n.fixed || u.uid != 0 && u.uid != n.uid:
		return errNotAllowed
	}
	edit(n)
	return nil
}
