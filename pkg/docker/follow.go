package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// How a log is read. The engine can follow one, but loses lines without a word when
// a new file begins while it reads old ones or somebody reads slowly. So following
// only wakes us; then we read the end of the log as it is, which has an end, and see
// whether it reaches back to the last line we know.
const (
	// firstWindow is how many entries are read to begin with, from the end.
	firstWindow = 64
	// mostWindow is from where on everything is read.
	mostWindow = 1 << 17
	// gather is how long lines may gather before they are read.
	gather = 50 * time.Millisecond
	// lookAfter is how often a log is read that nobody says is longer, in case
	// the engine forgot to.
	lookAfter = 15 * time.Second
	// giveUp is how often the engine may fail to read its own log in a row.
	giveUp = 5
)

// Follow tells the lines that a container writes, those behind since first, until
// the context ends, whose error it returns. Containers and engines may stop and
// start meanwhile. After a Line's Position following goes on without loss and without
// duplicates; what the engine threw away before it was read is a Gap of the next
// line. An error of tell ends it and is returned as it is.
//
// The container needs the json-file log driver and no terminal. The error wraps
// ErrGone when there is no such container any more.
func (e *Engine) Follow(ctx context.Context, id string, since Position, tell func(Line) error) error {
	return e.followed(ctx, id, newFollower(engineLog{e, id}, since, tell).follow(ctx))
}

// followed says in plain words why following ended.
func (e *Engine) followed(ctx context.Context, id string, err error) error {
	var own stop
	switch {
	case errors.As(err, &own):
		return own.error
	case ctx.Err() != nil:
		return ctx.Err()
	case isNotFound(err):
		return fmt.Errorf("follow the log of container %s: %w", id, ErrGone)
	}
	return e.tell("follow the log of container "+id, err)
}

// ReadRest tells the lines that a stopped container has written, those behind since,
// to the end. One without a newline at its end is told too. The error is as with
// Follow, but an engine that is away is not waited for.
func (e *Engine) ReadRest(ctx context.Context, id string, since Position, tell func(Line) error) error {
	if err := newFollower(engineLog{e, id}, since, tell).rest(ctx); err != nil {
		return e.followed(ctx, id, err)
	}
	return nil
}

// rest reads a log that nothing writes to any more until nothing is new.
func (f *follower) rest(ctx context.Context) error {
	for {
		if grown, err := f.read(ctx); err != nil || !grown {
			return err
		}
	}
}

func newFollower(source logSource, since Position, tell func(Line) error) *follower {
	f := &follower{source: source, window: firstWindow}
	f.tell = func(l Line) error {
		f.told++
		if err := tell(l); err != nil {
			return stop{err}
		}
		return nil
	}
	f.pos = since
	return f
}

// stop is an error of whoever is told.
type stop struct{ error }

// logSource is a container's log.
type logSource interface {
	// tail reads its last entries, or all if n is 0, and ends.
	tail(ctx context.Context, n int) (io.ReadCloser, error)
	// wake returns when something may have been written.
	wake(ctx context.Context) (io.ReadCloser, error)
	// stopped reports whether nothing writes to it at the moment.
	stopped(ctx context.Context) (bool, error)
}

// follower reads a log again and again.
type follower struct {
	joiner
	source logSource
	window int // entries to read
	told   int // lines
	fresh  int // entries behind the position at the last reading
}

func (f *follower) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	awake, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		listen(ctx, f.source, awake)
	}()
	defer func() {
		cancel()
		<-done
	}()
	wait := backoff{first: 100 * time.Millisecond, most: 5 * time.Second}
	for bad := 0; ; {
		grown, err := f.read(ctx)
		switch {
		case err == nil:
			bad = 0
			wait.reset()
		case errors.As(err, new(stop)), isNotFound(err), cerrdefs.IsNotImplemented(err):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errEngineLog):
			if bad++; bad == giveUp {
				return err
			}
		}
		switch {
		case err != nil: // the engine may be away for a while
			err = wait.wait(ctx)
		case grown:
			err = sleep(ctx, gather)
		default:
			err = asleep(ctx, awake)
		}
		if err != nil {
			return err
		}
	}
}

// asleep waits until there may be something to read.
func asleep(ctx context.Context, awake <-chan struct{}) error {
	t := time.NewTimer(lookAfter)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-awake:
	case <-t.C:
	}
	return nil
}

// read tells what is new and reports whether there was anything.
func (f *follower) read(ctx context.Context) (grown bool, err error) {
	// Only what ended before the reading is certain to be complete in it.
	over := false
	if f.unfinished() {
		if over, err = f.source.stopped(ctx); err != nil {
			return false, err
		}
	}
	told, fresh := f.told, f.fresh
	for missing := 0; ; {
		window := f.window
		if f.pos.Newest == 0 || window > mostWindow {
			window = 0
		}
		found, n, err := f.readTail(ctx, window, missing > 0)
		if err != nil {
			return false, err
		}
		if found {
			f.window = max(firstWindow+2*f.fresh, f.window/2)
			break
		}
		if f.window *= 8; n < window {
			f.window = mostWindow + 1 // that was everything
		}
		if window > 0 {
			continue
		}
		// The last line that was told is not in the log any more. Once may be a
		// log that was not read to its end, or that begins near that line.
		if missing++; missing == 2 {
			f.pos, f.gap = Position{}, true
		}
	}
	if over {
		if err := f.finish(); err != nil {
			return false, err
		}
	}
	return f.told != told || f.fresh != fresh, nil
}

// readTail reads the last entries, or all, and tells those behind the position. It
// reports whether they reach back to it, and how many it read.
func (f *follower) readTail(ctx context.Context, window int, lenient bool) (found bool, n int, err error) {
	body, err := f.source.tail(ctx, window)
	if err != nil {
		return false, 0, err
	}
	defer func() { _ = body.Close() }() // it was only read
	f.resume(f.pos)
	f.fresh = 0
	in, at := entries{r: body}, newFinder(f.pos, window == 0, lenient)
	for ; ; n++ {
		e, err := in.next()
		if errors.Is(err, io.EOF) {
			return at.found, n, nil
		}
		if err != nil {
			return false, n, err
		}
		switch at.look(&e) {
		case pending:
			if e.last || f.ends(&e) { // the newest line, which comes first, was overlooked
				return false, window, nil
			}
			err = f.feed(&e)
		case news:
			f.fresh++
			err = f.feed(&e)
		case told:
			f.skip(&e)
		case before:
		}
		if err != nil {
			return false, n, err
		}
	}
}

// engineLog is the log of a container of an engine.
type engineLog struct {
	*Engine
	id string
}

func (l engineLog) tail(ctx context.Context, n int) (io.ReadCloser, error) {
	tail := "all"
	if n > 0 {
		tail = strconv.Itoa(n)
	}
	return l.api.ContainerLogs(ctx, l.id, container.LogsOptions{ShowStdout: true, ShowStderr: true, Timestamps: true, Tail: tail})
}

func (l engineLog) wake(ctx context.Context) (io.ReadCloser, error) {
	return l.api.ContainerLogs(ctx, l.id, container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: true, Tail: "0"})
}

func (l engineLog) stopped(ctx context.Context) (bool, error) {
	c, err := l.api.ContainerInspect(ctx, l.id)
	if err != nil {
		return false, err
	}
	return !c.State.Running || c.State.Restarting, nil
}
