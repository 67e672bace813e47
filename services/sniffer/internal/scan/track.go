package scan

import (
	"net/netip"
	"time"
)

// maxKept is how many contacts of a source and type are looked at in detail.
const maxKept = 64

// kept is a contact, without what all of a track have in common, and what became
// of it.
type kept struct {
	target  netip.Addr
	at      int64 // when, in nanoseconds
	port    uint16
	kernel  bool
	outcome Outcome
}

func keep(c *Contact) kept {
	return kept{target: c.Target, at: c.Time.UnixNano(), port: c.Port, kernel: c.Kernel}
}

// age is how long ago it was.
func (k *kept) age(now time.Time) time.Duration { return time.Duration(now.UnixNano() - k.at) }

// track is what is known of one source and one type.
type track struct {
	contacts []kept
	oldest   int // which is replaced next, once it is a scan
	// tally is there once contacts do not fit any more, and in a scan.
	tally    *tally
	scanning bool
	reported bool
	clear    time.Time // when it was clear that it is one
}

// find returns the contact that c repeats, or nil.
func (t *track) find(target netip.Addr, port uint16) *kept {
	for i := range t.contacts {
		if k := &t.contacts[i]; k.port == port && k.target == target {
			return k
		}
	}
	return nil
}

// add takes a contact; window is for how long one counts. It returns whether it
// needs a tally to keep up.
func (t *track) add(c *Contact, window time.Duration) (full bool) {
	fresh := keep(c)
	if k := t.find(c.Target, c.Port); k != nil {
		if !t.scanning && k.age(c.Time) > window {
			*k = fresh // that was long ago
		}
		return false
	}
	if t.tally != nil {
		t.tally.add(&fresh)
	}
	if len(t.contacts) < maxKept {
		t.contacts = append(t.contacts, fresh)
		return false
	}
	if t.scanning {
		t.contacts[t.oldest] = fresh
		t.oldest = (t.oldest + 1) % maxKept
		return false
	}
	if k := t.spare(c.Time, window, c.Type.sweep()); k != nil {
		*k = fresh
		return false
	}
	return t.tally == nil
}

// spare is a contact that does not count any more, or counts for the source; of a
// sweep that counts too.
func (t *track) spare(now time.Time, window time.Duration, sweep bool) *kept {
	var fruitful *kept
	for i := range t.contacts {
		switch k := &t.contacts[i]; {
		case k.age(now) > window:
			return k
		case !sweep && k.outcome == Fruitful && (fruitful == nil || k.at < fruitful.at):
			fruitful = k
		}
	}
	return fruitful
}

// begin gives it a tally of what it has so far: of a sweep all of it, as an answer
// does not make a question another one.
func (t *track) begin(window time.Duration, now time.Time, sweep bool) {
	t.tally = &tally{}
	for i := range t.contacts {
		if k := &t.contacts[i]; (sweep || k.outcome != Fruitful) && k.age(now) <= window {
			t.tally.add(k)
			t.count(k.outcome)
		}
	}
}

// settle records what became of a contact. What a refusal or nothing has settled
// may still bear fruit.
func (t *track) settle(target netip.Addr, port uint16, o Outcome) {
	if k := t.find(target, port); k != nil {
		if k.outcome == o {
			return
		}
		k.outcome = o
	}
	if t.tally != nil {
		t.count(o)
	}
}

func (t *track) count(o Outcome) {
	switch o {
	case Complete:
		t.tally.complete++
	case Barren:
		// It was counted when it was complete, unless that was before the tally.
		t.tally.complete = max(t.tally.complete, 1)
	case Taken:
		t.tally.taken++
	default:
	}
}
