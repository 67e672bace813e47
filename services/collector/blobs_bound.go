package collector

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// save writes the index of what is on its way.
func (b *blobs) save() error {
	data, err := json.Marshal(b.partials)
	return saveFile(b.path(indexFile), data, err)
}

// keptFile is one file of the folder of artifacts.
type keptFile struct {
	path    string
	size    int64
	changed time.Time
}

// block is what a file takes at least, in bytes.
const block = 4096

// list returns all files of the folder, the oldest first.
func (b *blobs) list() ([]keptFile, error) {
	var out []keptFile
	for _, dir := range []string{b.dir.Sessions(), b.dir.Files(), b.dir.Partial()} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if info.Mode().IsRegular() && e.Name() != indexFile {
				out = append(out, keptFile{filepath.Join(dir, e.Name()), (info.Size() + block - 1) / block * block, info.ModTime()})
			}
		}
	}
	slices.SortFunc(out, func(a, b keptFile) int { return a.changed.Compare(b.changed) })
	return out, nil
}

// bound removes the oldest artifacts once all together are larger than the quota, and
// some more, so that this is not done for each.
func (b *blobs) bound() {
	if b.size <= b.quota {
		return
	}
	files, err := b.list()
	if err != nil {
		b.log.Warn("the folder of artifacts cannot be read, and may grow", "error", err)
		return
	}
	b.size = 0
	for _, f := range files {
		b.size += f.size
	}
	if b.size <= b.quota {
		return
	}
	for _, f := range files {
		if b.size <= b.quota-b.quota/10 {
			return
		}
		if name := filepath.Base(f.path); b.partials[name] != nil && filepath.Dir(f.path) == b.dir.Partial() {
			b.drop(name)
		} else if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			b.log.Warn("an artifact cannot be removed", "artifact", name, "error", err)
			continue
		}
		b.size -= f.size
		b.health.Counter("artifacts_removed").Add(1)
	}
}
