package sftp

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

// Attributes that are there (section 5 of the draft).
const (
	attrSize     = 1
	attrOwner    = 2
	attrPerm     = 4
	attrTimes    = 8
	attrExtended = 1 << 31
)

// attrs are attributes that a client sent.
type attrs struct {
	flags        uint32
	size         uint64
	uid, gid     uint32
	perm         uint32
	atime, mtime uint32
}

// maxExtended is OpenSSH's bound of extended attributes.
const maxExtended = 0x100000

func (r reader) attrs() (a attrs) {
	a.flags = r.Uint32()
	if a.flags&attrSize != 0 {
		a.size = r.Uint64()
	}
	if a.flags&attrOwner != 0 {
		a.uid, a.gid = r.Uint32(), r.Uint32()
	}
	if a.flags&attrPerm != 0 {
		a.perm = r.Uint32()
	}
	if a.flags&attrTimes != 0 {
		a.atime, a.mtime = r.Uint32(), r.Uint32()
	}
	if a.flags&attrExtended != 0 {
		n := r.Uint32()
		if n > maxExtended {
			r.Fail()
		}
		for i := uint32(0); i < n && r.OK(); i++ {
			r.Text()
			r.Bytes()
		}
	}
	return a
}

// bits are permissions as package fs has them.
func (a *attrs) bits() fs.FileMode { return permOf(a.perm) }

func permOf(perm uint32) fs.FileMode {
	m := fs.FileMode(perm & 0o777)
	for bit, flag := range specialBits {
		if perm&bit != 0 {
			m |= flag
		}
	}
	return m
}

var specialBits = map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky}

// kinds are the types of files as the kernel and ls have them.
var kinds = []struct {
	mode   fs.FileMode
	bits   uint32
	letter byte
}{
	{fs.ModeDir, 0o040000, 'd'},
	{fs.ModeSymlink, 0o120000, 'l'},
	{fs.ModeDevice | fs.ModeCharDevice, 0o020000, 'c'},
	{fs.ModeDevice, 0o060000, 'b'},
	{fs.ModeNamedPipe, 0o010000, 'p'},
	{fs.ModeSocket, 0o140000, 's'},
	{0, 0o100000, '-'},
}

// modeOf is st_mode, with the letter of ls.
func modeOf(m fs.FileMode) (bits uint32, letter byte) {
	bits = uint32(m.Perm())
	for bit, flag := range specialBits {
		if m&flag != 0 {
			bits |= bit
		}
	}
	for _, k := range kinds {
		if m.Type() == k.mode {
			return bits | k.bits, k.letter
		}
	}
	return bits, '?'
}

// stat adds the attributes that OpenSSH gives of a file.
func (w *writer) stat(i *shell.Info) *writer {
	own := ownerOf(i)
	mode, _ := modeOf(i.Mode())
	t := uint32(i.ModTime().Unix())                           //nolint:gosec // until 2106, as in the protocol
	w.uint32(attrSize | attrOwner | attrPerm | attrTimes)     // all but extended ones
	w.uint64(uint64(i.Size()))                                //nolint:gosec // not negative
	return w.uint32(uint32(own.UID)).uint32(uint32(own.GID)). //nolint:gosec // 32 bits in Linux
									uint32(mode).uint32(t).uint32(t)
}

func ownerOf(i *shell.Info) *shell.Owner {
	own, _ := i.Sys().(*shell.Owner)
	if own == nil {
		own = &shell.Owner{}
	}
	return own
}

// halfYear is when ls shows the year instead of the time.
const halfYear = 365 * 24 * time.Hour / 2

// longName is what ls -l shows of a file.
func longName(i *shell.Info, name string, now time.Time) string {
	mode, letter := modeOf(i.Mode())
	text := []byte{letter}
	for shift := 6; shift >= 0; shift -= 3 {
		b := mode >> shift
		text = append(text, "-r"[b>>2&1], "-w"[b>>1&1], "-x"[b&1])
	}
	for _, special := range []struct {
		bit  uint32
		at   int
		with string // without and with the right to run it
	}{{0o4000, 3, "Ss"}, {0o2000, 6, "Ss"}, {0o1000, 9, "Tt"}} {
		if mode&special.bit == 0 {
			continue
		}
		run := 0
		if text[special.at] == 'x' {
			run = 1
		}
		text[special.at] = special.with[run]
	}
	own, t := ownerOf(i), i.ModTime().UTC()
	when := t.Format("Jan _2  2006")
	if now.Sub(t) < halfYear {
		when = t.Format("Jan _2 15:04")
	}
	return fmt.Sprintf("%s  %3d %-8s %-8s %8d %s %s", text, own.Links, own.User, own.Group, i.Size(), when, name)
}
