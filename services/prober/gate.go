package prober

import (
	"context"
	"errors"
	"sync"
)

// errOff is why nobody is probed.
var errOff = errors.New("probing is switched off")

// gate is the switch. It is shut until it is known to be open, and again whenever it is not
// known. The zero value is shut.
type gate struct {
	mu      sync.Mutex
	isOpen  bool
	next    int
	running map[int]context.CancelFunc
}

// set opens or shuts it; who is inside is cancelled at once. It reports whether that is a change.
func (g *gate) set(open bool) (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	changed, g.isOpen = g.isOpen != open, open
	if !open {
		for _, cancel := range g.running {
			cancel()
		}
	}
	return changed
}

func (g *gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.isOpen
}

// enter returns a context that ends when the gate is shut, and what to call at the end.
func (g *gate) enter(ctx context.Context) (inside context.Context, leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.isOpen {
		return ctx, nil, errOff
	}
	if g.running == nil {
		g.running = map[int]context.CancelFunc{}
	}
	inside, cancel := context.WithCancel(ctx)
	id := g.next
	g.next++
	g.running[id] = cancel
	return inside, func() {
		cancel()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.running, id)
	}, nil
}
