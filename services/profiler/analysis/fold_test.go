package analysis_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

// FuzzFold folds arbitrary events: nothing panics, a profile keeps its bounds, and pieces make no difference.
func FuzzFold(f *testing.F) {
	en := engine(f)
	for _, s := range all(f) {
		for _, e := range s.Events()[:1] {
			f.Add(e.Kind, e.Decky, e.Service, e.Session, "command", "id", e.Time.UnixNano(), int64(time.Second))
		}
	}
	f.Add(decnet.KindAuthAttempt, "d", "ssh", "s", decnet.FieldSecretB64, "!", int64(-1<<62), int64(1<<61))
	f.Add(decnet.KindCaptured, "d", "ssh", "s", "sha256", strings.Repeat("0", 64), int64(0), int64(-1))
	f.Add("download", "", "telnet", "", "url", "http://\xff/", int64(1<<62), int64(1<<60))
	f.Add(decnet.KindCommand, "d", "ssh", "s", "keys", "99999999999999999999", int64(0), int64(0))
	f.Fuzz(func(t *testing.T, kind, decky, service, session, name, value string, start, gap int64) {
		const n = 150
		source := netip.MustParseAddr("2001:db8::1")
		events := make([]decnet.Event, n)
		at := time.Unix(0, start).UTC()
		gap %= 1 << 56 // two years: no line has a year of five digits
		for i := range events {
			// Some of everything, so that the events are not all alike.
			k := []string{kind, decnet.KindConnect, decnet.KindAuthAttempt, decnet.KindCommand, decnet.KindRequest, decnet.KindDisconnect}[i%6]
			end := string(rune('!' + i))
			events[i] = decnet.Event{
				ID: decnet.EventID("h", "fuzz", int64(i)), Seq: uint64(i) + 1, Time: at, Kind: k, Decky: decky + end, Service: service, Session: session,
				Attacker: decnet.AttackerIDOf(source), Source: source,
				Fields: map[string]string{
					name: value, decnet.FieldCommand: value + end, decnet.FieldPrincipal: value, decnet.FieldSecretB64: value + end,
					decnet.FieldSecret: end, decnet.FieldAccepted: "true", "url": value + end,
				},
			}
			at = at.Add(time.Duration(gap))
		}
		id := decnet.AttackerIDOf(source)
		p := whole(en, events)[id]
		bounds(t, &p)
		pieces := map[decnet.AttackerID]decnet.Profile{}
		var q decnet.Profile
		for i := range events {
			en.Fold(&q, &events[i])
			if i%37 == 0 {
				q = reread(t, q)
			}
		}
		en.Conclude(&q)
		pieces[id] = q
		if a, b := encoded(t, p), encoded(t, pieces[id]); valid(value, kind, decky, service, session, name) && !bytes.Equal(a, b) {
			t.Errorf("as a whole\n%s\nin pieces\n%s", a, b)
		}
	})
}

// valid says that JSON keeps texts as they are. What is in an event is valid: the ingester sees to it.
func valid(texts ...string) bool {
	for _, s := range texts {
		if strings.ToValidUTF8(s, "") != s {
			return false
		}
	}
	return true
}

// bounds holds a profile to the constants of its package.
func bounds(t *testing.T, p *decnet.Profile) {
	t.Helper()
	s := p.State
	for what, over := range map[string]int{
		"credentials": len(p.Credentials) - decnet.MaxProfileCredentials, "commands": len(p.Commands) - decnet.MaxProfileCommands,
		"kinds": len(p.Kinds) - decnet.MaxProfileKeys, "deckies": len(p.Deckies) - decnet.MaxProfileKeys, "services": len(p.Services) - decnet.MaxProfileKeys,
		"artifacts": len(p.Artifacts) - decnet.MaxProfileArtifacts, "path": len(p.Path) - decnet.MaxProfileHops,
		"tools": len(p.Tools) - decnet.MaxProfileStatements, "targets": len(s.Targets) - decnet.MaxProfileKeys,
		"traits": len(s.Traits) - 64, "scripts": len(s.Scripts) - 4, "news": max(len(s.News.Traits), len(s.News.Credentials)) - 64,
		"risk": max(p.Risk.Score-100, -p.Risk.Score),
	} {
		if over > 0 {
			t.Errorf("%s: %d too many", what, over)
		}
	}
	for _, part := range p.Risk.Parts {
		if part.Points > part.Most || part.Points < 1 || len(part.Evidence) == 0 {
			t.Errorf("part of the risk: %+v", part)
		}
	}
	for _, list := range [][]decnet.Statement{p.Tools, p.Phases, p.Intents, p.DecoyChecks} {
		for _, st := range list {
			if len(st.Evidence) == 0 || len(st.Evidence) > decnet.MaxEvidence || len(st.Signatures) == 0 || len(st.Signatures) > decnet.MaxEvidence {
				t.Errorf("statement %+v", st)
			}
		}
	}
}

// BenchmarkFold folds all stories, one event after the other.
func BenchmarkFold(b *testing.B) {
	en := engine(b)
	var events []decnet.Event
	for _, s := range all(b) {
		events = append(events, stories.Stored(s.Events())...)
	}
	profiles := map[decnet.AttackerID]decnet.Profile{}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := &events[i%len(events)]
		p := profiles[e.Attacker]
		en.Fold(&p, e)
		profiles[e.Attacker] = p
	}
}

// BenchmarkConclude concludes from what was folded.
func BenchmarkConclude(b *testing.B) {
	en := engine(b)
	var profiles []decnet.Profile
	for _, s := range all(b) {
		for _, p := range whole(en, stories.Stored(s.Events())) {
			profiles = append(profiles, p)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		en.Conclude(&profiles[i%len(profiles)])
	}
}
