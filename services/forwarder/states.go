package forwarder

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// shown is how many targets that are away a reason names.
const shown = 3

// states makes one health of what the targets are.
type states struct {
	health *worker.Health
	mu     sync.Mutex
	up     bool // the forwarder itself
	away   map[decnet.LogTarget]string
	over   int
}

// ready says that the forwarder does its work.
func (s *states) ready() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up = true
	s.tell()
}

// set notes why a target is away, nil if it is not, and reports whether it was
// the other way before.
func (s *states) set(t decnet.LogTarget, err error) (changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, was := s.away[t]
	if delete(s.away, t); err != nil {
		if s.away == nil {
			s.away = make(map[decnet.LogTarget]string)
		}
		s.away[t] = err.Error()
	}
	s.tell()
	return was != (err != nil)
}

// ignored notes how many targets there are too many.
func (s *states) ignored(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = n
	s.tell()
}

func (s *states) tell() {
	var reasons []string
	for _, t := range slices.Sorted(maps.Keys(s.away)) {
		if len(reasons) == shown {
			reasons = append(reasons, fmt.Sprintf("%d more are", len(s.away)-shown))
			break
		}
		reasons = append(reasons, fmt.Sprintf("log target %s is away: %s", t, s.away[t]))
	}
	if s.over > 0 {
		reasons = append(reasons, fmt.Sprintf("%d log targets get nothing: at most %d are served", s.over, maxTargets))
	}
	switch {
	case !s.up:
	case len(reasons) == 0:
		s.health.Ready()
	default:
		s.health.Degraded(strings.Join(reasons, "; "))
	}
}
