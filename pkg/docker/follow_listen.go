package docker

import (
	"context"
	"time"
)

// listen says on awake that a log may have become longer, until the context ends.
func listen(ctx context.Context, source logSource, awake chan<- struct{}) {
	signal := func() {
		select {
		case awake <- struct{}{}:
		default: // it has not been heard yet
		}
	}
	wait := backoff{first: 500 * time.Millisecond, most: 4 * time.Second}
	buf := make([]byte, 32<<10)
	for {
		if body, err := source.wake(ctx); err == nil {
			// What was written before the engine began to listen wakes nobody,
			// and it answers a moment before it does.
			signal()
			late := time.AfterFunc(200*time.Millisecond, signal)
			for err == nil {
				if _, err = body.Read(buf); err == nil {
					wait.reset()
					signal()
				}
			}
			late.Stop()
			_ = body.Close() // nothing of it is of use
		}
		signal()
		if wait.wait(ctx) != nil {
			return
		}
	}
}
