package shell

import (
	"io/fs"
	"path"
	"time"
)

// Files are the files of a machine as one of its users may use them: what sftp and
// scp need. Paths are absolute. Errors are worded as strerror(3) words them and
// compare with those of package io/fs.
type Files struct {
	fs   *FS
	user *user
}

// As returns the files as the user called name may use them. A name without an
// account gets one, as New does.
func (f *FS) As(name string) *Files {
	a := f.system.makeHome(f, name)
	u := f.userOf(a)
	return &Files{f, &u}
}

// Home is the user's home directory.
func (f *Files) Home() string { return f.user.home }

// Info is what stat says of a file. Its Sys is an *Owner.
type Info struct {
	name string
	node node
}

// Owner is whom a file belongs to, by number and name.
type Owner struct {
	UID, GID    int
	User, Group string
	// Links is the number of its names.
	Links int
}

// Name is the last element of the path; Size is in bytes.
func (i *Info) Name() string { return i.name }

// Size is the length in bytes.
func (i *Info) Size() int64 { return i.node.size }

// ModTime is when the content was changed last.
func (i *Info) ModTime() time.Time { return i.node.modified }

// IsDir reports a directory.
func (i *Info) IsDir() bool { return i.node.kind == directory }

// Mode is the kind of file and its permissions.
func (i *Info) Mode() fs.FileMode {
	m := fs.FileMode(i.node.perm & 0o777)
	for bit, flag := range map[uint16]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if i.node.perm&bit != 0 {
			m |= flag
		}
	}
	return m | map[kind]fs.FileMode{
		directory: fs.ModeDir, symlink: fs.ModeSymlink, device: fs.ModeDevice | fs.ModeCharDevice, block: fs.ModeDevice,
		fifo: fs.ModeNamedPipe, socket: fs.ModeSocket,
	}[i.node.kind]
}

// Sys is an *Owner.
func (i *Info) Sys() any {
	own := i.node.owner
	return &Owner{i.node.uid, i.node.gid, own.userName(i.node.uid), own.groupName(i.node.gid), i.node.links}
}

func (f *Files) info(name string, n node) *Info {
	n.owner = f.fs // whose accounts have the names
	return &Info{name, n}
}

// Stat describes the file at p, of a link what it leads to.
func (f *Files) Stat(p string) (*Info, error) { return f.stat(p, true) }

// Lstat describes the file at p, of a link the link.
func (f *Files) Lstat(p string) (*Info, error) { return f.stat(p, false) }

func (f *Files) stat(p string, follow bool) (*Info, error) {
	n, err := f.fs.stat(f.user, p, follow)
	if err != nil {
		return nil, err
	}
	return f.info(path.Base(p), n), nil
}

// List returns the entries of the directory at p, without "." and "..".
func (f *Files) List(p string) ([]*Info, error) {
	entries, err := f.fs.list(f.user, p)
	out := make([]*Info, len(entries))
	for i, e := range entries {
		out[i] = f.info(e.name, e.node)
	}
	return out, err
}

// Read returns the content of the file at p.
func (f *Files) Read(p string) ([]byte, error) {
	data, err := f.fs.read(f.user, p)
	return []byte(data), err
}

// Write replaces the content of the file at p, and makes it with perm if it is not
// there.
func (f *Files) Write(p string, data []byte, perm fs.FileMode) error {
	return f.fs.create(f.user, p, string(data), false, bits(perm))
}

// bits is a mode as the kernel has it, whose bits for setuid and the like are taken
// as well as those of package io/fs.
func bits(perm fs.FileMode) uint16 {
	b := uint16(perm & 0o7777)
	for bit, flag := range map[uint16]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if perm&flag != 0 {
			b |= bit
		}
	}
	return b
}

// Mkdir makes the directory p.
func (f *Files) Mkdir(p string, perm fs.FileMode) error {
	return f.fs.mkdir(f.user, p, bits(perm))
}

// Remove takes the file at p away.
func (f *Files) Remove(p string) error {
	n, err := f.fs.stat(f.user, p, false)
	switch {
	case err != nil:
		return err
	case n.kind == directory:
		return errIsDir
	}
	return f.fs.remove(f.user, p, false)
}

// Rmdir takes the directory at p away, which must be empty.
func (f *Files) Rmdir(p string) error {
	n, err := f.fs.stat(f.user, p, false)
	switch {
	case err != nil:
		return err
	case n.kind != directory:
		return errNotDir
	}
	return f.fs.remove(f.user, p, false)
}

// Rename moves what is at from to the path to, and replaces a file there.
func (f *Files) Rename(from, to string) error { return f.fs.rename(f.user, from, to) }

// Link gives the file at from the further name to.
func (f *Files) Link(from, to string) error { return f.fs.link(f.user, from, to) }

// Symlink makes p a link to target.
func (f *Files) Symlink(target, p string) error {
	return f.fs.make(f.user, p, &node{kind: symlink, perm: 0o777, target: target})
}

// Readlink returns what the link at p leads to.
func (f *Files) Readlink(p string) (string, error) {
	n, err := f.fs.stat(f.user, p, false)
	if err == nil && n.kind != symlink {
		err = errInvalid
	}
	return n.target, err
}

// Real returns p without links, "." and ".." in it. The last element need not be
// there.
func (f *Files) Real(p string) (string, error) {
	at, err := f.fs.real(f.user, p)
	if err == errNotFound && at != "/" { //nolint:errorlint // our own value
		return at, nil
	}
	return at, err
}

// Chmod sets the permissions of the file at p.
func (f *Files) Chmod(p string, perm fs.FileMode) error {
	return f.fs.change(f.user, p, func(n *node) { n.perm = bits(perm) })
}

// Chown gives the file at p to another user and group, which is root's to do.
func (f *Files) Chown(p string, uid, gid int) error {
	n, err := f.fs.stat(f.user, p, true)
	switch {
	case err != nil:
		return err
	case f.user.uid != 0 && (n.uid != f.user.uid || uid != n.uid || gid != f.user.gid):
		return errNotAllowed
	}
	return f.fs.change(f.user, p, func(n *node) { n.uid, n.gid = uid, gid })
}

// Chtimes sets when the file at p was changed.
func (f *Files) Chtimes(p string, modified time.Time) error {
	return f.fs.change(f.user, p, func(n *node) { n.modified = modified })
}

// Truncate cuts the file at p or fills it up with zeros, to size bytes.
func (f *Files) Truncate(p string, size int64) error { return f.fs.truncate(f.user, p, size) }
