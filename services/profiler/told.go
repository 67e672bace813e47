package profiler

import (
	"math/bits"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
)

// told remembers of credentials how large their numbers were when they were told, in powers of two, and how often
// they came since they were last asked about.
type told struct {
	mu sync.Mutex
	m  map[decnet.CredentialKey]*toldOf
}

type toldOf struct {
	size int
	// wait is how many uses to let pass before the store is asked again: the more there are, the fewer are news.
	wait, passed int
}

// maxTold bounds it; when it is full it begins anew, and some are told again.
const maxTold = 20_000

// due are the credentials that the store is to be asked about.
func (t *told) due(keys []decnet.CredentialKey) []decnet.CredentialKey {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []decnet.CredentialKey
	for _, key := range keys {
		if o := t.m[key]; o != nil {
			if o.passed++; o.passed < o.wait {
				continue
			}
			o.passed = 0
		}
		due = append(due, key)
	}
	return due
}

// isNews reports whether a reuse is to be told.
func (t *told) isNews(r *decnet.CredentialReuse) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.m[r.CredentialKey]
	return o == nil || o.size != sizeOf(r)
}

func sizeOf(r *decnet.CredentialReuse) int { return bits.Len64(r.Targets) + 64*bits.Len64(r.Attackers) }

// remember what was told.
func (t *told) remember(reuses []decnet.CredentialReuse) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m == nil || len(t.m) >= maxTold {
		t.m = map[decnet.CredentialKey]*toldOf{}
	}
	for i := range reuses {
		r := &reuses[i]
		t.m[r.CredentialKey] = &toldOf{size: sizeOf(r), wait: int(min((r.Targets+r.Attackers)/8, 1000))}
	}
}
