// Package correlate makes profiles of all attackers in a log: RFC 5424 lines as decoys write them, or
// the JSON lines of the collector. It is the profiler's own engine over a file.
//
// A file is read once, from its beginning to its end, in blocks: some goroutines parse blocks, and the events go,
// in the file's order, to the goroutine that has their attacker. Profiles that do not fit the memory they may
// take go to a temporary file and come back when their attacker does.
package correlate

import (
	"context"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

// Options say how.
type Options struct {
	Engine *analysis.Engine
	// Memory bounds what profiles take, in bytes; 0 means 64 MiB.
	Memory int
	// Dir is where profiles go that do not fit; "" is the system's folder for temporary files.
	Dir string
	// Progress hears how many bytes were read, now and then, from one goroutine. It may be nil.
	Progress func(bytes int64)
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

// Result is the profiles of a log. Close it.
type Result struct {
	Summary
	shards []*shard
}

// shards is how many goroutines fold: as many as there are processors, and more than a few gain nothing.
func shardCount() int { return min(max(runtime.GOMAXPROCS(0), 1), 8) }

// Run reads a log to its end. It returns what it has, with the error, when reading fails or ctx ends.
func Run(ctx context.Context, r io.Reader, o Options) (*Result, error) {
	if o.Memory <= 0 {
		o.Memory = 64 << 20
	}
	if o.Progress == nil {
		o.Progress = func(int64) {}
	}
	n := shardCount()
	res := &Result{shards: make([]*shard, n)}
	for i := range res.shards {
		res.shards[i] = newShard(o.Engine, o.Memory/n, o.Dir)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g, ctx := errgroup.WithContext(ctx)
	todo := make(chan *block, n)    // to be parsed
	order := make(chan *block, 2*n) // the same, in the file's order
	g.Go(func() error { return readBlocks(ctx, r, todo, order) })
	for range n {
		g.Go(func() error {
			for b := range todo {
				b.parse(n)
			}
			return nil
		})
	}
	for _, s := range res.shards {
		g.Go(func() error { return s.run(cancel) })
	}
	g.Go(func() error {
		defer res.endOfEvents()
		for b := range order {
			<-b.parsed
			res.count(b, o.Progress)
			for i, events := range b.events {
				if len(events) > 0 {
					res.shards[i].in <- events
				}
			}
		}
		return nil
	})
	err := g.Wait()
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // and not that reading ended because of it
	}
	for _, s := range res.shards {
		res.Attackers += s.count()
		res.Events += s.folded
		res.Repeated += s.repeated
	}
	return res, err
}

func (r *Result) endOfEvents() {
	for _, s := range r.shards {
		close(s.in)
	}
}

// count adds a block to the summary.
func (r *Result) count(b *block, progress func(int64)) {
	r.Bytes += int64(b.size)
	r.NoSource += b.noSource
	if b.refused > 0 && r.Refused == 0 {
		r.FirstRefused, r.Reason = r.Lines+b.firstRefused, b.reason
	}
	r.Refused += b.refused
	r.Lines += b.lines
	progress(r.Bytes)
}

// Each calls f with every profile, in no order. Profiles are f's to keep.
func (r *Result) Each(f func(*decnet.Profile) error) error {
	for _, s := range r.shards {
		if err := s.each(f); err != nil {
			return err
		}
	}
	return nil
}

// Close removes temporary files.
func (r *Result) Close() error {
	var first error
	for _, s := range r.shards {
		if err := s.close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
