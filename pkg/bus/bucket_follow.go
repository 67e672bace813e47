package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// followRetry is how long to wait for a bus that is away.
const followRetry = 2 * time.Second

// Follower hears what becomes of a bucket. Its functions are called one after the other.
type Follower[T any] struct {
	// Changed hears of every value, and again of all after the bus was away.
	Changed func(Entry[T])
	// Current is called when Changed has heard of all that are there. It may be nil.
	Current func()
	// Lost is called when it cannot be seen any more what becomes of them. It may be nil.
	Lost func()
}

// Follow keeps up with the bucket until ctx is done. Not to get as far as Current once is an error; later a bus
// that is away is waited for.
func (k Bucket[T]) Follow(ctx context.Context, b *Bus, f Follower[T]) error {
	known := false
	for {
		err := k.Watch(ctx, b, func(e Entry[T]) error {
			f.Changed(e)
			return nil
		}, func() {
			known = true
			if f.Current != nil {
				f.Current()
			}
		})
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it ends because of that
		}
		if f.Lost != nil {
			f.Lost()
		}
		err = cmp.Or(err, errors.New("the bus has gone"))
		if !known {
			return fmt.Errorf("follow bucket %s: %w", k.Name, err)
		}
		b.log.Warn("cannot follow a bucket, trying again", "bucket", k.Name, "in", followRetry, "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followRetry):
		}
	}
}
