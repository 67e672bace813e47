package scan

import (
	"fmt"
	"time"
)

// Limits bound what a Detector takes.
type Limits struct {
	Firsts  int           // sources with one contact; an older one is forgotten for a newer one
	Sources int           // sources with more
	Scans   int           // scans at a time, and half as many as sources that are counted before it is clear
	Kept    int           // contacts that are looked at in detail, of all sources
	Quiet   time.Duration // after which a scan without new contacts has ended
}

// Default is for a LAN: at most about 40 MiB.
func Default() Limits {
	return Limits{Firsts: 1 << 15, Sources: 1 << 13, Scans: 256, Kept: 1 << 18, Quiet: time.Minute}
}

// Validate reports the first limit that cannot work.
func (l Limits) Validate() error {
	for _, v := range []struct {
		name      string
		have      int
		low, high int
	}{
		{"firsts", l.Firsts, ways, 1 << 22}, {"sources", l.Sources, 1, 1 << 20}, {"scans", l.Scans, 1, 1 << 16}, {"kept", l.Kept, 2 * maxKept, 1 << 24}, {"quiet", int(l.Quiet / time.Second), 2, 3600},
	} {
		if v.have < v.low || v.have > v.high {
			return fmt.Errorf("%s %d: want %d to %d", v.name, v.have, v.low, v.high)
		}
	}
	return nil
}
