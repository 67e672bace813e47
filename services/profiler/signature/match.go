package signature

import (
	"hash/fnv"
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// Match is a signature that an event has completed.
type Match struct {
	*Signature
	// Evidence are the ids of the events that completed it: the first few, and the last.
	Evidence []string
}

// Advance brings the signatures on by one event and returns those that it completed. progress
// is of the attacker whose event it is, and is changed; it holds only what has begun and is not complete.
func (s *Set) Advance(progress map[string]decnet.SignatureProgress, e *decnet.Event) []Match {
	in := s.byKind[e.Kind]
	if in == nil {
		return nil
	}
	about := subject{Event: bounded(e)}
	marks := in.mark(&about)
	var done []Match
	var before *compiled // whose step fitted already
	for i := range in.entries {
		c := &in.entries[i]
		if c.sig == before || !marks.hasAll(c.needs) || c.step > 0 && progress[c.sig.ID].Step != c.step || !c.fits(&about) {
			continue
		}
		if c.sig.alone() {
			before = c.sig
			done = append(done, Match{&c.sig.Signature, []string{e.ID}})
			continue
		}
		if evidence, took := c.take(progress, e); took {
			before = c.sig
			if evidence != nil {
				done = append(done, Match{&c.sig.Signature, evidence})
			}
		}
	}
	return done
}

// maxValue bounds how much of a field is looked at, in bytes: an expression takes a time that grows with its
// text, and the text is an attacker's.
const maxValue = 4 << 10

// bounded is e with fields of bounded length.
func bounded(e *decnet.Event) *decnet.Event {
	for _, value := range e.Fields {
		if len(value) <= maxValue {
			continue
		}
		short := *e
		short.Fields = make(map[string]string, len(e.Fields))
		for name, value := range e.Fields {
			short.Fields[name] = decnet.Cut(value, maxValue)
		}
		return &short
	}
	return e
}

// alone says that one event is enough.
func (c *compiled) alone() bool { return c.steps == 1 && c.Count <= 1 }

// take counts an event that fits a condition; took is false if it is not this step's turn. The
// evidence is not nil if that completes the signature.
func (c *entry) take(progress map[string]decnet.SignatureProgress, e *decnet.Event) (evidence []string, took bool) {
	sig := c.sig
	p, begun := progress[sig.ID]
	if begun && sig.Within > 0 && (e.Time.Sub(p.Begun) > sig.Within || p.Begun.Sub(e.Time) > sig.Within) {
		p, begun = decnet.SignatureProgress{}, false // too late: it begins anew
		delete(progress, sig.ID)
	}
	if begun && sig.SameSession && p.Session != e.Session && c.step == 0 {
		p, begun = decnet.SignatureProgress{}, false // a session that did not go on gives way
	}
	if p.Step != c.step || begun && sig.SameSession && p.Session != e.Session {
		return nil, false
	}
	if !begun {
		p.Begun, p.Session = e.Time, e.Session
	}
	if sig.Distinct != "" {
		v := hash32(distinctValue(e, sig.Distinct))
		if slices.Contains(p.Seen, v) {
			return nil, true
		}
		p.Seen = append(slices.Clip(p.Seen), v)
	}
	if p.Count++; len(p.Evidence) < decnet.MaxEvidence {
		p.Evidence = append(slices.Clip(p.Evidence), e.ID)
	} else {
		p.Evidence = append(slices.Clone(p.Evidence[:decnet.MaxEvidence-1]), e.ID)
	}
	if p.Count >= max(sig.Count, 1) {
		p.Step, p.Count, p.Seen = p.Step+1, 0, nil
	}
	if p.Step == sig.steps {
		delete(progress, sig.ID)
		return p.Evidence, true
	}
	progress[sig.ID] = p
	return nil, true
}

func distinctValue(e *decnet.Event, name string) string {
	switch name {
	case "decky":
		return e.Decky
	case "service":
		return e.Service
	}
	return e.Fields[name]
}

func hash32(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

// Fits reports whether intervals are of this cadence.
func (c *Cadence) Fits(count uint64, mean, cv float64) bool {
	return count >= c.AtLeast && abs(mean-c.Mean.Seconds()) <= c.Tolerance.Seconds() && abs(cv-c.CV) <= c.CVTolerance
}

func abs(f float64) float64 { return max(f, -f) }
