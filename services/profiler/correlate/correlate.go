// Package correlate makes profiles of all attackers in a log: RFC 5424 lines as decoys write them, or
// the JSON lines of the collector. It is the profiler's own engine over a file.
//
// A log is read once, from its beginning to its end, in blocks: some goroutines parse blocks, and the events go,
// in the log's order, to the goroutine that has their attacker. Attackers whose profiles do not fit the memory they may
// take are put off: their profiles so far and their further lines go to temporary files, which are read afterwards, each
// with only some of the attackers (as a hybrid hash join does: DeWitt and others, SIGMOD 1984).
package correlate

import (
	"context"
	"io"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

// Options say how.
type Options struct {
	Engine *analysis.Engine
	// Memory bounds what profiles take, in bytes; 0 means 24 MiB.
	Memory int
	// Dir is where temporary files go; "" is the system's folder for them.
	Dir string
	// Progress hears how many bytes of the log were read, and how many were put off that are still to be
	// read again. It is called by one goroutine at a time, and may be nil.
	Progress func(read, again int64)
}

// Summary is what a log was made of.
type Summary struct {
	Bytes     int64  `json:"bytes"`
	Lines     uint64 `json:"lines"`
	Events    uint64 `json:"events"`    // that were folded
	Repeated  uint64 `json:"repeated"`  // events that were there before, by their numbers
	NoSource  uint64 `json:"no_source"` // events that no peer caused
	Refused   uint64 `json:"refused"`   // lines that are no event
	Attackers int    `json:"attackers"`
	// FirstRefused is the number of the first of those, from 1, and Reason what is wrong with it.
	FirstRefused uint64 `json:"first_refused,omitempty"`
	Reason       string `json:"reason,omitempty"`
}

// run is one reading of a log.
type run struct {
	Options
	Summary
	mu    sync.Mutex // of emit, Progress and again
	emit  func(*decnet.Profile) error
	again int64
}

// shardCount is how many goroutines fold: as many as there are processors, and more than a few gain nothing.
func shardCount() int { return min(max(runtime.GOMAXPROCS(0), 1), 8) }

// Run reads a log to its end and calls emit with the profile of every attacker in it, one at a time and in no order.
// A profile is emit's to keep; an error of emit ends it.
func Run(ctx context.Context, log io.Reader, o Options, emit func(*decnet.Profile) error) (Summary, error) {
	if o.Memory <= 0 {
		o.Memory = 24 << 20
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	r := &run{Options: o, emit: emit}
	n := shardCount()
	shards := make([]*shard, n)
	for i := range shards {
		shards[i] = &shard{run: r, in: make(chan []line, 4), memory: o.Memory / n, names: map[string]string{}}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g, ctx := errgroup.WithContext(ctx)
	todo := make(chan *block, n)  // to be parsed
	order := make(chan *block, n) // the same, in the log's order
	g.Go(func() error { return readBlocks(ctx, log, todo, order) })
	for range n {
		g.Go(func() error {
			for b := range todo {
				b.parse(n)
			}
			return nil
		})
	}
	for _, s := range shards {
		g.Go(func() error { return s.fold(ctx, cancel) })
	}
	g.Go(func() error {
		for b := range order {
			<-b.parsed
			r.count(b)
			for i, lines := range b.events {
				if len(lines) > 0 {
					shards[i].in <- lines
				}
			}
		}
		for _, s := range shards {
			close(s.in)
		}
		return nil
	})
	err := g.Wait()
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // and not that reading ended because of it
	}
	for _, s := range shards {
		r.Attackers += s.attackers
		r.Events += s.folded
		r.Repeated += s.repeated
	}
	return r.Summary, err
}

// count adds a block to the summary.
func (r *run) count(b *block) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Bytes += int64(b.size)
	r.NoSource += b.noSource
	if b.refused > 0 && r.Refused == 0 {
		r.FirstRefused, r.Reason = r.Lines+b.firstRefused, b.reason
	}
	r.Refused += b.refused
	r.Lines += b.lines
	r.Progress(r.Bytes, r.again)
}

// putOff notes that bytes were put off, or read again.
func (r *run) putOff(bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again += bytes
	r.Progress(r.Bytes, r.again)
}

// finish emits a profile.
func (r *run) finish(p *decnet.Profile) error {
	r.Engine.Conclude(p)
	p.State = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.emit(p)
}
