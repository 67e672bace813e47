package profiler

import "github.com/decnet/decnet/pkg/decnet"

// recent are profiles as they were saved last: reading one again costs more than
// folding events into it.
type recent map[decnet.AttackerID]decnet.Profile

// maxRecent bounds them; a profile is some ten kilobytes.
const maxRecent = 512

// take returns a profile and forgets it, since it is about to be changed.
func (r recent) take(id decnet.AttackerID) (decnet.Profile, bool) {
	p, ok := r[id]
	delete(r, id)
	return p, ok
}

func (r recent) put(p decnet.Profile) {
	r[p.Attacker] = p
	for id := range r { // any of them will do
		if len(r) <= maxRecent {
			return
		}
		if id != p.Attacker {
			delete(r, id)
		}
	}
}
