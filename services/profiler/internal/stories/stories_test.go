package stories_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

func all(t *testing.T) []stories.Story {
	t.Helper()
	list, err := stories.All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestEvents holds the stories to what decoys write: kinds and fields that their specs declare, of their types,
// ids of their own, and sources that are their attackers.
func TestEvents(t *testing.T) {
	ids := map[string]string{}
	for _, s := range all(t) {
		here := map[string]bool{}
		for _, e := range s.Events() {
			if other, twice := ids[e.ID]; twice && !here[e.ID] {
				t.Errorf("%s: event %s is also in %s", s.Name, e.ID, other)
			}
			ids[e.ID], here[e.ID] = s.Name, true
			if e.Seq != 0 || e.Attacker != decnet.AttackerIDOf(e.Source) || e.Attacker == "" || e.Decky == "" || e.Service == "" || e.Session == "" {
				t.Errorf("%s: something is missing: %+v", s.Name, e)
			}
			typed := map[string]string{}
			for name, value := range e.Fields {
				if name != decnet.FieldKeys && name != decnet.FieldEdits && name != decnet.FieldTyped {
					typed[name] = value
				}
			}
			e.Fields = typed
			if err := fields.Known().Check(&e); err != nil {
				t.Errorf("%s: %s of %s: %v", s.Name, e.Kind, e.Service, err)
			}
		}
	}
}

// TestStored numbers each attacker's events without gaps, and leaves out what comes again.
func TestStored(t *testing.T) {
	again := false
	for _, s := range all(t) {
		events := s.Events()
		stored := stories.Stored(events)
		again = again || len(stored) < len(events)
		next, known := map[decnet.AttackerID]uint64{}, map[string]bool{}
		for _, e := range stored {
			if next[e.Attacker]++; e.Seq != next[e.Attacker] || known[e.ID] {
				t.Errorf("%s: event %s has number %d, want %d", s.Name, e.ID, e.Seq, next[e.Attacker])
			}
			known[e.ID] = true
		}
	}
	if !again {
		t.Error("no story has an event that comes again")
	}
}

// TestCheckFinds holds Check to finding whatever is not as a story says.
func TestCheckFinds(t *testing.T) {
	list, err := stories.Parse([]byte(`stories:
  - name: one
    attackers:
      - address: 192.0.2.1
        steps: [{open: ssh, decky: d}]
        expect: {behavior: unknown, actor: unknown, sure: 7, phase: reconnaissance, phases: [execution], tools: [x], intents: [recon], checks: [y], path: [d], risk: [5, 6],
                 sessions: 1, credentials: 2, accepted: 3, commands: 4, artifacts: 5, implausible: 6}
`))
	if err != nil {
		t.Fatal(err)
	}
	if err := list[0].Check(nil); err == nil || !strings.Contains(err.Error(), "no profile") {
		t.Errorf("without a profile: %v", err)
	}
	id := list[0].Attackers[0].ID()
	err = list[0].Check(map[decnet.AttackerID]decnet.Profile{id: {}})
	if err == nil {
		t.Fatal("it finds nothing wrong with an empty profile")
	}
	for _, what := range []string{
		"events", "through", "attacker", "address", "behavior", "actor", "confidence in the actor", "phase", "phases", "tools", "intents", "decoy checks", "path", "risk",
		"sessions", "credentials", "accepted", "commands", "artifacts", "implausible times",
	} {
		if !strings.Contains(err.Error(), ": "+what+": got ") {
			t.Errorf("%s is not among:\n%v", what, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, file := range []string{"stories: [{name: a, colour: red}]", "stories: {", "stories: [{attackers: [{address: nowhere}]}]"} {
		if list, err := stories.Parse([]byte(file)); err == nil {
			t.Errorf("%s: read as %v", file, list)
		}
	}
}
