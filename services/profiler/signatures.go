package profiler

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/profiler/analysis"
	"github.com/decnet/decnet/services/profiler/signature"
)

// lookEvery is how often the folder of signatures is looked at.
const lookEvery = 2 * time.Second

// rules is the engine that is in use. It is replaced when files of signatures change.
type rules struct {
	dir    string
	state  string
	engine atomic.Pointer[analysis.Engine]
}

// newRules loads the built-in signatures, and those of dir unless it is "".
func newRules(dir string) (*rules, error) {
	r := &rules{dir: dir}
	r.state = r.look()
	return r, r.load()
}

func (r *rules) load() error {
	set, err := signature.Builtin()
	if r.dir != "" {
		set, err = signature.WithFolder(r.dir)
	}
	if err != nil {
		return err
	}
	r.engine.Store(analysis.New(set))
	return nil
}

// look says how the folder is: names, sizes and times of its files.
func (r *rules) look() string {
	if r.dir == "" {
		return ""
	}
	names, _ := filepath.Glob(filepath.Join(r.dir, "*.yaml"))
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		var st fs.FileInfo
		st, err := os.Stat(name)
		if err != nil {
			continue // it has gone just now
		}
		_, _ = fmt.Fprintln(&b, name, st.Size(), st.ModTime().UnixNano())
	}
	return b.String()
}

// follow takes up changes until ctx is done. Files that are wrong change nothing: the reason is told,
// and what was in use stays.
func (r *rules) follow(ctx context.Context, env worker.Env) {
	if r.dir == "" {
		return
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		state := r.look()
		if state == r.state {
			continue
		}
		r.state = state
		if err := r.load(); err != nil {
			env.Health.Counter("signatures_refused").Add(1)
			env.Log.Error("the signatures were changed and are wrong: those from before stay in use", "error", err)
			continue
		}
		env.Health.Counter("signatures_loaded").Add(1)
		env.Log.Info("changed signatures are in use", "folder", r.dir)
	}
}
