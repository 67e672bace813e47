package collector

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/decnet/decnet/pkg/docker"
)

// positions remembers how far every container's log is delivered.
type positions struct {
	path string

	mu         sync.Mutex
	containers map[string]docker.Position
	changed    bool
}

// positionsFile is its form on disk.
type positionsFile struct {
	Containers map[string]docker.Position `json:"containers"`
}

func loadPositions(path string) (*positions, error) {
	var f positionsFile
	err := loadFile(path, &f)
	if f.Containers == nil {
		f.Containers = make(map[string]docker.Position)
	}
	return &positions{path: path, containers: f.Containers}, err
}

func (p *positions) of(id string) docker.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.containers[id]
}

func (p *positions) set(id string, pos docker.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.containers[id], p.changed = pos, true
}

// drop forgets a container. The file does with the next change.
func (p *positions) drop(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.containers, id)
}

func (p *positions) ids() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.containers))
}

func (p *positions) save() error {
	p.mu.Lock()
	if !p.changed {
		p.mu.Unlock()
		return nil
	}
	p.changed = false
	data, err := json.Marshal(positionsFile{p.containers})
	p.mu.Unlock()
	return saveFile(p.path, data, err)
}
