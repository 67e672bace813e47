package collector

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// position remembers up to which byte every segment is delivered.
type position struct {
	path     string
	segments map[string]int64
}

// positionFile is its form on disk.
type positionFile struct {
	Segments map[string]int64 `json:"segments"`
}

func loadPosition(path string) (*position, error) {
	p := &position{path: path, segments: make(map[string]int64)}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("read position: %w", err)
	}
	var f positionFile
	if err := json.Unmarshal(data, &f); err != nil {
		// Reading everything again is harmless, guessing would not be.
		return p, os.Rename(path, path+".corrupt")
	}
	if f.Segments != nil {
		p.segments = f.Segments
	}
	return p, nil
}

func (p *position) of(segment string) int64 { return p.segments[segment] }

func (p *position) advance(segment string, offset int64) error {
	p.segments[segment] = offset
	return p.save()
}

func (p *position) forget(segment string) error {
	delete(p.segments, segment)
	return p.save()
}

// save replaces the file as a whole, so that it is never half written.
func (p *position) save() error {
	data, err := json.Marshal(positionFile{p.segments})
	if err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	tmp := p.path + ".new"
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	if err := os.Rename(tmp, p.path); err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	return nil
}
