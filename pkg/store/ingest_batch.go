package store

import (
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// batch is a batch of events on its way into the database.
type batch struct {
	events []decnet.Event              // one per event given, in order
	fresh  []int                       // indices of those to insert
	heads  map[decnet.AttackerID]*head // of every attacker in it

	finds    []find            // of every distinct event, in order
	bounties []*find           // the distinct ones of the new events, counted
	first    map[string]string // which event had a bounty first, by the bounty's id
}

// head is where an attacker's timeline ends.
type head struct {
	seq  uint64    // of the last event; 0 when there is none
	time time.Time // of that event
	// added says that this batch adds events, first and last between when.
	added       bool
	first, last time.Time
}

// prepareHeads makes b.heads and returns the attackers to look up. An event that
// is stored counts for the attacker it was stored with.
func (b *batch) prepareHeads(stored map[string]decnet.Event) []string {
	b.heads = make(map[decnet.AttackerID]*head)
	for i := range b.events {
		attacker := b.events[i].Attacker
		if known, ok := stored[b.events[i].ID]; ok {
			attacker = known.Attacker
		}
		if attacker != "" {
			b.heads[attacker] = &head{}
		}
	}
	ids := make([]string, 0, len(b.heads))
	for id := range b.heads {
		ids = append(ids, string(id))
	}
	return ids
}

// scanHead fills in a head from its attacker's row.
func (b *batch) scanHead(row scanner) (*head, error) {
	var id decnet.AttackerID
	var seq uint64
	var ns int64
	if err := row.Scan(&id, &seq, &ns); err != nil {
		return nil, err
	}
	h := b.heads[id]
	h.seq, h.time = seq, fromNanos(ns)
	return h, nil
}

// number splits the batch into events stored before, which it replaces by what
// is stored, and new ones, which it appends to their attackers' timelines. An id
// that comes twice is new the first time only.
func (b *batch) number(stored map[string]decnet.Event) {
	for i := range b.events {
		e := &b.events[i]
		if known, ok := stored[e.ID]; ok {
			*e = known
			continue
		}
		if e.Attacker != "" {
			e.Seq = b.heads[e.Attacker].append(e.Time)
		}
		stored[e.ID] = *e
		b.fresh = append(b.fresh, i)
	}
}

// append adds an event of time t and returns its number.
func (h *head) append(t time.Time) uint64 {
	if !h.added || t.Before(h.first) {
		h.first = t
	}
	if !h.added || t.After(h.last) {
		h.last = t
	}
	h.added = true
	h.time = t
	h.seq++
	return h.seq
}

// attackers returns every attacker in the batch once, in the order of their
// first event.
func (b *batch) attackers() []decnet.AttackerID {
	var ids []decnet.AttackerID
	seen := map[decnet.AttackerID]bool{"": true}
	for i := range b.events {
		if id := b.events[i].Attacker; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func (b *batch) result() Ingested {
	out := Ingested{New: len(b.fresh), Events: b.events}
	for _, id := range b.attackers() {
		h := b.heads[id]
		out.Sightings = append(out.Sightings, decnet.Sighting{
			Attacker: id, Address: id.Addr(), Through: h.seq, Time: h.time,
		})
	}
	seen := make(map[string]bool)
	for i := range b.events {
		c, ok := decnet.CredentialOf(&b.events[i])
		if ok && !seen[c.Event] {
			seen[c.Event] = true
			out.Credentials = append(out.Credentials, c)
		}
	}
	out.Bounties = b.found()
	return out
}
