package worker

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// maxDotEnv bounds a file of variables; real ones have a few lines.
const maxDotEnv = 64 << 10

// dotEnv is a file of variables that was read.
type dotEnv struct {
	path string
	info fs.FileInfo
	vars map[string]string
}

// ReadDotEnv adds what .env.local and then .env of dir set, below everything
// that is there already. A file that is not there is none. One that cannot be
// read, or that somebody else could have written, is left out, which Warnings
// tells: what is in it decides which programs are run. An error is one line
// that begins with file and line.
func (s *Sources) ReadDotEnv(dir string) error {
	for _, name := range []string{".env.local", ".env"} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue // a folder of that name belongs to somebody's Python
		}
		if err != nil {
			s.skipped = append(s.skipped, fmt.Sprintf("%s is not read: %v", path, lastCause(err)))
			continue
		}
		if s.has(info) {
			continue
		}
		if reason := distrust(info); reason != "" {
			s.skipped = append(s.skipped, path+" is not read: "+reason)
			continue
		}
		vars, err := readDotEnv(path)
		if errors.Is(err, fs.ErrPermission) {
			s.skipped = append(s.skipped, fmt.Sprintf("%s is not read: %v", path, lastCause(err)))
			continue
		}
		if err != nil {
			return err
		}
		s.dotEnv = append(s.dotEnv, dotEnv{path: path, info: info, vars: vars})
	}
	return nil
}

// has reports whether that file was read under whatever name.
func (s *Sources) has(info fs.FileInfo) bool {
	for _, f := range s.dotEnv {
		if os.SameFile(f.info, info) {
			return true
		}
	}
	return false
}

// distrust says why a file may be somebody else's work; "" if it is ours, the
// system's or that of the user who called sudo, and nobody else may write it.
func distrust(info fs.FileInfo) string {
	owner := int(info.Sys().(*syscall.Stat_t).Uid)
	uid, _, _ := invoker()
	switch {
	case owner != 0 && owner != os.Geteuid() && owner != uid:
		return fmt.Sprintf("it belongs to another user (uid %d); make it yours with chown", owner)
	case info.Mode()&0o002 != 0:
		return "everybody may write it; run chmod o-w on it"
	}
	return ""
}

func lastCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func readDotEnv(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // was only read
	data, err := io.ReadAll(io.LimitReader(f, maxDotEnv+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDotEnv {
		return nil, fmt.Errorf("%s: more than %d KiB: want a short file of variables", path, maxDotEnv>>10)
	}
	return parseDotEnv(path, data)
}
