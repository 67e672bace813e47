package decoy

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// Share is how many events one decky may write, so that a flood on one takes neither
// the disk nor the time of the others. What is above it is counted, and the count
// becomes an event of the decky every second.
type Share struct {
	// Rate is in events per second, on average; 0 is without a bound.
	Rate int
	// Burst is how many may come at once.
	Burst int
}

// DefaultShare is more than tools that guess passwords reach, and less than a
// flood.
func DefaultShare() Share { return Share{Rate: 2000, Burst: 20_000} }

// tight is the share while the spool is tight: a twentieth, which is still more than
// somebody at a keyboard needs.
func (s Share) tight() Share {
	if s.Rate <= 0 {
		s = DefaultShare()
	}
	return Share{Rate: max(1, s.Rate/20), Burst: max(1, s.Burst/20)}
}

// of is the share under a pressure.
func (s Share) of(p spool.Pressure) Share {
	if p == spool.Tight {
		return s.tight()
	}
	return s
}

// reportEvery is how often a decky's dropped events are told of.
const reportEvery = time.Second

// allowance is what one decky has left of its share (a token bucket), and what was
// dropped since that was told last.
type allowance struct {
	tokens float64
	filled time.Time // when tokens was right

	dropped uint64
	since   time.Time
	service string
	reason  string
	// source is who caused all of them, if it was one.
	source netip.Addr
	port   uint16
	many   bool
}

// take takes one event from the share, if there is one left.
func (a *allowance) take(s Share, now time.Time) bool {
	if s.Rate <= 0 {
		return true
	}
	if a.filled.IsZero() {
		a.tokens = float64(s.Burst)
	} else if passed := now.Sub(a.filled); passed > 0 { // clocks may jump back
		a.tokens += passed.Seconds() * float64(s.Rate)
	}
	a.tokens, a.filled = min(a.tokens, float64(s.Burst)), now
	if a.tokens < 1 {
		return false
	}
	a.tokens--
	return true
}

// drop counts e.
func (a *allowance) drop(e *decnet.Event, reason string, now time.Time) {
	if a.dropped == 0 {
		a.since, a.service, a.reason, a.source, a.port, a.many = now, e.Service, reason, e.Source, e.SourcePort, false
	}
	a.dropped++
	a.reason = reason
	if e.Source != a.source {
		a.many = true
	}
	if e.SourcePort != a.port {
		a.port = 0
	}
}

// report is the event that tells of what was dropped.
func (a *allowance) report(decky string, now time.Time) *decnet.Event {
	e := &decnet.Event{
		Time: now.UTC(), Decky: decky, Service: a.service, Kind: decnet.KindDropped,
		Fields: map[string]string{
			decnet.FieldReason: a.reason, decnet.FieldDropped: strconv.FormatUint(a.dropped, 10),
			decnet.FieldDuration: strconv.FormatInt(now.Sub(a.since).Milliseconds(), 10),
		},
		Message: fmt.Sprintf("%d events were not written: %s", a.dropped, a.reason),
	}
	if !a.many && a.source.IsValid() {
		e.Source, e.SourcePort, e.Attacker = a.source, a.port, decnet.AttackerIDOf(a.source)
	}
	return e
}

// The reasons for which events are dropped.
const (
	reasonShare = "the decky's share of events per second is used up"
	reasonTight = "the spool is half full, and a decky's share is smaller until it is not"
	reasonFull  = "the spool is full"
)

func reasonOf(p spool.Pressure) string {
	switch p {
	case spool.Full:
		return reasonFull
	case spool.Tight:
		return reasonTight
	case spool.Relaxed:
	}
	return reasonShare
}

// allow takes e from its decky's share. What the decoy says of its own faults is
// always let through, since it is little.
func (w *EventWriter) allow(e *decnet.Event, now time.Time) bool {
	if e.Kind == decnet.KindError || w.share.Rate <= 0 && w.pressure == spool.Relaxed {
		return true
	}
	a := w.allowances[e.Decky]
	if a == nil {
		a = &allowance{}
		w.allowances[e.Decky] = a
	}
	if w.pressure != spool.Full && a.take(w.share.of(w.pressure), now) {
		return true
	}
	a.drop(e, reasonOf(w.pressure), now)
	w.tellSoon()
	return false
}

func (w *EventWriter) tellSoon() {
	if w.telling != nil {
		return
	}
	w.telling = time.AfterFunc(reportEvery, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tell(time.Now())
	})
}

// tell writes what was dropped of each decky, once there is room for that. A report
// that is not written is an event that is lost, which is counted as such.
func (w *EventWriter) tell(now time.Time) {
	if w.telling != nil {
		w.telling.Stop()
		w.telling = nil
	}
	if w.pressure == spool.Full {
		w.tellSoon()
		return
	}
	for decky, a := range w.allowances {
		switch {
		case a.dropped > 0:
			w.record(a.report(decky, now))
			a.dropped = 0
		case now.Sub(a.filled) > forget:
			delete(w.allowances, decky) // it has its whole share again, if it is still there
		}
	}
}

// forget is after how long without an event a decky has its whole share in any case.
const forget = time.Hour
