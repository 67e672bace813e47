package shell

import (
	"path"
	"strings"
	"time"
)

// rename moves the file or directory from to the path to.
func (f *FS) rename(u *user, from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(u, from, false)
	if err != nil {
		return err
	}
	n := at.node()
	from, to = at.path(), path.Clean("/"+to)
	oldDir, oldName, err := f.folder(u, from)
	if err != nil {
		return err
	}
	newDir, newName, err := f.folder(u, to)
	if err != nil {
		return err
	}
	to = path.Join(newDir.path(), newName)
	switch {
	case from == to:
		return nil
	case strings.HasPrefix(to, from+"/"):
		return errInvalid
	case n.fixed || strings.ContainsAny(n.flags, "ia") || oldDir.node().sticky(u, n):
		return errNotAllowed
	}
	if old := newDir.node().children[newName]; old != nil {
		switch {
		case old.fixed || newDir.node().sticky(u, old) || strings.ContainsAny(old.flags, "ia"):
			return errNotAllowed
		case old.kind == directory && n.kind != directory:
			return errIsDir
		case old.kind != directory && n.kind == directory:
			return errNotDir
		case len(old.children) > 0:
			return errNotEmpty
		}
		f.release(old)
	}
	f.own(&newDir).children[newName] = n
	newDir.node().modified = time.Now()
	if oldDir, _, err = f.find(u, path.Dir(from), true); err != nil { // it may be another copy by now
		return err
	}
	delete(f.own(&oldDir).children, oldName)
	oldDir.node().modified = time.Now()
	return nil
}

// change applies edit to the node at p, which must be u's own. It must not
// change what a file takes up.
func (f *FS) change(u *user, p string, edit func(*node)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(u, p, true)
	if err != nil {
		return err
	}
	n := at.node()
	switch {
	case n.fixed || u.uid != 0 && u.uid != n.uid:
		return errNotAllowed
	case n.owner != f && f.charge(0) != nil:
		return errNoSpace
	}
	edit(f.own(&at))
	return nil
}

// truncate cuts the file at p or fills it up with zeros, to size bytes.
func (f *FS) truncate(u *user, p string, size int64) error {
	data, err := f.read(u, p)
	switch {
	case err != nil:
		return err
	case size > maxFSBytes:
		return errNoSpace
	case size < int64(len(data)):
		data = data[:max(size, 0)]
	default:
		data += strings.Repeat("\x00", int(size)-len(data))
	}
	return f.write(u, p, data, false)
}

// store is write for a file that was open already: what its mode has become since
// does not matter.
func (f *FS) store(u *user, p, data string) error {
	f.mu.Lock()
	at, _, err := f.find(u, p, true)
	if err == nil {
		err = f.overwrite(root, &at, data, false)
	}
	f.mu.Unlock()
	if err == errNotFound { //nolint:errorlint // our own value
		return nil // it was removed while it was open
	}
	return err
}
