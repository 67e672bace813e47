// Package artifact is where content that attackers left behind is kept, apart from
// their events: a kind and a name go in, a path comes out. Recordings of terminals
// are named by their recording, captured files by the SHA-256 of what is in them.
// The collector writes them; the command line and the API read them. Nothing of it
// is ever executable or executed.
package artifact

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Type is what an artifact is.
type Type string

// The types.
const (
	// Session is the recording of a terminal, as asciicast version 2.
	Session Type = "session"
	// File is the content of a file, as it came.
	File Type = "file"
)

// Bounds of an identifier, in hex digits.
const (
	minID = 16
	maxID = 64
)

// MaxBytes bounds one artifact. What writes them keeps to less.
const MaxBytes = 16 << 20

// CheckID reports why id cannot name an artifact, or one on its way: it is 16 to 64
// lower-case hex digits, so that it is never a path.
func CheckID(id string) error {
	if len(id) < minID || len(id) > maxID || strings.Trim(id, "0123456789abcdef") != "" {
		return fmt.Errorf("%.80q is no name of an artifact: want %d to %d lower-case hex digits", id, minID, maxID)
	}
	return nil
}

// A Dir is the folder of all artifacts.
type Dir string

// Sessions is the folder of recordings.
func (d Dir) Sessions() string { return filepath.Join(string(d), "sessions") }

// Files is the folder of captured files.
func (d Dir) Files() string { return filepath.Join(string(d), "files") }

// Partial is the folder of what has not arrived as a whole.
func (d Dir) Partial() string { return filepath.Join(string(d), "partial") }

// Path is where the artifact with a type and an id is, if there is one. The id of a
// file is its SHA-256.
func (d Dir) Path(t Type, id string) (string, error) {
	if err := CheckID(id); err != nil {
		return "", err
	}
	switch t {
	case Session:
		return filepath.Join(d.Sessions(), id+".cast"), nil
	case File:
		if len(id) != maxID {
			return "", fmt.Errorf("%q is no SHA-256: want %d hex digits", id, maxID)
		}
		return filepath.Join(d.Files(), id), nil
	}
	return "", fmt.Errorf("%.80q is no type of artifact", t)
}
