// Package eventlog is the line a decoy writes for each event and everyone else
// reads: an RFC 5424 message with one structured data element.
//
//	<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - auth_attempt [decnet@32473 ns="1795415875123456789" src_ip="203.0.113.7" src_port="50022" session="7f3a91" principal="root" …] root offered a password
//
// HOST is the decky, APP-NAME the service and MSGID the kind of event. The
// parameters ns (the time in nanoseconds since 1970, since RFC 5424 allows
// microseconds only), src_ip, src_port and session belong to every event; all
// others are the service's own fields.
package eventlog

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/rfc5424"
)

// SDID is the id of our structured data element. 32473 is the enterprise number
// that RFC 5612 reserves for documentation: DECNET has none of its own, and
// borrowing a registered one would claim to be somebody else.
const SDID = "decnet@32473"

const (
	paramNanos   = "ns"
	paramSource  = "src_ip"
	paramPort    = "src_port"
	paramSession = "session"
	// facilityLocal0 and severity informational.
	priority = 16*8 + 6
	// priorityError is local0 with severity error, for faults of the decoy itself.
	priorityError = 16*8 + 3
)

// MaxLine bounds a line that Append writes and Parse accepts, in bytes. A decoy
// cuts what it captured long before.
const MaxLine = 64 << 10

// Append adds the line of e, without a newline, to dst. Fields are written in
// the order of their names, so equal events have equal lines.
func Append(dst []byte, e *decnet.Event) []byte {
	params := make([]rfc5424.Param, 0, 4+len(e.Fields))
	params = append(params, rfc5424.Param{Name: paramNanos, Value: strconv.FormatInt(e.Time.UnixNano(), 10)})
	if e.Source.IsValid() {
		params = append(params,
			rfc5424.Param{Name: paramSource, Value: e.Source.String()},
			rfc5424.Param{Name: paramPort, Value: strconv.Itoa(int(e.SourcePort))})
	}
	if e.Session != "" {
		params = append(params, rfc5424.Param{Name: paramSession, Value: e.Session})
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		params = append(params, rfc5424.Param{Name: name, Value: e.Fields[name]})
	}
	pri := priority
	if e.Kind == decnet.KindError {
		pri = priorityError
	}
	return rfc5424.Append(dst, &rfc5424.Message{
		Priority: pri, Time: e.Time, Host: e.Decky, App: e.Service, MsgID: e.Kind,
		Elements: []rfc5424.Element{{ID: SDID, Params: params}}, Text: e.Message,
	})
}

// Parse reads a line that Append wrote. The event's ID and Host are the
// caller's to fill in. The error says what is wrong with the line.
func Parse(line []byte) (*decnet.Event, error) {
	if len(line) > MaxLine {
		return nil, fmt.Errorf("line of %d bytes is longer than %d", len(line), MaxLine)
	}
	m, err := rfc5424.Parse(string(line), func(id string) bool { return id == SDID })
	if err != nil {
		return nil, err
	}
	e := &decnet.Event{Time: m.Time, Decky: m.Host, Service: m.App, Kind: m.MsgID, Message: m.Text}
	if err := decnet.CheckName(e.Decky); err != nil {
		return nil, fmt.Errorf("host of the line: %w", err)
	}
	if err := decnet.CheckName(e.Service); err != nil {
		return nil, fmt.Errorf("app name of the line: %w", err)
	}
	if e.Kind == "" {
		return nil, fmt.Errorf("the line has no message id, which is the kind of event")
	}
	i := slices.IndexFunc(m.Elements, func(el rfc5424.Element) bool { return el.ID == SDID })
	if i < 0 {
		return nil, fmt.Errorf("the line has no structured data element %s", SDID)
	}
	for _, p := range m.Elements[i].Params {
		if err := setParam(e, p); err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
	}
	// Beyond these years nanoseconds since 1970 do not fit 64 bits.
	if y := e.Time.Year(); y < 1970 || y > 2261 {
		return nil, fmt.Errorf("the line has no time between 1970 and 2261")
	}
	return e, nil
}

func setParam(e *decnet.Event, p rfc5424.Param) error {
	switch p.Name {
	case paramNanos:
		ns, err := strconv.ParseInt(p.Value, 10, 64)
		if err != nil {
			return fmt.Errorf("%q: want nanoseconds since 1970", p.Value)
		}
		e.Time = time.Unix(0, ns).UTC()
	case paramSource:
		addr, err := netip.ParseAddr(p.Value)
		if err != nil {
			return fmt.Errorf("%q: want an IP address", p.Value)
		}
		e.Source = addr.Unmap().WithZone("")
		e.Attacker = decnet.AttackerIDOf(addr)
	case paramPort:
		port, err := strconv.ParseUint(p.Value, 10, 16)
		if err != nil {
			return fmt.Errorf("%q: want a port", p.Value)
		}
		e.SourcePort = uint16(port)
	case paramSession:
		e.Session = p.Value
	default:
		if e.Fields == nil {
			e.Fields = make(map[string]string)
		}
		e.Fields[p.Name] = p.Value
	}
	return nil
}
