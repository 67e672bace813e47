package fields

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// maxBounties bounds the bounties of one event.
const maxBounties = 32

// Bounties returns what is worth keeping of an event, each once and with a count
// of one, in the order of the fields: at most 32, nil of most events and of those
// that no peer caused. It is a pure function of the event and the table, so
// whoever looks at a stored event again finds the same.
func (t *Table) Bounties(e *decnet.Event) []decnet.Bounty {
	finds := t.services[e.Service].kinds[e.Kind].finds
	if len(finds) == 0 || e.Attacker == "" {
		return nil
	}
	c := catch{event: e}
	for _, f := range finds {
		value := e.Fields[f.Name]
		if value == "" || f.Type.Check(value) != nil {
			continue
		}
		for _, finding := range f.Findings {
			c.find(finding, value)
		}
	}
	return c.bounties
}

// A catch is what was found in an event so far.
type catch struct {
	event    *decnet.Event
	bounties []decnet.Bounty
}

func (c *catch) find(f decnet.Finding, value string) {
	spec, ok := f.Spec()
	switch {
	case !ok:
	case f.InHeaders():
		c.inHeaders(spec, value)
	default:
		c.add(spec.Type, string(f), value)
	}
}

func (c *catch) add(t decnet.BountyType, name, value string) {
	value = decnet.BountyValue(value)
	if len(c.bounties) == maxBounties || slices.ContainsFunc(c.bounties, func(b decnet.Bounty) bool {
		return b.Type == t && b.Name == name && b.Value == value
	}) {
		return
	}
	e := c.event
	c.bounties = append(c.bounties, decnet.Bounty{
		Attacker: e.Attacker, Type: t, Name: name, Value: value, Decky: e.Decky, Service: e.Service,
		Count: 1, FirstSeen: e.Time, LastSeen: e.Time, Event: e.ID,
	})
}
