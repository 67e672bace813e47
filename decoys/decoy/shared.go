package decoy

import "sync"

// Shared is what the services of one decky have in common, such as the files that
// an attacker left there: he finds them again whichever way he comes in. The host
// makes one per decky and keeps it while the decky has services; in a container,
// where every service is a process of its own, each has one to itself.
type Shared struct {
	mu     sync.Mutex
	values map[string]any
}

// Value returns what is shared under key, a name that the package which uses it
// has to itself; fresh makes it when it is asked for first. The nil *Shared shares
// nothing: it makes a new value each time.
func (s *Shared) Value(key string, fresh func() any) any {
	if s == nil {
		return fresh()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.values[key]; ok {
		return v
	}
	v := fresh()
	if s.values == nil {
		s.values = map[string]any{}
	}
	s.values[key] = v
	return v
}
