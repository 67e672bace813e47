package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle bounds login attempts per address, so that a flood from one address
// locks out nobody else.
type throttle struct {
	mu    sync.Mutex
	peers map[string]*rate.Limiter
}

const (
	loginBurst = 10
	loginEvery = 6 * time.Second
	// maxPeers bounds the memory; beyond it all peers begin anew.
	maxPeers = 10_000
)

func newThrottle() *throttle { return &throttle{peers: make(map[string]*rate.Limiter)} }

func (t *throttle) allow(peer string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.peers[peer]
	if l == nil {
		if len(t.peers) >= maxPeers {
			clear(t.peers)
		}
		l = rate.NewLimiter(rate.Every(loginEvery), loginBurst)
		t.peers[peer] = l
	}
	return l.Allow()
}

// forget clears the record of a peer who knew the password.
func (t *throttle) forget(peer string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.peers, peer)
}
