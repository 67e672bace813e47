package shell

import (
	"io/fs"
	"maps"
	"strings"
	"sync"
	"time"
)

// Bounds of what an attacker may write to one file system.
const (
	// maxFSBytes bounds what was written, in bytes; a file counts fileCost more.
	maxFSBytes = 8 << 20
	fileCost   = 1 << 10
	maxSymlink = 16
	maxPath    = 4096
	maxName    = 255
)

// An errno is an error of the file system, worded as strerror(3) words it: the
// peer reads it.
type errno string

func (e errno) Error() string { return string(e) }

// Is lets errors.Is compare with the errors of package io/fs.
func (e errno) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e == errNotFound
	case fs.ErrExist:
		return e == errExists || e == errNotEmpty
	case fs.ErrPermission:
		return e == errPermission || e == errNotAllowed
	case fs.ErrInvalid:
		return e == errInvalid
	}
	return false
}

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
	errInvalid     errno = "Invalid argument"
	errReadOnly    errno = "Read-only file system"
	errBadFile     errno = "Bad file descriptor"
)

type kind byte

const (
	regular   kind = '-'
	directory kind = 'd'
	symlink   kind = 'l'
	device    kind = 'c'
	block     kind = 'b'
	fifo      kind = 'p'
	socket    kind = 's'
)

// A node is one file. Those of the machine as it was installed have no owner, are
// shared by all file systems and never change; a file system that changes one
// makes itself a copy, which is guarded by its mutex.
type node struct {
	owner    *FS
	kind     kind
	perm     uint16 // with setuid, setgid and sticky bits
	uid, gid int
	modified time.Time
	data     string
	// size is what ls shows where the data is made.
	size int64
	// measured files are as long as what is made of them, for whoever asks.
	measured bool
	// make gives the data of files that are made when read, such as /proc's.
	make   func(*user) string
	target string
	// device numbers.
	major, minor int
	children     map[string]*node
	// dynamic gives the children of a directory that is made when looked at.
	dynamic func(*user) map[string]*node
	// fixed files cannot be changed, not even by root.
	fixed bool
	// flags are those of chattr that are set, such as "ia".
	flags string
	// links is the number of further names; in copies for looking at, of all.
	links int
	cost  int // what of it counts as written
}

// A user is who does something to files.
type user struct {
	name     string
	uid, gid int
	home     string
	groups   []int
	// session is whose processes /proc shows; nil outside of a shell.
	session *Shell
}

// root is who does what nobody asked for.
var root = &user{name: "root", home: "/root"}

// FS is the files of one machine as one attacker sees them: what he writes is
// there when he comes back, and nobody else sees it. Nothing of it is on any
// disk. Safe for concurrent use.
type FS struct {
	system *System
	mu     sync.Mutex
	root   *node
	bytes  int
	world
}

// place is where a path leads: the nodes on the way and the names that lead to
// them, without links.
type place struct {
	nodes []*node // nodes[0] is the root
	names []string
}

func (p *place) node() *node { return p.nodes[len(p.nodes)-1] }

func (p *place) path() string { return "/" + strings.Join(p.names, "/") }

// find resolves the absolute path name for u. If follow is false, a link at the
// end is returned itself. If only the last name is missing, the error is
// errNotFound, the place that of its folder, and last that name.
func (f *FS) find(u *user, name string, follow bool) (at place, last string, err error) {
	if len(name) > maxPath {
		return at, "", errNameTooLong
	}
	at.nodes = []*node{f.root}
	parts, links := strings.Split(name, "/"), 0
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		n := at.node()
		switch {
		case part == "" && (len(parts) > 0 || n.kind == directory), part == "." && n.kind == directory:
			continue
		case n.kind != directory:
			return at, "", errNotDir
		case part == "..":
			if len(at.names) > 0 {
				at.nodes, at.names = at.nodes[:len(at.nodes)-1], at.names[:len(at.names)-1]
			}
			continue
		case len(part) > maxName:
			return at, "", errNameTooLong
		case u.uid != 0 && !n.allows(u, 1):
			return at, "", errPermission
		}
		child := n.child(u, part)
		if child == nil {
			if strings.Trim(strings.Join(parts, ""), "/") == "" {
				return at, part, errNotFound
			}
			return place{}, "", errNotFound
		}
		if child.kind == symlink && (follow || len(parts) > 0) {
			if links++; links > maxSymlink {
				return at, "", errLoop
			}
			target := child.target
			if child.make != nil {
				target = child.make(u)
			}
			if strings.HasPrefix(target, "/") {
				at.nodes, at.names = at.nodes[:1:1], nil
			}
			parts = append(strings.Split(target, "/"), parts...)
			continue
		}
		at.nodes, at.names = append(at.nodes, child), append(at.names, part)
	}
	return at, "", nil
}

func (n *node) child(u *user, name string) *node {
	if c := n.children[name]; c != nil || n.dynamic == nil {
		return c
	}
	return n.dynamic(u)[name]
}

// own makes the nodes of a place f's own, so that they may be changed, and
// returns the last.
func (f *FS) own(at *place) *node {
	for i, n := range at.nodes {
		if n.owner == f {
			continue
		}
		c := *n
		c.owner, c.children = f, maps.Clone(n.children)
		if i == 0 {
			f.root = &c
		} else {
			at.nodes[i-1].children[at.names[i-1]] = &c
		}
		at.nodes[i] = &c
	}
	return at.node()
}
