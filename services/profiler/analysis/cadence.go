package analysis

import "github.com/decnet/decnet/pkg/decnet"

// foldCadence looks whether the connections so far come as a known beacon's do. It is looked at each
// connection, and concluded the first time: later ones change the mean little.
func (en *Engine) foldCadence(p *decnet.Profile, e *decnet.Event) {
	list := en.signatures.Cadences()
	if len(list) == 0 || p.State.Arrivals.Count < 4 {
		return
	}
	r := rhythm(&p.State.Arrivals)
	for _, s := range list {
		if s.Cadence.Fits(r.Count, r.Mean, r.CV) {
			state(p, s, e.Time, evidence(&p.State.Arrivals))
		}
	}
}
