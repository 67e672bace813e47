package signature

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Check runs the tests of every signature of the set, each with the whole set, and returns one error for
// each that fails.
func (s *Set) Check() []error {
	var failed []error
	for _, sig := range s.Signatures() {
		for i := range sig.Tests {
			if err := s.CheckTest(&sig, &sig.Tests[i]); err != nil {
				failed = append(failed, err)
			}
		}
	}
	return failed
}

// CheckTest runs one test of a signature of the set.
func (s *Set) CheckTest(sig *Signature, t *Test) error {
	concluded := false
	if sig.Cadence != nil {
		concluded = sig.Cadence.Fits(intervals(t.stream()))
	} else {
		progress := map[string]decnet.SignatureProgress{}
		for _, e := range t.stream() {
			concluded = concluded || slices.ContainsFunc(s.Advance(progress, &e), func(m Match) bool { return m.ID == sig.ID })
		}
	}
	switch {
	case concluded && t.Not:
		return fmt.Errorf("signature %s: test %q: it concludes, and should not", sig.ID, t.Name)
	case !concluded && !t.Not:
		return fmt.Errorf("signature %s: test %q: it does not conclude", sig.ID, t.Name)
	}
	return nil
}

// stream is the events of a test, all of one attacker.
func (t *Test) stream() []decnet.Event {
	var events []decnet.Event
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range t.Events {
		e := &t.Events[i]
		for range max(e.Repeat, 1) {
			now = now.Add(e.After)
			events = append(events, decnet.Event{
				ID: strconv.Itoa(len(events) + 1), Time: now, Kind: e.Kind, Service: e.Service, Decky: e.Decky,
				Session: e.Session, Fields: e.Fields,
			})
		}
	}
	return events
}

// intervals sums up the times between connections: how many connections, mean in seconds, and spread.
func intervals(events []decnet.Event) (count uint64, mean, cv float64) {
	var gaps []float64
	var last time.Time
	for i := range events {
		if events[i].Kind != decnet.KindConnect {
			continue
		}
		if count++; count > 1 {
			gaps = append(gaps, events[i].Time.Sub(last).Seconds())
			mean += gaps[len(gaps)-1]
		}
		last = events[i].Time
	}
	if len(gaps) < 2 || mean == 0 {
		return count, mean, 0
	}
	mean /= float64(len(gaps))
	var squares float64
	for _, g := range gaps {
		squares += (g - mean) * (g - mean)
	}
	return count, mean, math.Sqrt(squares/float64(len(gaps)-1)) / mean
}
