package collector

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// position remembers up to which byte every segment is delivered, and which events of
// it were there.
type position struct {
	path     string
	segments map[string]int64
	gaps     gaps
	// unknown is a name after those of segments that a collector may have read whose
	// position is lost; "" if none is.
	unknown string
}

// positionFile is its form on disk.
type positionFile struct {
	Segments map[string]int64 `json:"segments"`
	Writers  []*numbers       `json:"writers"`
}

func loadPosition(path string) (*position, error) {
	var f positionFile
	err := loadFile(path, &f)
	if f.Segments == nil {
		f.Segments = make(map[string]int64)
	}
	p := &position{path: path, segments: f.Segments, gaps: gaps{writers: f.Writers, now: time.Now}}
	if f.Writers == nil {
		p.unknown = fmt.Sprintf("%019d", time.Now().UnixNano()) // as segments are named
	}
	return p, err
}

// loadFile reads a file of positions; one that is missing says nothing.
func loadFile(path string, to any) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return fmt.Errorf("read position: %w", err)
	}
	if err := json.Unmarshal(data, to); err != nil {
		// Reading everything again is harmless, guessing would not be.
		return os.Rename(path, path+".corrupt")
	}
	return nil
}

// note reads the number of a line of a segment.
func (p *position) note(segment string, l *line) { p.gaps.note(l, segment < p.unknown) }

func (p *position) of(segment string) int64 { return p.segments[segment] }

func (p *position) advance(segment string, offset int64) error {
	p.segments[segment] = offset
	return p.save()
}

func (p *position) forget(segment string) error {
	delete(p.segments, segment)
	return p.save()
}

func (p *position) save() error {
	data, err := json.Marshal(positionFile{p.segments, p.gaps.writers})
	return saveFile(p.path, data, err)
}

// saveFile replaces a file as a whole, so that it is never half written.
func saveFile(path string, data []byte, err error) error {
	if err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	return nil
}
