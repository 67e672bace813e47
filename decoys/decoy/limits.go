package decoy

import "time"

// Limits bound what one peer can use up.
type Limits struct {
	// Idle ends a connection that sent nothing for so long, and one that does
	// not take what is written to it for so long.
	Idle time.Duration
	// Total ends a connection after so long, whatever it does.
	Total time.Duration
	// BytesIn ends a connection that sent more than this.
	BytesIn int64
	// PerSource and PerService bound simultaneous connections from one
	// source (an IPv4 address or an IPv6 /64) and to one service of one
	// decky. A connection beyond them is closed at once and logged as refused.
	PerSource  int
	PerService int
}

// DefaultLimits suit an interactive text protocol.
var DefaultLimits = Limits{
	Idle:       5 * time.Minute,
	Total:      time.Hour,
	BytesIn:    16 << 20,
	PerSource:  64,
	PerService: 512,
}

// WithDefaults returns l with zero fields taken from DefaultLimits.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits
	if l.Idle > 0 {
		d.Idle = l.Idle
	}
	if l.Total > 0 {
		d.Total = l.Total
	}
	if l.BytesIn > 0 {
		d.BytesIn = l.BytesIn
	}
	if l.PerSource > 0 {
		d.PerSource = l.PerSource
	}
	if l.PerService > 0 {
		d.PerService = l.PerService
	}
	return d
}
