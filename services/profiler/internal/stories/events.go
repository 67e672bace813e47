package stories

import (
	"encoding/base64"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// begin is when every story begins.
var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Events are what decoys told of the story, in the order in which it was stored. An event that is delivered twice
// is there twice, with the same id. Seq is 0; see Stored.
func (s *Story) Events() []decnet.Event {
	var told []telling
	for i := range s.Attackers {
		t := teller{story: s, attacker: &s.Attackers[i], number: i, now: begin.Add(s.Attackers[i].Start)}
		t.tell(s.Attackers[i].Steps, "")
		told = append(told, t.told...)
	}
	slices.SortStableFunc(told, func(a, b telling) int { return a.at.Compare(b.at) })
	events := make([]decnet.Event, len(told))
	for i := range told {
		events[i] = told[i].Event
	}
	return events
}

// Stored numbers events of each attacker and leaves out those that come again, as the store does.
func Stored(events []decnet.Event) []decnet.Event {
	known, numbers := map[string]bool{}, map[decnet.AttackerID]uint64{}
	var out []decnet.Event
	for _, e := range events {
		if known[e.ID] {
			continue
		}
		known[e.ID] = true
		numbers[e.Attacker]++
		e.Seq = numbers[e.Attacker]
		out = append(out, e)
	}
	return out
}

// telling is an event with when it happened, whatever a decoy's clock says.
type telling struct {
	decnet.Event
	at time.Time
}

// teller goes through the steps of one attacker.
type teller struct {
	story                   *Story
	attacker                *Attacker
	number                  int
	now                     time.Time
	sessions                int
	decky, service, session string
	told                    []telling
}

// tell tells steps; word stands for {} in their texts.
func (t *teller) tell(steps []Step, word string) {
	for i := range steps {
		s := &steps[i]
		times := max(s.Repeat, len(s.Over), 1)
		if s.Repeat > 0 {
			times = s.Repeat
		}
		for n := range times {
			turn := word
			switch {
			case len(s.Over) > 0:
				turn = s.Over[n%len(s.Over)]
			case s.Repeat > 0:
				turn = strconv.Itoa(n + 1)
			}
			if n == 0 {
				t.now = t.now.Add(s.After)
			} else if len(s.Every) > 0 {
				t.now = t.now.Add(s.Every[(n-1)%len(s.Every)])
			}
			t.once(s, turn)
		}
	}
}

// once tells one turn of a step.
func (t *teller) once(s *Step, word string) {
	fill := func(text string) string { return strings.ReplaceAll(text, "{}", word) }
	if s.Decky != "" {
		t.decky = fill(s.Decky)
	}
	if len(s.Steps) > 0 {
		t.tell(s.Steps, word)
		return
	}
	fields := map[string]string{}
	for name, value := range s.Fields {
		fields[name] = fill(value)
	}
	e := decnet.Event{Host: "h1", Kind: s.Kind, Source: t.attacker.Address, Fields: fields}
	if s.From != "" {
		e.Source = netip.MustParseAddr(s.From)
	}
	if s.Open != "" {
		e.Kind = decnet.KindConnect
		t.service = fill(s.Open)
		t.sessions++
		t.session = t.name(strconv.Itoa(t.sessions))
	}
	if s.Session != "" {
		t.session = t.name(s.Session)
	}
	if kind, more := s.happening(fill); kind != "" {
		e.Kind = kind
		maps.Copy(fields, more)
	}
	t.add(s, e)
}

// happening is the event of a short form.
func (s *Step) happening(fill func(string) string) (kind string, fields map[string]string) {
	switch {
	case s.Login != "":
		name, password, _ := strings.Cut(fill(s.Login), ":")
		return decnet.KindAuthAttempt, map[string]string{
			decnet.FieldPrincipal: name, decnet.FieldSecret: password, decnet.FieldSecretKind: string(decnet.SecretPlaintext),
			decnet.FieldSecretB64: base64.StdEncoding.EncodeToString([]byte(password)), decnet.FieldAccepted: strconv.FormatBool(s.Accepted),
		}
	case s.Run != "":
		fields = map[string]string{decnet.FieldCommand: fill(s.Run)}
		for i, n := range s.Typed {
			fields[[]string{decnet.FieldKeys, decnet.FieldEdits, decnet.FieldTyped}[i]] = strconv.Itoa(n)
		}
		return decnet.KindCommand, fields
	case s.Get != "":
		return decnet.KindRequest, map[string]string{"method": "GET", "path": fill(s.Get), "version": "HTTP/1.1"}
	case s.Fetch != "":
		return "download", map[string]string{"url": fill(s.Fetch), "tool": "wget"}
	case s.Close:
		return decnet.KindDisconnect, nil
	}
	return "", nil
}

func (t *teller) add(s *Step, e decnet.Event) {
	e.ID = decnet.EventID("stories", t.name("events"), int64(len(t.told)))
	e.Attacker = decnet.AttackerIDOf(e.Source)
	e.Decky, e.Service, e.Session = t.decky, t.service, t.session
	e.SourcePort = uint16(40000 + t.sessions%20000)
	e.Time = t.now.Add(t.story.Deckies[t.decky])
	if !s.Time.IsZero() {
		e.Time = s.Time.UTC()
	}
	t.told = append(t.told, telling{e, t.now})
	if s.Again {
		t.told = append(t.told, telling{e, t.now.Add(3 * time.Second)})
	}
}

// name is one of this attacker alone.
func (t *teller) name(what string) string {
	return strings.ReplaceAll(t.story.Name, " ", "-") + "." + strconv.Itoa(t.number) + "." + what
}
