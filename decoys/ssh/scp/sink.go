package scp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/shell"
)

// maxLine is the longest record that is read, in bytes.
const maxLine = 2048

// umask is that of a session.
const umask = 0o022

// errScrewed is the name the genuine program gives to a client that breaks the protocol.
type errScrewed string

func (e errScrewed) Error() string { return string(e) }

// sink takes files from the client: scp -t.
func (s *program) sink(names []string) {
	if len(names) != 1 {
		s.fail("ambiguous target")
		s.exit()
		return
	}
	if s.directory {
		i, err := s.Files.Stat(s.abs(names[0]))
		if err == nil && !i.IsDir() {
			err = errNotDir
		}
		if err != nil {
			s.fail("%s: %v", names[0], err)
			s.exit()
			return
		}
	}
	if err := s.receive(names[0]); err != nil {
		s.fail("protocol error: %v", err)
		s.exit()
	}
}

var errNotDir = errors.New("Not a directory") //nolint:staticcheck // strerror's word

// receive takes records and what they announce into the folder or file target, until
// the client ends it.
func (s *program) receive(target string) error {
	s.ok()
	isDir := s.isDir(target)
	var times *record
	for first := true; !s.ended; first = false {
		line, err := s.line()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if s.verbose {
			_, _ = io.WriteString(s.Err, "Sink: "+line)
		}
		switch line[0] {
		case 1, 2: // an error of the client's
			s.errs++
			if line[0] == 2 {
				s.exit()
				return nil
			}
			continue
		case 'E':
			s.ok()
			return nil
		}
		line = strings.TrimSuffix(line, "\n")
		if line[0] == 'T' {
			if times, err = parseTimes(line); err != nil {
				return err
			}
			s.ok()
			continue
		}
		if line[0] != 'C' && line[0] != 'D' {
			if first {
				s.fail("%s", line)
				s.exit()
				return nil
			}
			return errScrewed("expected control record")
		}
		r, err := parseRecord(line)
		if err != nil {
			return err
		}
		if r.name == "" || strings.Contains(r.name, "/") || r.name == "." || r.name == ".." {
			s.fail("error: unexpected filename: %s", r.name)
			s.exit()
			return nil
		}
		at := target
		if isDir {
			at = strings.TrimSuffix(target, "/") + "/" + r.name
			if target != "/" && strings.HasSuffix(target, "/") {
				at = target + "/" + r.name // as the genuine one names it in errors
			}
		}
		if times != nil {
			r.modified, times = times.modified, nil
		}
		if line[0] == 'D' {
			err = s.dir(at, r)
		} else {
			s.file(at, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *program) isDir(p string) bool {
	i, err := s.Files.Stat(s.abs(p))
	return err == nil && i.IsDir()
}

// line reads a record with its newline.
func (s *program) line() (string, error) {
	var b []byte
	for len(b) < maxLine-1 {
		c, err := s.in.ReadByte()
		switch {
		case err != nil && len(b) == 0:
			return "", io.EOF
		case err != nil:
			return "", errScrewed("lost connection")
		case c == '\n' && len(b) == 0:
			return "", errScrewed("unexpected <newline>")
		}
		if b = append(b, c); c == '\n' {
			break
		}
	}
	text, _, _ := bytes.Cut(b, []byte{0}) // a string of C
	if len(text) == 0 {
		text = []byte{'?'} // a record that is none
	}
	return string(text), nil
}

// dir takes a directory and what is in it.
func (s *program) dir(at string, r *record) error {
	if !s.recursive {
		return errScrewed("received directory without -r")
	}
	perm := s.mode(r)
	i, err := s.Files.Stat(s.abs(at))
	exists := err == nil
	switch {
	case exists && !i.IsDir():
		err = errNotDir
	case exists && s.times:
		_ = s.Files.Chmod(s.abs(at), perm) // as the genuine one ignores it
	case !exists:
		err = s.Files.Mkdir(s.abs(at), perm|0o700)
		s.asked("mkdir", at, err)
	}
	if err != nil {
		s.fail("%s: %v", at, err)
		return nil
	}
	if err := s.receive(at); err != nil || s.ended {
		return err
	}
	if !r.modified.IsZero() {
		_ = s.Files.Chtimes(s.abs(at), r.modified) // as the genuine one ignores it
	}
	if s.times || !exists {
		_ = s.Files.Chmod(s.abs(at), perm) // as above
	}
	return nil
}

// mode is what a new file gets.
func (s *program) mode(r *record) fs.FileMode {
	if s.times {
		return r.perm
	}
	return r.perm &^ umask
}

// file takes a file.
func (s *program) file(at string, r *record) {
	path := s.abs(at)
	perm := s.mode(r)
	_, err := s.Files.Stat(path)
	exists := err == nil
	f, err := s.Files.Open(path, os.O_WRONLY|os.O_CREATE, perm|0o200)
	s.asked("write", at, err)
	if err != nil {
		s.fail("%s: %v", at, err)
		return
	}
	_, _ = f.Close() // it was opened to see whether it can be
	s.ok()
	content, got, sum := s.content(r.size)
	defer func() { s.Memory.Give(int64(len(content))) }()
	if s.Written != nil && got > 0 {
		s.Written(capture.File{Path: path, Content: content, Size: got, Sum: sum})
	}
	if got < r.size {
		_ = s.Files.WriteLarge(path, content, got, perm|0o200) // what has come is there
		s.fail("dropped connection")
		s.exit()
		return
	}
	err = s.Files.WriteLarge(path, content, got, perm|0o200)
	if s.times || !exists && perm&0o200 == 0 {
		_ = s.Files.Chmod(path, perm) // it is the user's own
	}
	if s.response(); s.ended {
		return
	}
	if !r.modified.IsZero() {
		_ = s.Files.Chtimes(path, r.modified) // as above
	}
	if err != nil {
		s.fail("%s: %v", at, err)
		return
	}
	s.ok()
}

// content reads size bytes, keeps the first of them, and says how many came and what
// their SHA-256 is. What it keeps is to be given back to the budget.
func (s *program) content(size int64) (kept []byte, got int64, sum string) {
	hash := sha256.New()
	buf := make([]byte, 32<<10)
	for got < size {
		n, err := s.in.Read(buf[:min(size-got, int64(len(buf)))])
		// Once there is a gap, nothing more is kept.
		room := min(int64(n), shell.MaxWhole-got)
		if int64(len(kept)) == got && room > 0 && s.Memory.Take(room) {
			kept = append(kept, buf[:room]...)
		}
		hash.Write(buf[:n])
		if got += int64(n); err != nil {
			break
		}
	}
	return kept, got, hex.EncodeToString(hash.Sum(nil))
}

// record is what a line announces.
type record struct {
	perm     fs.FileMode
	size     int64
	name     string
	modified time.Time
}

func (r *record) String() string { return fmt.Sprintf("%o %d %q", r.perm, r.size, r.name) }
