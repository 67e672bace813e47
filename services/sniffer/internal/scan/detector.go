package scan

import (
	"net/netip"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

// attention is for how long after its last contact a source is judged.
const attention = 2 * time.Second

// Detector recognises scans. It is for one goroutine.
type Detector struct {
	limits  Limits
	report  func(*Source, *Report)
	target  func(netip.Addr) bool
	firsts  firsts
	sources sources
	changed []*Source // are to be judged
	scans   []active
	kept    int // contacts
	tallies int
}

// New returns a detector that has seen nothing; limits must be valid. Scans of
// addresses that are private or that target is true of are recognised sooner;
// target may be nil. What report gets is good until it returns; it must not call
// the detector.
func New(limits Limits, target func(netip.Addr) bool, report func(*Source, *Report)) *Detector {
	return &Detector{limits: limits, report: report, target: target, firsts: newFirsts(limits.Firsts), sources: newSources()}
}

// Sources is how many there are.
func (d *Detector) Sources() int { return len(d.sources.all) }

// Source returns the source with that address, or nil if it has no more than one
// contact.
func (d *Detector) Source(a netip.Addr) *Source { return d.sources.all[a] }

// Ensure returns the source with that address and makes it if need be.
func (d *Detector) Ensure(a netip.Addr, mac capture.MAC, now time.Time) *Source {
	key := keyOf(a, mac)
	if s := d.sources.all[key]; s != nil {
		d.sources.touch(s, now)
		return s
	}
	if len(d.sources.all) >= d.limits.Sources {
		d.drop(d.sources.idlest())
	}
	s := &Source{Address: a, MAC: mac, key: key, seen: now}
	d.sources.all[key] = s
	d.sources.order.Push(s)
	if f, _, is := d.firsts.of(key); is {
		t := d.add(s, &f.contact)
		t.settle(f.contact.Target, f.contact.Port, f.outcome)
		*f = first{}
	}
	return s
}

// Contact takes a contact and returns its source, or nil as long as it had none
// before.
func (d *Detector) Contact(c *Contact) *Source {
	key := keyOf(c.Source, c.MAC)
	s := d.sources.all[key]
	if s == nil {
		f, h, is := d.firsts.of(key)
		if !is {
			d.firsts.put(f, h, c)
			return nil
		}
		if f.contact.Type == c.Type && f.contact.Target == c.Target && f.contact.Port == c.Port {
			f.seen = c.Time.UnixNano()
			return nil
		}
		s = d.Ensure(c.Source, c.MAC, c.Time)
	}
	d.sources.touch(s, c.Time)
	d.add(s, c)
	return s
}

func (d *Detector) add(s *Source, c *Contact) *track {
	t := s.tracks[c.Type]
	if t == nil {
		t = &track{}
		s.tracks[c.Type] = t
	}
	before, window := len(t.contacts), ruleOf(c.Type).window
	if t.add(c, window) && d.tallies < 2*d.limits.Scans {
		d.tally(t, window, c.Time, c.Type.sweep())
		k := keep(c)
		t.tally.add(&k)
	}
	d.kept += len(t.contacts) - before
	for d.kept > d.limits.Kept && len(d.sources.all) > 1 {
		x := d.sources.idlest()
		if x == s {
			x = d.sources.order.Oldest() // though it scans
		}
		if x == s {
			break
		}
		d.drop(x)
	}
	d.look(s)
	return t
}

// tally has a track count everything from now on.
func (d *Detector) tally(t *track, window time.Duration, now time.Time, sweep bool) {
	if t.tally == nil {
		d.tallies++
		t.begin(window, now, sweep)
	}
}

// clear forgets a track.
func (d *Detector) clear(s *Source, kind Type) {
	if t := s.tracks[kind]; t != nil {
		d.kept -= len(t.contacts)
		if t.tally != nil {
			d.tallies--
		}
		s.tracks[kind] = nil
	}
}

// look sees to it that the source is judged.
func (d *Detector) look(s *Source) {
	if !s.listed {
		s.listed = true
		d.changed = append(d.changed, s)
	}
}

// Settle says what became of a contact, of which it needs source, target and port;
// it may have been any of kinds.
func (d *Detector) Settle(c *Contact, o Outcome, kinds ...Type) {
	key := keyOf(c.Source, c.MAC)
	if s := d.sources.all[key]; s != nil {
		for _, kind := range kinds {
			if t := s.tracks[kind]; t != nil {
				t.settle(c.Target, c.Port, o)
				d.look(s)
			}
		}
		return
	}
	if f, _, is := d.firsts.of(key); is && slices.Contains(kinds, f.contact.Type) && f.contact.Target == c.Target && f.contact.Port == c.Port {
		f.outcome = o
	}
}

// Tick judges; it wants to be called about twice a second.
func (d *Detector) Tick(now time.Time) {
	d.changed = slices.DeleteFunc(d.changed, func(s *Source) bool {
		if s.listed { // it may have been dropped
			d.judge(s, now)
			s.listed = now.Sub(s.seen) < attention
		}
		return !s.listed
	})
	d.scans = slices.DeleteFunc(d.scans, func(a active) bool {
		t := a.source.tracks[a.kind]
		quiet := time.Duration(now.UnixNano()-t.tally.last) >= d.limits.Quiet
		if !t.reported && (now.Sub(t.clear) >= settling || quiet) {
			d.tell(a, false)
		}
		if quiet {
			d.end(a)
		}
		return quiet
	})
}

// judge looks at every track of a source.
func (d *Detector) judge(s *Source, now time.Time) {
	for kind, t := range s.tracks {
		if t == nil || t.scanning {
			continue
		}
		r := ruleOf(Type(kind))
		if len(t.contacts) < min(r.row, r.block) {
			continue
		}
		if !r.judge(t, now, Type(kind).sweep(), d.near) {
			if t.tally != nil && now.Sub(s.seen) > patience {
				t.tally = nil // many at once, and they bear fruit
				d.tallies--
			}
			continue
		}
		if len(d.scans) >= d.limits.Scans {
			d.endIdlest()
		}
		d.tally(t, r.window, now, Type(kind).sweep())
		t.scanning, t.clear = true, now
		s.scans++
		d.scans = append(d.scans, active{s, Type(kind)})
	}
}

func (d *Detector) near(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || d.target != nil && d.target(a)
}

// drop forgets a source, whose scans end.
func (d *Detector) drop(s *Source) {
	d.scans = slices.DeleteFunc(d.scans, func(a active) bool {
		if a.source == s {
			d.end(a)
		}
		return a.source == s
	})
	for kind := range types {
		d.clear(s, kind)
	}
	s.listed = false // and so is taken from changed
	d.sources.order.Remove(s)
	delete(d.sources.all, s.key)
}
