package decnet

import (
	"net/netip"
	"strconv"
	"time"
)

// Recording is what was recorded of a terminal. The collector of its host has the
// content, under its ID.
type Recording struct {
	// ID names the recording; see package artifact. It is empty if nothing was kept.
	ID string `json:"id"`
	// Started is when it began, by the decoy's clock.
	Started  time.Time  `json:"started"`
	Host     string     `json:"host"`
	Decky    string     `json:"decky"`
	Service  string     `json:"service"`
	Attacker AttackerID `json:"attacker"`
	Source   netip.Addr `json:"source,omitzero"`
	// Session groups the events of its connection.
	Session  string `json:"session"`
	User     string `json:"user"`
	Duration int64  `json:"duration_ms"`
	Bytes    int64  `json:"bytes"`
	// Reason is why it is not whole; empty if it is.
	Reason string `json:"reason,omitempty"`
}

// RecordingOf reads the recording out of an event, reporting whether it tells of one.
func RecordingOf(e *Event) (r Recording, ok bool) {
	if e.Kind != KindRecorded {
		return r, false
	}
	number := func(field string) int64 {
		n, _ := strconv.ParseInt(e.Fields[field], 10, 64) // held to its type when it was stored
		return max(n, 0)
	}
	r = Recording{
		ID: e.Fields[FieldArtifact], Host: e.Host, Decky: e.Decky, Service: e.Service, Attacker: e.Attacker, Source: e.Source, Session: e.Session,
		User: e.Fields[FieldUser], Duration: number(FieldDuration), Bytes: number(FieldBytes), Reason: e.Fields[FieldReason],
	}
	r.Started = e.Time.Add(-time.Duration(min(r.Duration, int64(365*24*time.Hour/time.Millisecond))) * time.Millisecond)
	return r, true
}
