package collector

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/worker"
)

const (
	// maxPartials bounds the artifacts that are on their way at once.
	maxPartials = 1024
	// stale is how long nothing must have come of an artifact for it to be given up.
	// No session is silent for so long.
	stale = time.Hour
)

// blobs puts artifacts together of the pieces that decoys write. A piece is written
// where it belongs, so reading it again changes nothing; and whatever is in a piece,
// all it can do is fill a file of its own. It never holds up events: what cannot be
// written is given up and counted. Safe for concurrent use.
type blobs struct {
	dir    artifact.Dir
	quota  int64
	log    *slog.Logger
	health *worker.Health

	mu       sync.Mutex
	partials map[string]*partial // by the name of their file
	size     int64               // of the folder, roughly, until it is looked at
	now      func() time.Time
}

func newBlobs(cfg *Config, env worker.Env) (*blobs, error) {
	b := &blobs{
		dir: artifact.Dir(cfg.Artifacts), quota: cfg.ArtifactBytes, log: env.Log, health: env.Health, now: time.Now,
		partials: make(map[string]*partial),
	}
	if b.quota == 0 {
		return b, nil
	}
	for _, dir := range []string{b.dir.Sessions(), b.dir.Files(), b.dir.Partial()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make folder of artifacts: %w", err)
		}
	}
	if err := b.load(); err != nil {
		return nil, err
	}
	files, err := b.list()
	for _, f := range files {
		b.size += f.size
	}
	return b, err
}

// keep writes pieces. When it returns they are on the disk, or given up.
func (b *blobs) keep(chunks []*eventlog.Chunk) {
	if len(chunks) == 0 || b.quota == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	touched := make(map[string]*partial)
	for _, c := range chunks {
		name := c.Decky + "." + c.ID
		p := b.partials[name]
		if p == nil {
			if p = b.begin(name, c); p == nil {
				continue // it is there already
			}
		}
		if err := p.write(b.path(name), c, b.now()); err != nil {
			b.giveUp(name, err)
			delete(touched, name)
			continue
		}
		b.size += int64(len(c.Data))
		if touched[name] = p; !p.whole() {
			continue
		}
		delete(touched, name)
		if err := p.sync(); err != nil {
			b.giveUp(name, err)
			continue
		}
		b.finish(name, p, p.Size)
	}
	for name, p := range touched {
		if err := p.sync(); err != nil {
			b.giveUp(name, err)
		}
	}
	if err := b.save(); err != nil {
		b.log.Warn("artifacts on their way may be lost at the next start", "error", err)
	}
	b.bound()
}

// begin makes room for an artifact of which nothing is there, or returns nil for a
// recording that is there as a whole.
func (b *blobs) begin(name string, c *eventlog.Chunk) *partial {
	if c.Type == artifact.Session {
		path, err := b.dir.Path(c.Type, c.ID)
		if err != nil {
			return nil
		}
		if _, err := os.Lstat(path); err == nil {
			return nil
		}
	}
	if len(b.partials) >= maxPartials {
		b.giveUp(b.crowded(), errors.New("too many are on their way"))
	}
	p := &partial{Type: c.Type, ID: c.ID}
	b.partials[name] = p
	return p
}

// crowded is the artifact that is given up for another: of the decky that has most on
// their way, the one that has not gone on for longest. So one decky cannot take the room
// of the others.
func (b *blobs) crowded() (name string) {
	many := make(map[string]int)
	for n := range b.partials {
		many[deckyOf(n)]++
	}
	for n, p := range b.partials {
		if name == "" {
			name = n
			continue
		}
		mine, best := many[deckyOf(n)], many[deckyOf(name)]
		if mine > best || mine == best && p.Touched.Before(b.partials[name].Touched) {
			name = n
		}
	}
	return name
}

// deckyOf is the decky in the name of an artifact that is on its way.
func deckyOf(name string) string {
	decky, _, _ := strings.Cut(name, ".")
	return decky
}

func (b *blobs) path(name string) string { return filepath.Join(b.dir.Partial(), name) }

// giveUp takes away what there is of an artifact.
func (b *blobs) giveUp(name string, why error) {
	b.log.Warn("artifact not kept", "artifact", name, "reason", why)
	b.health.Counter("artifacts_given_up").Add(1)
	b.drop(name)
}

// drop forgets an artifact that is on its way.
func (b *blobs) drop(name string) {
	if p := b.partials[name]; p != nil {
		p.close()
	}
	delete(b.partials, name)
	_ = os.Remove(b.path(name)) // load removes what is left over
}

// finish gives the first size bytes of an artifact their name for good.
func (b *blobs) finish(name string, p *partial, size int64) {
	p.close()
	err := b.place(b.path(name), p, size)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		b.giveUp(name, err)
		return
	}
	if err == nil {
		b.health.Counter("artifacts").Add(1)
	}
	b.drop(name)
}

func (b *blobs) place(from string, p *partial, size int64) error {
	if err := os.Truncate(from, size); err != nil {
		return err
	}
	id := p.ID
	if p.Type == artifact.File {
		var err error
		if id, err = sumOf(from); err != nil {
			return err
		}
	}
	to, err := b.dir.Path(p.Type, id)
	if err != nil {
		return err
	}
	if p.Type == artifact.File { // what has this name has this content
		err = os.Rename(from, to)
	} else { // a recording is never replaced
		err = os.Link(from, to)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // was only read
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // was only synced
	return d.Sync()
}

// sweep gives up what has not gone on for long: of a recording what is there is kept.
// It is called when everything there is was read.
func (b *blobs) sweep() {
	b.mu.Lock()
	defer b.mu.Unlock()
	swept := false
	for name, p := range b.partials {
		if since := b.now().Sub(p.Touched); since >= 0 && since < stale {
			continue
		}
		swept = true
		if n := p.beginning(); p.Type == artifact.Session && n > 0 {
			b.finish(name, p, n)
			continue
		}
		b.giveUp(name, errors.New("its end never came"))
	}
	if !swept {
		return
	}
	if err := b.save(); err != nil {
		b.log.Warn("artifacts on their way may be lost at the next start", "error", err)
	}
}
