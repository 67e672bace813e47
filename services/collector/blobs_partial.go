package collector

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// partial is an artifact of which not everything has come. Pieces may come in another
// order than they were written, when a decoy process changes segments.
type partial struct {
	Type    artifact.Type `json:"type"`
	ID      string        `json:"id"`
	Touched time.Time     `json:"touched"`
	// Have are the parts that are there, in order, none touching the next.
	Have []span `json:"have"`
	// Size is where it ends, once Ended says that this is known.
	Size  int64 `json:"size"`
	Ended bool  `json:"ended"`

	file *os.File // open while pieces are written
}

// span is a part, from its first byte to the one behind its last.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// maxSpans bounds the parts of one artifact.
const maxSpans = 64

var errScattered = errors.New("its pieces are out of order")

// write writes one piece to the file at path.
func (p *partial) write(path string, c *eventlog.Chunk, now time.Time) error {
	if p.file == nil {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		p.file = f
	}
	if _, err := p.file.WriteAt(c.Data, c.Offset); err != nil {
		return err
	}
	p.Touched = now.UTC()
	end := c.Offset + int64(len(c.Data))
	if c.Last {
		p.Size, p.Ended = end, true
	}
	return p.add(span{c.Offset, end})
}

// add notes that a part is there.
func (p *partial) add(s span) error {
	if s.From == s.To {
		return nil
	}
	out := make([]span, 0, len(p.Have)+1)
	for _, h := range p.Have {
		if h.To < s.From || h.From > s.To {
			out = append(out, h)
			continue
		}
		s = span{min(s.From, h.From), max(s.To, h.To)}
	}
	out = append(out, s)
	slices.SortFunc(out, func(a, b span) int { return int(a.From - b.From) }) // bounded by artifact.MaxBytes
	if p.Have = out; len(out) > maxSpans {
		return errScattered
	}
	return nil
}

// beginning is how many bytes there are before the first that is missing.
func (p *partial) beginning() int64 {
	if len(p.Have) == 0 || p.Have[0].From != 0 {
		return 0
	}
	return p.Have[0].To
}

// whole reports whether nothing is missing. Nothing is kept of nothing.
func (p *partial) whole() bool { return p.Ended && p.Size > 0 && p.beginning() >= p.Size }

// sync has everything that was written on the disk, and closes the file.
func (p *partial) sync() error {
	if p.file == nil {
		return nil
	}
	err := p.file.Sync()
	p.close()
	return err
}

func (p *partial) close() {
	if p.file != nil {
		_ = p.file.Close() // it was synced, or is not wanted
		p.file = nil
	}
}

// indexFile is what is known of artifacts on their way, beside their files.
const indexFile = "index.json"

// load reads what the collector before has left, and removes what is of no use.
func (b *blobs) load() error {
	if err := loadFile(b.path(indexFile), &b.partials); err != nil {
		return err
	}
	if b.partials == nil {
		b.partials = make(map[string]*partial)
	}
	entries, err := os.ReadDir(b.dir.Partial())
	if err != nil {
		return err
	}
	there := make(map[string]bool)
	for _, e := range entries {
		there[e.Name()] = true
		if b.partials[e.Name()] == nil && e.Name() != indexFile {
			_ = os.Remove(filepath.Join(b.dir.Partial(), e.Name())) // tried again at the next start
		}
	}
	for name, p := range b.partials {
		if p == nil || !there[name] {
			delete(b.partials, name)
		}
	}
	return nil
}
