package collector

import (
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// maxRaw is how much of a line in words of a service's own is kept, in bytes.
const maxRaw = 16 << 10

// Fields of an event whose line claimed to be of another decky or service than the
// container that wrote it.
const (
	fieldClaimedDecky   = decnet.FieldClaimedDecky
	fieldClaimedService = decnet.FieldClaimedService
)

// record is a line as it is published: always an event's.
type record struct {
	of       *followed
	source   string
	position int64
	text     []byte
}

// records makes the event's line of what a container wrote, and one more where lines
// before it may be lost. Which decky and service an event is of is what the container's
// labels say, whatever its line does: who takes one over cannot speak for another.
func records(it *item) []record {
	source, position := sourceOf(it), it.line.Time.UnixNano()
	var out []record
	if it.line.Gap {
		lost := decnet.Event{
			Time: it.line.Time.UTC(), Decky: it.of.decky, Service: it.of.service, Kind: decnet.KindError,
			Fields:  map[string]string{decnet.FieldReason: "the engine began new log files faster than they were read"},
			Message: "lines before this one may be lost",
		}
		out = append(out, record{it.of, source + "/gap", position, eventlog.Append(nil, &lost)})
	}
	return append(out, record{it.of, source, position, lineOf(it)})
}

func lineOf(it *item) []byte {
	e, err := eventlog.Parse(it.line.Text)
	if err != nil || it.line.More || it.line.Continues {
		return rawLine(it)
	}
	if e.Decky == it.of.decky && e.Service == it.of.service {
		return it.line.Text
	}
	if e.Fields == nil {
		e.Fields = make(map[string]string)
	}
	if e.Decky != it.of.decky {
		e.Fields[fieldClaimedDecky], e.Decky = e.Decky, it.of.decky
	}
	if e.Service != it.of.service {
		e.Fields[fieldClaimedService], e.Service = e.Service, it.of.service
	}
	if text := eventlog.Append(nil, e); len(text) <= eventlog.MaxLine {
		return text
	}
	return rawLine(it)
}

// rawLine is a line in words of the service's own as an event.
func rawLine(it *item) []byte {
	e := decnet.Event{
		Time: it.line.Time.UTC(), Decky: it.of.decky, Service: it.of.service, Kind: decnet.KindRaw,
		Fields: map[string]string{decnet.FieldStream: it.line.Stream.String()},
	}
	// Escaping can make a byte four.
	for limit := maxRaw; ; limit /= 2 {
		e.Message = decnet.Cut(string(it.line.Text), limit)
		if len(e.Message) < len(it.line.Text) || it.line.More || it.line.Continues {
			e.Fields[decnet.FieldCut] = "message" // how long it was is not known here
		}
		if text := eventlog.Append(nil, &e); len(text) <= eventlog.MaxLine || limit == 0 {
			return text
		}
	}
}
