// Package spool is the folder through which events get from the decoys to the
// collector: a deployer opens segments and seals them, decoy processes append
// lines to them, a collector reads them and deletes what it has delivered.
//
// A segment is a file of lines, each in a frame with its checksum. While it may grow it is called <name>.log; a
// rename to <name>.sealed says that it will not any more. Names sort by age and
// are never used again, so (name, offset) identifies a line for ever.
package spool

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	open   = ".log"
	sealed = ".sealed"
)

// Segment is one file of a spool folder.
type Segment struct {
	Dir string
	// Name identifies the segment, without a suffix.
	Name   string
	Sealed bool
}

// Path is where the segment's file is now.
func (s Segment) Path() string {
	if s.Sealed {
		return filepath.Join(s.Dir, s.Name+sealed)
	}
	return filepath.Join(s.Dir, s.Name+open)
}

// Create opens a new segment for appending. The file can be handed to a process
// that may not read it, or any other.
func Create(dir string) (Segment, *os.File, error) {
	s := Segment{Dir: dir, Name: fmt.Sprintf("%019d-%s", time.Now().UnixNano(), strings.ToLower(rand.Text()[:8]))}
	f, err := os.OpenFile(s.Path(), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return Segment{}, nil, fmt.Errorf("create spool segment: %w", err)
	}
	return s, f, nil
}

// Seal says that nothing will be written to s any more. Sealing twice is fine.
func Seal(s Segment) error {
	s.Sealed = false
	err := os.Rename(s.Path(), filepath.Join(s.Dir, s.Name+sealed))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // sealed already, perhaps delivered and gone
	}
	if err != nil {
		return fmt.Errorf("seal spool segment: %w", err)
	}
	return nil
}

// SealAll seals what earlier processes left open; nobody may write to dir.
func SealAll(dir string) error {
	segments, err := List(dir)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if !s.Sealed {
			if err := Seal(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// List returns the segments of dir, the oldest first.
func List(dir string) ([]Segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read spool: %w", err)
	}
	var out []Segment
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), open); ok {
			out = append(out, Segment{Dir: dir, Name: name})
		} else if name, ok := strings.CutSuffix(e.Name(), sealed); ok {
			out = append(out, Segment{Dir: dir, Name: name, Sealed: true})
		}
	}
	slices.SortFunc(out, func(a, b Segment) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Remove deletes a sealed segment whose lines are all delivered.
func Remove(s Segment) error {
	if err := os.Remove(s.Path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove spool segment: %w", err)
	}
	return nil
}
