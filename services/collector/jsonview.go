package collector

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// jsonView renders lines as JSON objects, for tools that would rather not parse RFC
// 5424. A scan makes a connection after the other that say nothing new: of one source
// to one service the view has one a second. The plain file and the bus have all.
type jsonView struct {
	// shown is when a connection was last in the view, by what is told apart.
	shown map[noise]time.Time
}

// noise is what makes connections alike.
type noise struct {
	attacker             decnet.AttackerID
	decky, service, kind string
}

const (
	// quiet is how long the like of what was shown is left out.
	quiet = time.Second
	// maxNoise bounds what is remembered. Attackers choose their addresses: when it
	// is full, those of more than quiet ago go, and without any, all.
	maxNoise = 10_000
)

// jsonEvent is an object of the view. Its names are those that scripts for the Python
// system know.
type jsonEvent struct {
	Timestamp  string            `json:"timestamp"` // RFC 3339 with nanoseconds, UTC
	Decky      string            `json:"decky"`
	Service    string            `json:"service"`
	EventType  string            `json:"event_type"`
	AttackerIP string            `json:"attacker_ip,omitempty"`
	Port       uint16            `json:"attacker_port,omitempty"`
	Session    string            `json:"session,omitempty"`
	Fields     map[string]string `json:"fields"`
	Message    string            `json:"msg"`
	RawLine    string            `json:"raw_line"`
}

func newJSONView() *jsonView { return &jsonView{shown: make(map[noise]time.Time)} }

// render adds the object of a line. One that is no event has none; it is a dead letter
// and in the plain file.
func (v *jsonView) render(dst []byte, l line) []byte {
	if l.reason != "" {
		return dst
	}
	e, err := eventlog.Parse(l.text)
	if err != nil || v.repeats(e) {
		return dst
	}
	o := jsonEvent{
		Timestamp: e.Time.UTC().Format(time.RFC3339Nano), Decky: e.Decky, Service: e.Service, EventType: e.Kind, Port: e.SourcePort,
		Session: e.Session, Fields: e.Fields, Message: e.Message, RawLine: string(l.text),
	}
	if e.Source.IsValid() {
		o.AttackerIP = e.Source.String()
	}
	if o.Fields == nil {
		o.Fields = map[string]string{}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text) // which ends with a newline
	encoder.SetEscapeHTML(false)      // it is for eyes and grep too, and no part of a page
	if encoder.Encode(o) != nil {
		return dst // strings are always encoded
	}
	return appendPlain(dst, text.Bytes())
}

// repeats reports whether the event is a connection like one that was shown just now.
func (v *jsonView) repeats(e *decnet.Event) bool {
	if e.Kind != decnet.KindConnect && e.Kind != decnet.KindDisconnect {
		return false
	}
	n := noise{e.Attacker, e.Decky, e.Service, e.Kind}
	if age := e.Time.Sub(v.shown[n]); age >= 0 && age < quiet {
		return true
	}
	if len(v.shown) >= maxNoise {
		for old, at := range v.shown {
			if e.Time.Sub(at) >= quiet {
				delete(v.shown, old)
			}
		}
		if len(v.shown) >= maxNoise {
			clear(v.shown)
		}
	}
	v.shown[n] = e.Time
	return false
}

// appendPlain adds JSON with those characters escaped that JSON leaves as they are and
// a terminal obeys: DEL and the C1 control characters.
func appendPlain(dst, data []byte) []byte {
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r >= 0x7f && r <= 0x9f {
			dst = append(dst, `\u00`...)
			dst = strconv.AppendUint(dst, uint64(r), 16)
		} else {
			dst = append(dst, data[:n]...)
		}
		data = data[n:]
	}
	return dst
}
