package decnet

import (
	"fmt"
	"maps"
	"net/netip"
	"strconv"
	"time"
)

// ServiceProber is the service that events of probes have, and ServiceSniffer that of what was seen on the wire.
const (
	ServiceProber  = "prober"
	ServiceSniffer = "sniffer"
)

// Field names of events of the sniffer, and of those of probes.
const (
	FieldDestination     = "destination" // whom something was shown to
	FieldDestinationPort = "destination_port"

	FieldPort     = "port"
	FieldChanged  = "changed"  // whether an earlier probe gave something else
	FieldPrevious = "previous" // what that was
)

// Probe is what one probe of an attacker's own host gave.
type Probe struct {
	Attacker AttackerID `json:"attacker"`
	Address  netip.Addr `json:"address"`
	// Host is where it was made.
	Host string `json:"host"`
	// Kind is the kind of event that it becomes, as the prober declares it.
	Kind string `json:"kind"`
	// Port that was probed, 0 for what has none.
	Port uint16    `json:"port,omitempty"`
	Time time.Time `json:"time"`
	// Fields are what it gave. Values come from the attacker's host: any Unicode text, to be shown as text only.
	Fields map[string]string `json:"fields,omitempty"`
	// Changed says that the same probe gave something else before: Previous.
	Changed  bool   `json:"changed,omitempty"`
	Previous string `json:"previous,omitempty"`
}

// ID identifies the probe everywhere.
func (p *Probe) ID() string {
	return EventID(p.Host, fmt.Sprintf("%s %s %s %d", ServiceProber, p.Attacker, p.Kind, p.Port), p.Time.UnixNano())
}

// Event is the probe as an event of the attacker, of no decky.
func (p *Probe) Event() Event {
	e := Event{
		ID: p.ID(), Time: p.Time, Host: p.Host, Service: ServiceProber, Kind: p.Kind,
		Attacker: p.Attacker, Source: p.Address, Fields: maps.Clone(p.Fields),
	}
	if e.Fields == nil {
		e.Fields = make(map[string]string, 3)
	}
	if p.Port != 0 {
		e.Fields[FieldPort] = strconv.Itoa(int(p.Port))
	}
	if p.Changed {
		e.Fields[FieldChanged], e.Fields[FieldPrevious] = "true", p.Previous
	}
	return e
}
