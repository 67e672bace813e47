package shell

import (
	"io"
	"io/fs"
	"os"
	"sync"
)

// Open opens the file at p; flag and perm are those of os.OpenFile. What is written
// is in the file system when the File is closed.
func (f *Files) Open(p string, flag int, perm fs.FileMode) (*File, error) {
	n, err := f.fs.stat(f.user, p, true)
	write := flag&(os.O_WRONLY|os.O_RDWR) != 0
	switch {
	case err == nil && flag&os.O_CREATE != 0 && flag&os.O_EXCL != 0:
		return nil, errExists
	case err == nil && n.kind == directory && write:
		return nil, errIsDir
	case err != nil && (err != errNotFound || flag&os.O_CREATE == 0): //nolint:errorlint // our own value
		return nil, err
	case err != nil || write && flag&os.O_TRUNC != 0:
		err = f.fs.create(f.user, p, "", false, bits(perm))
	case write:
		err = f.fs.write(f.user, p, "", true)
	}
	if err != nil {
		return nil, err
	}
	file := &File{files: f, path: p, flag: flag}
	if flag&os.O_WRONLY == 0 || flag&os.O_TRUNC == 0 {
		reader := f.user
		if flag&os.O_WRONLY != 0 {
			reader = root // what is there stays there, though it may not be read
		}
		data, err := f.fs.read(reader, p)
		if err != nil {
			return nil, err
		}
		file.data = []byte(data)
	}
	return file, nil
}

// A File is open. Its methods may be called concurrently.
type File struct {
	files *Files
	path  string
	flag  int

	mu      sync.Mutex
	data    []byte
	changed bool
	closed  bool
}

// Path is the path that the file was opened by.
func (f *File) Path() string { return f.path }

// ReadAt is io.ReaderAt's.
func (f *File) ReadAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.closed || f.flag&os.O_WRONLY != 0:
		return 0, errBadFile
	case off < 0:
		return 0, errInvalid
	case off >= int64(len(f.data)):
		return 0, io.EOF
	}
	n := copy(b, f.data[off:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt is io.WriterAt's; with O_APPEND, it writes to the end. A file cannot grow
// beyond what the file system has room for.
func (f *File) WriteAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.flag&os.O_APPEND != 0 {
		off = int64(len(f.data))
	}
	end := off + int64(len(b))
	switch {
	case f.closed || f.flag&(os.O_WRONLY|os.O_RDWR) == 0:
		return 0, errBadFile
	case off < 0 || end < off:
		return 0, errInvalid
	case end > maxFSBytes:
		return 0, errNoSpace
	}
	if more := end - int64(len(f.data)); more > 0 {
		f.data = append(f.data, make([]byte, more)...)
	}
	f.changed = true
	return copy(f.data[off:], b), nil
}

// Content is what the file has in it now.
func (f *File) Content() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.data
}

// Size is the length of the content in bytes.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int64(len(f.data))
}

// Close writes what was written to the file system and reports whether anything
// was. Its error is that there was no room.
func (f *File) Close() (changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false, errBadFile
	}
	f.closed = true
	if f.changed {
		err = f.files.fs.store(f.files.user, f.path, string(f.data))
	}
	return f.changed, err
}
