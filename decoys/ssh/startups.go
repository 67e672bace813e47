package ssh

import (
	"math/rand/v2"
	"sync"
)

// OpenSSH's MaxStartups: of connections that are not logged in, from the first number on some
// are dropped, at random, and from the last on all.
const (
	startupsBegin = 10
	startupsRate  = 30 // percent at the first number
	startupsFull  = 100
)

// startups counts a server's connections that are not logged in.
type startups struct {
	off bool // nothing is dropped
	mu  sync.Mutex
	n   int
}

// enter counts a connection until leave is called, which may be done again. ok is false if
// OpenSSH would drop it.
func (s *startups) enter() (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.off && (s.n >= startupsFull || s.n >= startupsBegin && rand.IntN(100) < dropRate(s.n)) {
		return nil, false
	}
	s.n++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n--
	}), true
}

// dropRate is how many percent are dropped when there are n.
func dropRate(n int) int {
	return startupsRate + (100-startupsRate)*(n-startupsBegin)/(startupsFull-startupsBegin)
}
