package bus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// dropError and laterError are how a handler's error says what is to happen.
type (
	dropError  struct{ error }
	laterError struct{ error }
)

func (e dropError) Unwrap() error  { return e.error }
func (e laterError) Unwrap() error { return e.error }

// Drop says that no retry can help the message: it becomes a dead letter with
// err as its reason.
func Drop(err error) error { return dropError{err} }

// Later says that something the handler needs is down and none of the messages
// is to blame: the batch waits and is handed over again.
func Later(err error) error { return laterError{err} }

func isDrop(err error) bool  { _, ok := errors.AsType[dropError](err); return ok }
func isLater(err error) bool { _, ok := errors.AsType[laterError](err); return ok }

// pause is how long the n-th wait (from 0) lasts: doubling from a tenth of a
// second to five seconds, less up to a quarter, so that many do not wake as one.
func pause(n int) time.Duration {
	d := min(100*time.Millisecond<<min(n, 10), 5*time.Second)
	return d - rand.N(d/4)
}

// call runs handle and turns a panic into an error, so that one hostile message
// cannot end a worker.
func call(handle func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return handle()
}
