package collector

import (
	"fmt"
	"maps"
	"slices"
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
	// The names are those that scripts for the Python system know.
	dst = append(dst, `{"timestamp":"`...)
	dst = e.Time.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, '"')
	dst = appendMember(dst, "decky", e.Decky)
	dst = appendMember(dst, "service", e.Service)
	dst = appendMember(dst, "event_type", e.Kind)
	if e.Source.IsValid() {
		dst = append(dst, `,"attacker_ip":"`...)
		dst = e.Source.AppendTo(dst)
		dst = append(dst, `","attacker_port":`...)
		dst = strconv.AppendUint(dst, uint64(e.SourcePort), 10)
	}
	if e.Session != "" {
		dst = appendMember(dst, "session", e.Session)
	}
	dst = append(dst, `,"fields":{`...)
	for i, name := range slices.Sorted(maps.Keys(e.Fields)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, name)
		dst = append(dst, ':')
		dst = appendString(dst, e.Fields[name])
	}
	dst = append(dst, '}')
	dst = appendMember(dst, "msg", e.Message)
	dst = appendMember(dst, "raw_line", string(l.text))
	return append(dst, "}\n"...)
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

func appendMember(dst []byte, name, value string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendString(dst, value)
}

// appendString adds s as a JSON string (RFC 8259, 7) that a terminal does not obey
// either: DEL and the C1 control characters are escaped too, which JSON would leave as
// they are. A byte that is not UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0 // what is not added yet begins here
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r > 0x9f && (r != utf8.RuneError || n > 1) && r != '\u2028' && r != '\u2029' {
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		switch r {
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		i += n
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
