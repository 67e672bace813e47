// Package sftp is the server side of the SSH file transfer protocol, version 3
// (draft-ietf-secsh-filexfer-02) with OpenSSH's extensions. In come the packets of
// a subsystem; out go the answers of OpenSSH's sftp-server of a release, over the
// files of a machine that does not exist (package shell), and calls that report what
// was asked for and what was written.
package sftp

import (
	"context"
	"encoding/binary"
	"io"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
)

// Bounds of OpenSSH, in bytes.
const (
	maxPacket = 256 << 10
	maxData   = maxPacket - 1024
)

// Bounds of our own.
const (
	// maxHandles bounds the files that are open at once, as the usual 1024 descriptors
	// bound OpenSSH's, and maxOpen what they have in them altogether, in bytes.
	maxHandles = 1024 - 5
	maxOpen    = 16 << 20
	// entrySize is what an entry of an open directory counts, in bytes.
	entrySize = 256
)

// Config is one session.
type Config struct {
	Files *shell.Files
	// Release is OpenSSH's, as 100 times the first number and the second: 902.
	Release int
	// Disk is what statvfs says of the only file system.
	Disk Disk
	// Memory bounds what the open files of all sessions have in them; nil does not.
	Memory *decoy.Budget
	// Request is told each request that names a file; to is empty for most.
	Request func(op, path, to string, ok bool)
	// Written is told each file that was written, when it is closed.
	Written func(capture.File)
}

// Disk is the size of a file system in blocks of 4096 bytes, its files, and its id.
type Disk struct{ Blocks, Free, Available, Files, FreeFiles, ID uint64 }

// The status with which sftp-server ends.
const (
	exitOK         = 0
	exitTooLong    = 11
	exitUnreadable = 255
)

// server is one session.
type server struct {
	Config
	out     io.Writer
	handles handles
	begun   bool  // init has come
	held    int64 // by all handles
}

// Serve answers requests until the client ends, and returns the exit status.
func Serve(ctx context.Context, rw io.ReadWriter, c Config) int {
	s := &server{Config: c, out: rw}
	defer s.closeAll()
	var head [4]byte
	for ctx.Err() == nil {
		if _, err := io.ReadFull(rw, head[:]); err != nil {
			return exitOK
		}
		n := binary.BigEndian.Uint32(head[:])
		if n > maxPacket {
			return exitTooLong
		}
		// It takes memory as it comes, not as it is announced.
		packet, err := io.ReadAll(io.LimitReader(rw, int64(n)))
		if err != nil || len(packet) < int(n) {
			return exitOK
		}
		if !s.packet(packet) {
			return exitUnreadable
		}
	}
	return exitOK
}

// Packets.
const (
	fxpInit          = 1
	fxpVersion       = 2
	fxpOpen          = 3
	fxpClose         = 4
	fxpRead          = 5
	fxpWrite         = 6
	fxpLstat         = 7
	fxpFstat         = 8
	fxpSetstat       = 9
	fxpFsetstat      = 10
	fxpOpendir       = 11
	fxpReaddir       = 12
	fxpRemove        = 13
	fxpMkdir         = 14
	fxpRmdir         = 15
	fxpRealpath      = 16
	fxpStat          = 17
	fxpRename        = 18
	fxpReadlink      = 19
	fxpSymlink       = 20
	fxpStatus        = 101
	fxpHandle        = 102
	fxpData          = 103
	fxpName          = 104
	fxpAttrs         = 105
	fxpExtended      = 200
	fxpExtendedReply = 201
)

// packet answers one packet. It is false where sftp-server gives up.
func (s *server) packet(b []byte) bool {
	r := newReader(b)
	kind := r.Byte()
	if kind == fxpInit {
		r.Uint32()
		if !r.OK() {
			return false
		}
		s.begun = true
		s.version()
		return true
	}
	if !s.begun || !r.OK() {
		return false
	}
	id := r.Uint32()
	handle, ok := map[byte]func(uint32, reader){
		fxpOpen: s.open, fxpClose: s.close, fxpRead: s.read, fxpWrite: s.write, fxpLstat: s.lstat, fxpFstat: s.fstat, fxpStat: s.stat,
		fxpSetstat: s.setstat, fxpFsetstat: s.fsetstat, fxpOpendir: s.opendir, fxpReaddir: s.readdir, fxpRemove: s.remove,
		fxpMkdir: s.mkdir, fxpRmdir: s.rmdir, fxpRealpath: s.realpath, fxpRename: s.rename, fxpReadlink: s.readlink,
		fxpSymlink: s.symlink, fxpExtended: s.extended,
	}[kind]
	if ok && r.OK() {
		handle(id, r)
	}
	return r.OK() // an unknown packet has no answer
}

// extension is one that a release of OpenSSH has.
type extension struct {
	name, version string
	since         int
	handle        func(*server, uint32, reader)
}

var extensions = []extension{
	{"posix-rename@openssh.com", "1", 0, (*server).posixRename},
	{"statvfs@openssh.com", "2", 0, (*server).statvfs},
	{"fstatvfs@openssh.com", "2", 0, (*server).fstatvfs},
	{"hardlink@openssh.com", "1", 0, (*server).hardlink},
	{"fsync@openssh.com", "1", 0, (*server).fsync},
	{"lsetstat@openssh.com", "1", 800, (*server).lsetstat},
	{"limits@openssh.com", "1", 805, (*server).limits},
	{"expand-path@openssh.com", "1", 807, (*server).expandPath},
	{"copy-data", "1", 900, (*server).copyData},
	{"home-directory", "1", 901, (*server).homeDirectory},
	{"users-groups-by-id@openssh.com", "1", 902, (*server).usersGroups},
}

func (s *server) version() {
	w := begin(fxpVersion).uint32(3)
	for _, e := range extensions {
		if s.Release >= e.since {
			w.string(e.name).string(e.version)
		}
	}
	s.send(w)
}

func (s *server) extended(id uint32, r reader) {
	name := r.Text()
	if !r.OK() {
		return
	}
	for _, e := range extensions {
		if e.name == name && s.Release >= e.since {
			e.handle(s, id, r)
			return
		}
	}
	s.status(id, fxUnsupported)
}

// abs is a path as the process sees it, which is in the user's home.
func (s *server) abs(p string) string {
	if p == "" || p[0] == '/' {
		return p
	}
	return s.Files.Home() + "/" + p
}

func (s *server) send(w *writer) {
	binary.BigEndian.PutUint32(w.data, uint32(len(w.data)-4)) //nolint:gosec // bounded by what is asked for
	_, _ = s.out.Write(w.data)                                // a client that is gone is seen when reading
}

func (s *server) told(op, path, to string, err error) {
	if s.Request != nil {
		s.Request(op, path, to, err == nil)
	}
}

// now is the machine's clock.
func now() time.Time { return time.Now().UTC() }
