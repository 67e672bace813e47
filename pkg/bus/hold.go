package bus

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/decnet/decnet/pkg/decnet"
)

// leaseTTL is how long a lease outlives an instance that died with it, and how
// long one may be unable to renew it.
const leaseTTL = 9 * time.Second

// errLeaseLost ends the work of an instance that could not renew its lease.
var errLeaseLost = errors.New("another instance has the lease now, or will soon")

// Hold calls work while this instance has the lease called keys, and waits while
// another has it, until ctx is done or work returns by itself. The work's context
// ends when the lease could not be renewed in time. For a moment two may be at
// work after that: a lease spares them each other, no more.
func (b *Bus) Hold(ctx context.Context, host string, work func(context.Context) error, keys ...string) error {
	l := lease{bus: b, body: decnet.Lease{Holder: rand.Text(), Host: host}, keys: keys}
	for {
		if err := l.claim(ctx); err == nil {
			err := l.while(ctx, work)
			if !errors.Is(err, errLeaseLost) {
				return err
			}
			b.log.Warn("lease lost", "task", keys)
		} else if decnet.ErrorCode(err) != decnet.CodeConflict && !unreachable(err) && ctx.Err() == nil {
			return fmt.Errorf("hold lease %v: %w", keys, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(leaseTTL / 9):
		}
	}
}

// lease is what one Hold has or wants.
type lease struct {
	bus      *Bus
	body     decnet.Lease
	keys     []string
	revision uint64
	renewed  time.Time
}

// claim takes the lease if nobody has it.
func (l *lease) claim(ctx context.Context) (err error) {
	l.renewed, l.body.Since = time.Now(), time.Now().UTC()
	l.revision, err = Leases.Put(ctx, l.bus, l.body, 0, l.keys...)
	if err != nil && l.mine(ctx) {
		return nil
	}
	return err
}

// while runs work until it returns or the lease is lost.
func (l *lease) while(ctx context.Context, work func(context.Context) error) error {
	wctx, lose := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.renew(wctx, lose)
	}()
	err := work(wctx)
	lost := errors.Is(context.Cause(wctx), errLeaseLost)
	lose(context.Canceled)
	<-ended
	if lost && ctx.Err() == nil {
		return errLeaseLost
	}
	if !lost {
		rctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = Leases.Delete(rctx, l.bus, l.revision, l.keys...) // or it runs out
	}
	return err
}

// renew keeps the lease until ctx is done, or calls lose.
func (l *lease) renew(ctx context.Context, lose context.CancelCauseFunc) {
	tick := time.NewTicker(leaseTTL / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		begin := time.Now()
		rctx, cancel := context.WithTimeout(ctx, leaseTTL/4)
		revision, err := Leases.Put(rctx, l.bus, l.body, l.revision, l.keys...)
		cancel()
		switch {
		case err == nil:
			l.revision, l.renewed = revision, begin
		case ctx.Err() != nil:
		case decnet.ErrorCode(err) == decnet.CodeConflict && !l.mine(ctx), time.Since(l.renewed) > leaseTTL*2/3:
			lose(errLeaseLost)
			return
		}
	}
}

// mine reports whether the lease is this instance's after all: a write whose
// acknowledgement was lost is a conflict the next time.
func (l *lease) mine(ctx context.Context) bool {
	key, err := Leases.key(l.keys)
	if err != nil {
		return false
	}
	kv, err := Leases.open(ctx, l.bus)
	if err != nil {
		return false
	}
	e, err := kv.Get(ctx, key)
	if err != nil || e.Operation() != jetstream.KeyValuePut {
		return false
	}
	var there decnet.Lease
	if json.Unmarshal(e.Value(), &there) != nil || there.Holder != l.body.Holder {
		return false
	}
	l.revision = e.Revision()
	return true
}
