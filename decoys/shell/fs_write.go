package shell

import (
	"path"
	"strings"
	"time"
)

// folder finds the directory that holds p, if u may write there, and p's name; p
// itself need not be there.
func (f *FS) folder(u *user, p string) (place, string, error) {
	p = path.Clean("/" + p)
	name := path.Base(p)
	at, _, err := f.find(u, path.Dir(p), true)
	if err != nil {
		return at, "", err
	}
	dir := at.node()
	switch {
	case dir.kind != directory:
		return at, "", errNotDir
	case len(name) > maxName:
		return at, "", errNameTooLong
	case dir.fixed: // nobody makes a file in /proc
		return at, "", errNotFound
	case !dir.allows(u, 2):
		return at, "", errPermission
	case strings.Contains(dir.flags, "i"):
		return at, "", errNotAllowed
	}
	return at, name, nil
}

// add puts n, which is new, into a directory.
func (f *FS) add(at *place, name string, n *node) error {
	n.cost = len(n.data) + fileCost
	if err := f.charge(n.cost); err != nil {
		return err
	}
	n.owner = f
	if n.modified.IsZero() {
		n.modified = time.Now()
	}
	dir := f.own(at)
	dir.children[name], dir.modified = n, time.Now()
	return nil
}

// write replaces or extends the content of p and makes the file if need be.
func (f *FS) write(u *user, p, data string, extend bool) error {
	return f.create(u, p, data, extend, 0o644)
}

// create is write with the mode of a file that is made.
func (f *FS) create(u *user, p, data string, extend bool, perm uint16) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, last, err := f.find(u, p, true)
	switch {
	case err == nil:
		return f.overwrite(u, &at, data, extend)
	case last == "":
		return err
	}
	// A link to a file that is not there yet leads to where it is to be.
	if at, last, err = f.folder(u, path.Join(at.path(), last)); err != nil {
		return err
	}
	return f.add(&at, last, &node{kind: regular, perm: perm, uid: u.uid, gid: u.gid, data: data})
}

func (f *FS) overwrite(u *user, at *place, data string, extend bool) error {
	n := at.node()
	switch {
	case n.kind == directory:
		return errIsDir
	case !n.allows(u, 2):
		return errPermission
	case n.kind != regular:
		return nil // /dev/null takes everything
	case n.fixed && n.perm&0o222 != 0:
		return nil // and what sysctl sets is forgotten
	case n.fixed:
		return errPermission
	case strings.Contains(n.flags, "i"), strings.Contains(n.flags, "a") && !extend:
		return errNotAllowed
	}
	if extend {
		old := n.data
		if n.make != nil {
			old = n.make(u)
		}
		data = old + data
	}
	if err := f.charge(len(data) + fileCost - n.cost); err != nil {
		return err
	}
	n = f.own(at)
	n.cost = len(data) + fileCost
	n.data, n.size, n.make, n.modified = data, 0, nil, time.Now()
	return nil
}

// mkdir makes the directory p.
func (f *FS) mkdir(u *user, p string, perm uint16) error {
	return f.make(u, p, &node{kind: directory, perm: perm, children: map[string]*node{}})
}

// make puts n at p, where nothing may be yet.
func (f *FS) make(u *user, p string, n *node) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, last, err := f.find(u, p, false); err == nil {
		return errExists
	} else if last == "" {
		return err
	}
	at, name, err := f.folder(u, p)
	if err != nil {
		return err
	}
	n.uid, n.gid = u.uid, u.gid
	return f.add(&at, name, n)
}

// link gives the file at from the further name to.
func (f *FS) link(u *user, from, to string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(u, from, false)
	switch {
	case err != nil:
		return err
	case at.node().kind == directory || at.node().fixed:
		return errNotAllowed
	}
	n := f.own(&at)
	dir, name, err := f.folder(u, to)
	switch {
	case err != nil:
		return err
	case dir.node().children[name] != nil:
		return errExists
	case f.charge(fileCost) != nil:
		return errNoSpace
	}
	n.links++
	f.own(&dir).children[name] = n
	return nil
}

// remove takes p away; a directory only if it is empty or all is set.
func (f *FS) remove(u *user, p string, all bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, _, err := f.find(u, p, false)
	if err != nil {
		return err
	}
	n := at.node()
	if n.fixed || len(at.names) == 0 {
		return errNotAllowed
	}
	dir, name, err := f.folder(u, p)
	switch {
	case err != nil:
		return err
	case strings.ContainsAny(n.flags, "ia"):
		return errNotAllowed
	case n.kind == directory && len(n.children) > 0 && !all:
		return errNotEmpty
	case dir.node().sticky(u, n):
		return errNotAllowed
	}
	parent := f.own(&dir)
	delete(parent.children, name)
	f.release(n)
	parent.modified = time.Now()
	return nil
}

// sticky reports that only somebody else may take n out of the directory.
func (n *node) sticky(u *user, child *node) bool {
	return n.perm&0o1000 != 0 && u.uid != 0 && u.uid != child.uid && u.uid != n.uid
}

// release gives back what n and everything below it take up.
func (f *FS) release(n *node) {
	if n.owner != f {
		return // and nothing below it is ours
	}
	if n.links > 0 {
		n.links--
		f.bytes -= fileCost
		return
	}
	f.bytes -= n.cost
	for _, child := range n.children {
		f.release(child)
	}
}
