package worker

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Putting deckies on a real network wants root, so people start this with sudo.
// What they read afterwards (the log, the file of events, the first password)
// would then belong to root, and the next command without sudo could neither
// read nor append to it. So what is made for people is handed back to the user
// who called sudo. What only the programs use stays root's.
//
// All of it is best effort and does nothing without root, without sudo or when
// sudo's variables make no sense. Only what this process made itself, and never
// what a symbolic link points to, is handed back.

// invoker is the user who called sudo. ok is false if there is none.
func invoker() (uid, gid int, ok bool) {
	uid, uok := ordinaryID("SUDO_UID")
	gid, gok := ordinaryID("SUDO_GID")
	if os.Geteuid() != 0 || !uok || !gok {
		return 0, 0, false
	}
	return uid, gid, true
}

// ordinaryID reads an id that is neither root's nor the one that stands for "no
// change" in chown(2).
func ordinaryID(name string) (int, bool) {
	id, err := strconv.ParseUint(os.Getenv(name), 10, 32)
	return int(id), err == nil && id != 0 && id != math.MaxUint32
}

// HandBack gives name, which this process has made in or below folder dir, to
// the user who called sudo. A name that leads out of dir is left alone.
func HandBack(dir, name string) {
	uid, gid, ok := invoker()
	if !ok {
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	_ = root.Lchown(name, uid, gid)
	_ = root.Close()
}

// MakeDir makes a folder like os.MkdirAll and hands it back, and with it those
// missing parents that are made in a folder of that user: /home/u/a/b becomes
// theirs, while of /srv/a/b only b does and a lets everybody through to it.
func MakeDir(path string, mode fs.FileMode) error {
	if _, _, ok := invoker(); !ok {
		return os.MkdirAll(path, mode)
	}
	var missing []string // the innermost first
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) || p == filepath.Dir(p) {
			break // also in a working directory that was removed
		}
		missing = append(missing, p)
	}
	for i, p := range slices.Backward(missing) {
		parent := filepath.Dir(p)
		theirs, mode := i == 0 || isInvokers(parent), mode
		if !theirs {
			mode |= 0o055
		}
		if err := os.Mkdir(p, mode); errors.Is(err, fs.ErrExist) {
			continue // somebody else made it just now
		} else if err != nil {
			return err
		}
		if theirs {
			HandBack(parent, filepath.Base(p))
		}
	}
	return os.MkdirAll(path, mode) // says what is wrong if it is no folder
}

func isInvokers(path string) bool {
	uid, _, ok := invoker()
	info, err := os.Stat(path)
	return ok && err == nil && int(info.Sys().(*syscall.Stat_t).Uid) == uid
}

// AppendFile opens a file for appending that operators' groups may read. The
// file and its folder are made if they are missing, and handed back.
func AppendFile(path string) (*os.File, error) {
	if err := MakeDir(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	const flags, mode = os.O_APPEND | os.O_CREATE | os.O_WRONLY, 0o640
	// Exclusive: what is open then is what was made, whatever the name means by now.
	f, err := os.OpenFile(path, flags|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return os.OpenFile(path, flags, mode)
	}
	if err != nil {
		return nil, err
	}
	if uid, gid, ok := invoker(); ok {
		_ = f.Chown(uid, gid)
	}
	return f, nil
}
