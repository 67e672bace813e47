package profiler

import (
	"container/list"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
)

// maxRecent bounds the profiles that are kept in memory, in bytes as analysis.Size has them.
const maxRecent = 64 << 20

// recent are the profiles that this instance was last concerned with, for reading one
// again costs more than folding events into it. Those that were not used for longest go:
// the store has them.
type recent struct {
	mu    sync.Mutex
	most  int
	size  int
	byID  map[decnet.AttackerID]*list.Element
	order *list.List // of *kept, the last used one first
}

// kept is a profile as it is stored.
type kept struct {
	profile decnet.Profile
	told    bool // this instance has published it
	size    int
}

func newRecent(most int) *recent {
	return &recent{most: most, byID: make(map[decnet.AttackerID]*list.Element), order: list.New()}
}

// covers reports whether nothing is left to do about events up to through, since the attacker's profile
// has them: whoever stored it tells it as well. If another may have died before that, this instance has to have told it.
func (r *recent) covers(id decnet.AttackerID, through uint64, again bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.byID[id]
	if !ok {
		return false
	}
	k := e.Value.(*kept)
	return k.profile.Through >= through && (k.told || !again)
}

// take returns a profile and forgets it, since it is about to be changed.
func (r *recent) take(id decnet.AttackerID) decnet.Profile {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.byID[id]
	if !ok {
		return decnet.Profile{}
	}
	r.remove(e)
	return e.Value.(*kept).profile
}

// put keeps a profile that is stored, unless a later one is kept.
func (r *recent) put(p decnet.Profile, told bool) {
	if p.Through == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.byID[p.Attacker]; ok {
		if k := e.Value.(*kept); k.profile.Through > p.Through || k.profile.Through == p.Through && k.told {
			return
		}
		r.remove(e)
	}
	k := &kept{p, told, analysis.Size(&p)}
	r.byID[p.Attacker] = r.order.PushFront(k)
	r.size += k.size
	for r.size > r.most {
		r.remove(r.order.Back())
	}
}

func (r *recent) remove(e *list.Element) {
	k := r.order.Remove(e).(*kept)
	delete(r.byID, k.profile.Attacker)
	r.size -= k.size
}
