package docker

import (
	"context"
	"time"
)

// tries is how often something that may be tried again is tried, and firstPause
// how long to wait after the first time; it doubles.
const (
	tries      = 3
	firstPause = 500 * time.Millisecond
)

// enough is how long something may be tried before it is not tried again: who asked
// would rather know.
const enough = 20 * time.Second

// retry calls do until it succeeds, fails for good, or has been tried often or long
// enough.
func retry(ctx context.Context, passing func(error) bool, do func() error) error {
	begin := time.Now()
	for n := 1; ; n++ {
		err := do()
		if err == nil || n == tries || time.Since(begin) > enough || ctx.Err() != nil || !passing(err) {
			return err
		}
		if err := sleep(ctx, firstPause<<(n-1)); err != nil {
			return err
		}
	}
}

// backoff is a pause that grows from one time to the next.
type backoff struct {
	first, most time.Duration
	next        time.Duration
}

// reset makes the next pause the first one again.
func (b *backoff) reset() { b.next = 0 }

// wait pauses. Its error is that of the context.
func (b *backoff) wait(ctx context.Context) error {
	b.next = min(max(2*b.next, b.first), b.most)
	return sleep(ctx, b.next)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
