package scan

import (
	"slices"
	"time"
)

// settling is how long the first report waits once a scan is clear, so that it can
// say more than that.
const settling = time.Second

// active is a scan that goes on.
type active struct {
	source *Source
	kind   Type
}

// endIdlest makes room for a scan.
func (d *Detector) endIdlest() {
	i := 0
	for j, a := range d.scans {
		if a.source.tracks[a.kind].tally.last < d.scans[i].source.tracks[d.scans[i].kind].tally.last {
			i = j
		}
	}
	a := d.scans[i]
	d.scans = slices.Delete(d.scans, i, i+1)
	d.end(a)
}

// Flush judges what there is, as if nothing more came, and ends every scan.
func (d *Detector) Flush(now time.Time) {
	d.Tick(now.Add(patience))
	d.Tick(now.Add(patience + settling))
	for _, a := range d.scans {
		d.end(a)
	}
	d.scans = nil
}

// end reports a scan for the last time.
func (d *Detector) end(a active) {
	t := a.source.tracks[a.kind]
	if !t.reported {
		d.tell(a, false)
	}
	d.tell(a, true)
	a.source.scans--
	d.clear(a.source, a.kind)
}

func (d *Detector) tell(a active, ended bool) {
	t := a.source.tracks[a.kind]
	t.reported = true
	y := t.tally
	r := Report{
		Type: a.kind, Shape: Block, Ended: ended, Source: a.source.Address, MAC: a.source.MAC,
		Begin: time.Unix(0, y.begin).UTC(), Last: time.Unix(0, y.last).UTC(), Contacts: y.contacts,
		Addresses: y.count(), First: y.low, Max: y.high,
	}
	if a.kind == SYN {
		r.Type = y.kind()
	}
	if !a.kind.sweep() {
		r.PortCount, r.Ports = y.ports.len(), y.ports.text()
	}
	switch {
	case r.Addresses == 1:
		r.Shape = Vertical
	case r.PortCount <= 1:
		r.Shape = Horizontal
	}
	d.report(a.source, &r)
}
